"""A simulated Salesforce organisation: everything the outside world can do to it.

Belongs here: merges, lead conversion and changes of the schema. Does not: plain changes (records),
the bin (recycle_bin), what clients are told (rest, bulk).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sample_company.simulators.salesforce.fields import (
    Field,
    ObjectType,
    Value,
    moment_text,
    read_back,
)
from sample_company.simulators.salesforce.notation import parse_field, parse_object
from sample_company.simulators.salesforce.recycle_bin import RecycleBin
from sample_company.simulators.salesforce.store import Row, quoted


class Organisation(RecycleBin):
    """All objects, records and operations."""

    def merge(self, name: str, master: str, losers: Sequence[str]) -> None:
        """Merge doubles into a master: they go to the bin and name it, their children become its.

        Children get a new SystemModstamp and keep their LastModifiedDate, as after any change that
        no person made. KeyError when a record is not there, ValueError for an object without
        merges.
        """
        if not self.kind(name).is_mergeable:
            raise ValueError(f"{name} cannot be merged")
        with self.store.lock:
            self.read(name, master)
            stamp = moment_text(self.clock.now())
            for loser in losers:
                row = self.read(name, loser)
                for child, field in self._references(name):
                    for each in list(self.store.select(child, f"{quoted(field)} = ?", (loser,))):
                        self._apply(child, each, {field: master, "SystemModstamp": stamp})
                self._bin(name, row, stamp, {"MasterRecordId": master})
            kept = self.read(name, master)
            self._apply(name, kept, {"LastModifiedDate": stamp, "SystemModstamp": stamp})

    def convert_lead(
        self,
        lead: str,
        *,
        account: str = "",
        contact: str = "",
        opportunity: Mapping[str, Value] | None = None,
        status: str = "Converted",
    ) -> tuple[str, str, str]:
        """Convert a lead and return the ids of account, contact and opportunity.

        Account and contact are made of the lead where none is named; an opportunity only when its
        values are given. KeyError when the lead is not there, ValueError when it was converted.
        """
        with self.store.lock:
            row = self.read("Lead", lead)
            if row["IsConverted"] == "true":
                raise ValueError(f"lead {lead} is converted already")
            owner: dict[str, Value] = {"OwnerId": row["OwnerId"]}
            account = account or self.create("Account", owner, Name=row["Company"] or "unknown")
            copied = {name: row[name] for name in ("FirstName", "LastName", "Email", "Title")}
            contact = contact or self.create("Contact", {**owner, **copied}, AccountId=account)
            deal = ""
            if opportunity is not None:
                values = {"AccountId": account, "LeadSource": row["LeadSource"], **owner}
                deal = self.create("Opportunity", {**values, **opportunity})
                role: dict[str, Value] = {"OpportunityId": deal, "ContactId": contact}
                self.create("OpportunityContactRole", role, IsPrimary=True)
            self._mark_converted(lead, status, account, contact, deal)
        return account, contact, deal

    def add_object(self, text: str) -> ObjectType:
        """Add an object, written as in the catalogue; ValueError when there is one of that name."""
        kind = parse_object(text)
        with self.store.lock:
            if kind.name in self.objects:
                raise ValueError(f"there is an object {kind.name} already")
            self.store.create_table(kind)
            self.objects[kind.name] = kind
        return kind

    def add_field(self, name: str, line: str) -> Field:
        """Add a field, written as in the catalogue; ValueError when there is one of that name."""
        kind, field = self.kind(name), parse_field(line)
        with self.store.lock:
            if field.name in kind.fields:
                raise ValueError(f"{name} has a field {field.name} already")
            self.store.add_column(name, field.name)
            if field.type == "boolean":
                column = quoted(field.name)
                self.store.run(f"update {quoted(name)} set {column} = 'false'")  # noqa: S608
            kind.fields[field.name] = field
        return field

    def drop_field(self, name: str, field: str) -> None:
        """Delete a field with its values; KeyError when there is none."""
        with self.store.lock:
            del self.kind(name).fields[field]
            self.store.drop_column(name, field)

    def hide_field(self, name: str, field: str) -> Field:
        """Take the right to see a field from the integration's user; `show_field` gives it back."""
        return self.kind(name).fields.pop(field)

    def show_field(self, name: str, field: Field) -> None:
        """Give back the right to see a field that was hidden."""
        self.kind(name).fields[field.name] = field

    def change_type(self, name: str, line: str) -> None:
        """Give a field another type; values that do not fit it are lost, as in Salesforce.

        No stamp moves. KeyError when there is no such field.
        """
        kind, field = self.kind(name), parse_field(line)
        with self.store.lock:
            if field.name not in kind.fields:
                raise KeyError(f"{name} has no field {field.name}")
            kind.fields[field.name] = field
            for row in self.store.select(name, f"{quoted(field.name)} is not null"):
                if not _fits(field, row):
                    self.store.change(name, str(row["Id"]), {field.name: None})

    def remove_object(self, name: str) -> None:
        """Switch off the feature that an object belongs to: clients find no such object."""
        with self.store.lock:
            del self.objects[name]

    def _mark_converted(
        self, lead: str, status: str, account: str, contact: str, deal: str
    ) -> None:
        today: date = self.clock.now().date()
        self.update(
            "Lead",
            lead,
            Status=status,
            IsConverted=True,
            ConvertedDate=today,
            ConvertedAccountId=account,
            ConvertedContactId=contact,
            ConvertedOpportunityId=deal,
        )
        note: dict[str, Value] = {"LeadId": lead, "Field": "leadConverted", "DataType": "Text"}
        self.load("LeadHistory", [{"Id": self.next_id("LeadHistory"), **note}])
        for member in list(self.store.select("CampaignMember", "LeadId = ?", (lead,))):
            stamp = moment_text(self.clock.now())
            changes: Row = {"ContactId": contact, "SystemModstamp": stamp}
            self._apply("CampaignMember", member, changes)

    def _references(self, name: str) -> list[tuple[str, str]]:
        return [
            (kind.name, field.name)
            for kind in self.objects.values()
            for field in kind.fields.values()
            if name in field.reference_to and field.name != "MasterRecordId"
        ]


def _fits(field: Field, row: Row) -> bool:
    try:
        read_back(field, row[field.name])
    except (ValueError, ArithmeticError):
        return False
    return True
