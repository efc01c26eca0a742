"""Records as the people and machines of a company make and change them, and how they should stand.

Belongs here: create, update, load, formula values, and the truth as of a moment. Does not: the bin
(recycle_bin), merges and conversions (organisation), anything that clients ask for (rest, bulk).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sample_company.simulators.clock import Clock
from sample_company.simulators.salesforce import history
from sample_company.simulators.salesforce.catalogue import standard_objects
from sample_company.simulators.salesforce.fields import (
    ObjectType,
    Value,
    moment_text,
    read_back,
    stored,
)
from sample_company.simulators.salesforce.ids import record_id
from sample_company.simulators.salesforce.store import KEPT, Row, Store

STAGE_COLUMNS = ("IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName")


class Records:
    """The objects of one organisation and their records; all moments come from its clock."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Make an organisation with the standard objects and one user, the integration's."""
        self.clock = clock or Clock()
        self.objects = standard_objects()
        self.store = Store()
        self._numbers: dict[str, int] = defaultdict(int)
        for kind in self.objects.values():
            self.store.create_table(kind)
        self.user = self.next_id("User")
        self.load(
            "User",
            [
                {
                    "Id": self.user,
                    "Username": "integration@simulator.example",
                    "LastName": "Integration",
                    "Name": "Integration",
                    "IsActive": True,
                    "UserType": "Standard",
                }
            ],
        )

    def kind(self, name: str) -> ObjectType:
        """The object of that name; KeyError when the organisation has none."""
        if name not in self.objects:
            raise KeyError(f"this organisation has no object {name}")
        return self.objects[name]

    def next_id(self, name: str) -> str:
        """A new id for a record of an object."""
        with self.store.lock:
            prefix = self.kind(name).key_prefix
            self._numbers[prefix] += 1
            return record_id(prefix, self._numbers[prefix])

    def create(
        self,
        name: str,
        values: Mapping[str, Value] | None = None,
        /,
        *,
        at: datetime | None = None,
        **more: Value,
    ) -> str:
        """Make a record and return its id; ValueError for an unknown field or a wrong value.

        Values come as a mapping, by name, or both.

        `at` is the moment it is stamped with: one in the past is a transaction that was long
        under way and becomes visible only now.
        """
        kind = self.kind(name)
        with self.store.lock:
            record, stamp = self.next_id(name), moment_text(at or self.clock.now())
            owner = {"OwnerId": self.user} if "OwnerId" in kind.fields else {}
            texts = self._texts(kind, {"Id": record, **owner, **(values or {}), **more})
            row = self._stamped(kind, dict.fromkeys(kind.fields), stamp) | texts
            row |= self._derived(kind, row, set(texts))
            self.store.insert(name, list(row), [list(row.values())])
            self._note(kind, None, row, stamp)
        return record

    def update(
        self, name: str, record: str, /, *, at: datetime | None = None, **values: Value
    ) -> None:
        """Change a record; KeyError when it is not there or in the bin, ValueError as `create`."""
        kind = self.kind(name)
        with self.store.lock:
            before = self.read(name, record)
            stamp = moment_text(at or self.clock.now())
            changes = self._texts(kind, values)
            after = before | changes
            changes |= self._derived(kind, after, set(changes))
            changes |= {"LastModifiedDate": stamp, "SystemModstamp": stamp}
            self._apply(name, before, changes)
            self._note(kind, before, before | changes, stamp)

    def set_formula(self, name: str, record: str, /, **values: Value) -> None:
        """Change what formula fields show; no stamp moves, ValueError for any other field."""
        kind = self.kind(name)
        for field in values:
            if not kind.fields[field].is_calculated:
                raise ValueError(f"{name}.{field} is no formula field")
        self.store.change(name, record, self._texts(kind, values))

    def load(self, name: str, rows: Iterable[Mapping[str, Value]]) -> int:
        """Put in records that have a past: ids and dates are theirs, no history is noted.

        Without dates, a record was made now; without a stamp, nobody changed it since. Returns how
        many; ValueError as `create`.
        """
        kind = self.kind(name)
        names = list(dict.fromkeys((*KEPT, *kind.fields)))
        now = moment_text(self.clock.now())

        def texts() -> Iterator[list[str | None]]:
            for values in rows:
                given = self._texts(kind, values)
                made = given.get("CreatedDate") or now
                changed = given.get("LastModifiedDate") or made
                dates = {"LastModifiedDate": changed, "SystemModstamp": changed}
                row = self._stamped(kind, dict.fromkeys(names), made) | dates | given
                row |= self._derived(kind, row, set(given))
                yield [row[each] for each in names]

        return self.store.insert(name, names, texts())

    def read(self, name: str, record: str) -> Row:
        """The kept row of a record; KeyError when it is not there or in the bin."""
        row = self.store.find(name, record)
        if row is None or row["IsDeleted"] == "true":
            raise KeyError(f"{name} {record} is not there")
        return row

    def purge(self) -> None:
        """Let go what is due; an organisation with a bin does something here."""

    def truth_of(self, name: str, as_of: datetime | None = None) -> Iterator[dict[str, Any]]:
        """The rows of an object as they should stand, typed: the present, or up to a moment.

        As of a moment, a row is what the last change stamped up to then made of it, if that was
        committed; values of formulas are the present ones. Rows in the bin are there, `IsDeleted`.
        """
        self.purge()
        kind = self.kind(name)
        moment = moment_text(as_of) if as_of else "9999"
        earlier = self.store.before(name, moment)
        for row in self.store.select(name):
            older = earlier.pop(str(row["Id"]), None)
            if str(row["SystemModstamp"]) <= moment:
                yield self._typed(kind, row)
            elif older is not None:
                yield self._typed(kind, older)
        for gone in earlier.values():
            yield self._typed(kind, gone)

    def truth(self, as_of: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
        """`truth_of` every object, by name."""
        return {name: list(self.truth_of(name, as_of)) for name in self.objects}

    def close(self) -> None:
        """Throw the organisation away."""
        self.store.close()

    def _apply(self, name: str, before: Row, changes: Row) -> None:
        stamp = changes.get("SystemModstamp") or before["SystemModstamp"]
        self.store.keep_before(name, before, str(stamp))
        self.store.change(name, str(before["Id"]), changes)

    def _texts(self, kind: ObjectType, values: Mapping[str, Value]) -> Row:
        unknown = [name for name in values if name not in kind.fields and name not in KEPT]
        if unknown:
            raise ValueError(f"{kind.name} has no field {', '.join(unknown)}")
        return {
            name: stored(kind.fields[name], value)
            for name, value in values.items()
            if name in kind.fields
        }

    def _stamped(self, kind: ObjectType, row: Row, stamp: str) -> Row:
        for field in kind.fields.values():
            if field.type == "boolean":
                row[field.name] = "false"
        row |= {"IsDeleted": "false", "CreatedDate": stamp, "LastModifiedDate": stamp}
        row["SystemModstamp"] = stamp
        users = ("CreatedById", "LastModifiedById")
        return row | {each: self.user for each in users if each in kind.fields}

    def _derived(self, kind: ObjectType, row: Row, given: set[str]) -> Row:
        """What Salesforce fills by itself, unless it was given: names, addresses, stage columns."""
        made: Row = {}
        if "LastName" in kind.fields and "Name" not in given:
            made["Name"] = " ".join(filter(None, (row["FirstName"], row["LastName"])))
        if "BillingAddress" in kind.fields:
            parts = ("Street", "City", "PostalCode", "Country")
            address = {part[0].lower() + part[1:]: row[f"Billing{part}"] for part in parts}
            made["BillingAddress"] = json.dumps(address) if any(address.values()) else None
        if kind.name == "Opportunity" and "StageName" in given:
            found = self.store.run(
                "select IsClosed, IsWon, ForecastCategory, ForecastCategoryName, DefaultProbability"
                " from OpportunityStage where MasterLabel = ?",
                (row["StageName"],),
            )
            names = (*STAGE_COLUMNS, "Probability")
            made |= dict(zip(names, found[0], strict=True)) if found else {}
        if kind.name in ("Task", "Event") and given & {"WhoId", "WhatId"}:
            made["AccountId"] = self._account_of(row)
        if kind.name == "Event" and "StartDateTime" in given and row["IsAllDayEvent"] != "true":
            made["ActivityDateTime"] = row["StartDateTime"]
        return {name: text for name, text in made.items() if name not in given}

    def _account_of(self, activity: Row) -> str | None:
        """The account of an activity: of what it is about, else of the contact it is with."""
        what, who = activity["WhatId"] or "", activity["WhoId"] or ""
        for name, record in (("Account", what), ("Opportunity", what), ("Contact", who)):
            if record.startswith(self.kind(name).key_prefix):
                found = self.store.find(name, record) or {}
                return found.get("Id" if name == "Account" else "AccountId")
        return None

    def _note(self, kind: ObjectType, before: Row | None, after: Row, stamp: str) -> None:
        notes = [("OpportunityHistory", history.stage_note(kind, before, after))]
        if kind.name in history.FIELD_HISTORIES:
            target = history.FIELD_HISTORIES[kind.name][0]
            notes += [(target, note) for note in history.field_notes(kind, before, after)]
        for target, note in notes:
            if note is not None and target in self.objects:
                moment = datetime.fromisoformat(f"{stamp}+00:00")
                self.load(target, [{"Id": self.next_id(target), "CreatedDate": moment, **note}])

    @staticmethod
    def _typed(kind: ObjectType, row: Row) -> dict[str, Any]:
        return {name: read_back(field, row.get(name)) for name, field in kind.fields.items()}
