"""Records as the people and machines of a company make and change them, and how they should stand.

Belongs here: create, update, archive, restore, delete for good, and the truth as of a moment. Does
not: merges (merging), associations, anything that clients ask for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.catalogue import Property, property_of, standard_kinds
from sample_company.simulators.hubspot.record import Record, Source, State, Texts
from sample_company.simulators.hubspot.values import Value, moment_text, text_of

BIN = timedelta(days=90)
USER, IMPORT, CALCULATED = (
    Source(),
    Source("IMPORT", "8721"),
    Source("CALCULATED", "CalculatedPropertyComputer"),
)


class Records:
    """The objects of one account and their records; all moments come from its clock."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Make an account with the standard objects and no record."""
        self.clock = clock or Clock()
        self.kinds = standard_kinds()
        self.lock = RLock()
        self.revision = 0
        self._records: dict[str, dict[int, Record]] = {name: {} for name in self.kinds}
        # Numbers are given in their order, so that these lists are sorted.
        self._ids: dict[str, list[int]] = {name: [] for name in self.kinds}
        self._binned: list[Record] = []
        self._next = {name: kind.first_id for name, kind in self.kinds.items()}

    def add_property(self, kind: str, line: str) -> Property:
        """Give an object a property of the account's own; ValueError for one that is there."""
        found = property_of(line, is_custom=True)
        if found.name in self.kinds[kind].properties:
            raise ValueError(f"{kind} has {found.name} already")
        self.kinds[kind].properties[found.name] = found
        return found

    def remove_property(self, kind: str, name: str) -> None:
        """Take a property away with its values; KeyError when there is none."""
        del self.kinds[kind].properties[name]

    def create(
        self,
        kind: str,
        values: Mapping[str, Value] | None = None,
        /,
        *,
        at: datetime | None = None,
        source: Source = USER,
        **more: Value,
    ) -> str:
        """Make a record and return its id; ValueError for an unknown property.

        `at` is the moment it is stamped with: one in the past is a change that was long under way
        and becomes visible only now.
        """
        now = self.clock.now()
        return self._make(kind, {**(values or {}), **more}, at or now, now, source)

    def load(self, kind: str, at: datetime, /, source: Source = IMPORT, **values: Value) -> str:
        """Make a record that was made in the past and visible since then; returns its id."""
        return self._make(kind, values, at, at, source)

    def update(
        self,
        kind: str,
        record: str,
        /,
        *,
        at: datetime | None = None,
        source: Source = USER,
        **values: Value,
    ) -> None:
        """Change a record; KeyError when it is not there or archived, ValueError as `create`."""
        now = self.clock.now()
        self._change(self.read(kind, record), values, at or now, now, source)

    def load_change(
        self, kind: str, record: str, at: datetime, /, source: Source = USER, **values: Value
    ) -> None:
        """Change a record in the past, visible since then; in the order of time."""
        self._change(self.read(kind, record), values, at, at, source)

    def set_calculated(self, kind: str, record: str, /, **values: Value) -> None:
        """Change what calculated properties show; no stamp moves, ValueError for any other."""
        with self.lock:
            found, texts = self.read(kind, record), self._texts(kind, values)
            for name in texts:
                if not self.kinds[kind].properties[name].is_calculated:
                    raise ValueError(f"{kind}.{name} is not calculated")
            found.now.properties.update(texts)
            self.revision += 1

    def archive(self, kind: str, record: str) -> None:
        """Put a record into the recycle bin; KeyError when it is not there."""
        with self.lock:
            found, now = self.read(kind, record), self.clock.now()
            state = found.now
            self._commit(found, State(now, now, state.properties, state.updated_at, now))
            self._binned.append(found)

    def restore(self, kind: str, record: str) -> None:
        """Take a record out of the recycle bin, which modifies it; KeyError when it is not in."""
        with self.lock:
            found, now = self._records[kind][int(record)], self.clock.now()
            if not found.is_archived or found.gone_at is not None:
                raise KeyError(f"{kind} {record} is not in the recycle bin")
            texts = found.now.properties | self._stamp(kind, now)
            self._commit(found, State(now, now, texts, now))

    def gdpr_delete(self, kind: str, record: str) -> None:
        """Let a record vanish at once and for good; KeyError when it is not there."""
        with self.lock:
            found = self._records[kind].get(int(record))
            if found is None or found.gone_at is not None:
                raise KeyError(f"{kind} {record} is not there")
            self._go(found)

    def purge(self) -> None:
        """Let go what has been in the recycle bin for 90 days."""
        now = self.clock.now()
        with self.lock:
            for record in [*self._binned]:
                since = record.now.archived_at
                if record.gone_at is not None or since is None:
                    self._binned.remove(record)
                elif since + BIN <= now:
                    self._go(record, since + BIN)

    def read(self, kind: str, record: str) -> Record:
        """A record that is there; KeyError when it is not, or archived."""
        found = self._records[kind].get(int(record))
        if found is None or found.gone_at is not None or found.is_archived:
            raise KeyError(f"{kind} {record} is not there")
        return found

    def find(self, kind: str, record: str) -> Record | None:
        """The record of an id, archived or not; of a merged one the survivor. None when gone."""
        if not record.isdigit():
            return None
        found = self._records[kind].get(int(record))
        while found is not None and found.merged_into:
            found = self._records[kind].get(int(found.merged_into))
        return found if found is not None and found.gone_at is None else None

    def listed(self, kind: str, first: int = 0) -> Iterator[Record]:
        """Records of the lists, archived or not, in the order of their ids from `first` on."""
        ids, records = self._ids[kind], self._records[kind]
        for place in range(bisect_left(ids, first), len(ids)):
            record = records[ids[place]]
            if record.gone_at is None:
                yield record

    def truth_of(self, kind: str, as_of: datetime | None = None) -> Iterator[dict[str, Any]]:
        """The records of an object as they should stand: the present, or up to a moment.

        As of a moment, a record is what the last change stamped up to then made of it, if that was
        committed; calculated values that no stamp tells of are the present ones. Archived records
        are there, `archived`.
        """
        self.purge()
        for number in self._ids[kind]:
            record = self._records[kind][number]
            state = record.as_of(as_of)
            if state is not None:
                yield {
                    "id": record.id,
                    "createdAt": record.created_at,
                    "updatedAt": state.updated_at,
                    "archived": state.archived_at is not None,
                    "archivedAt": state.archived_at,
                    "properties": {
                        name: state.properties.get(name) for name in self.kinds[kind].properties
                    },
                }

    def history_of(
        self, kind: str, name: str, as_of: datetime | None = None
    ) -> Iterator[tuple[str, datetime, str, str, str]]:
        """Id, moment, value, source type and source id of a property's versions up to a moment."""
        for row in self.truth_of(kind, as_of):
            for version in self._records[kind][int(row["id"])].history.get(name, []):
                if as_of is None or version.at <= as_of:
                    source = version.source
                    yield row["id"], version.at, version.value, source.type, source.id

    def derived(self, kind: str, before: Texts, after: Texts, at: datetime) -> Texts:
        """What the account fills by itself; one with pipelines does something here."""
        return {}

    def vanished(self, kind: str, record: str, at: datetime) -> None:
        """What else ends with a record; an account with associations does something here."""

    def _make(
        self,
        kind: str,
        values: Mapping[str, Value],
        at: datetime,
        committed: datetime,
        source: Source,
    ) -> str:
        with self.lock:
            texts = self._texts(kind, values)
            number = self._next[kind]
            self._next[kind] = number + 1
            record = Record(kind, str(number), at)
            own = {"hs_object_id": record.id, self.kinds[kind].dates[0]: moment_text(at)}
            own |= self._stamp(kind, at)
            texts = {name: text for name, text in texts.items() if text} | own
            texts |= self.derived(kind, {}, texts, at)
            for name, text in texts.items():
                record.note(name, text, at, source)
            self._records[kind][number] = record
            self._ids[kind].append(number)
            self._commit(record, State(at, committed, texts, at))
        return record.id

    def _change(
        self,
        record: Record,
        values: Mapping[str, Value],
        at: datetime,
        committed: datetime,
        source: Source,
    ) -> None:
        with self.lock:
            before, kind = record.now.properties, record.kind
            texts = self._texts(kind, values)
            changes = {name: text for name, text in texts.items() if before.get(name, "") != text}
            changes |= self.derived(kind, before, before | changes, at)
            for name, text in changes.items():
                record.note(name, text, at, source)
            after = before | changes | self._stamp(kind, at)
            self._commit(record, State(at, committed, after, at))

    def _commit(self, record: Record, state: State) -> None:
        record.states.append(state)
        self.revision += 1

    def _go(self, record: Record, at: datetime | None = None) -> None:
        record.gone_at = at or self.clock.now()
        self.revision += 1
        self.vanished(record.kind, record.id, record.gone_at)

    def _stamp(self, kind: str, at: datetime) -> Texts:
        return {self.kinds[kind].dates[1]: moment_text(at)}

    def _texts(self, kind: str, values: Mapping[str, Value]) -> Texts:
        unknown = [name for name in values if name not in self.kinds[kind].properties]
        if unknown:
            raise ValueError(f"{kind} has no property {', '.join(unknown)}")
        return {name: text_of(value) for name, value in values.items()}
