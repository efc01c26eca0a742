"""The ids by which a company's other systems know its records, in place of Salesforce's own.

`options.keys` names a field for each object; its value is the id of the record in everything that
is delivered, and of every lookup to it. Which id stands for which key is kept beside the
deliveries, so that lookups to records that did not change are known, and a key that changes is
noticed. A record keeps its key, and a key its record, for ever.

Belongs here: the map, and what is wrong with a key. Does not: reading the map as a whole
(key_reading.py), or rows (object_pull.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import IS_GONE, MODIFIED_AT, RECORD_ID, ApiObject
from orchestration.connectors.typing_sql import literal, quoted

FOLDER = ".keys"
# Types of Salesforce whose values are ids of records.
ID_TYPES = ("id", "reference")
_SHOWN = 5
_SCHEMA = pa.schema(
    [
        pa.field(RECORD_ID, pa.string()),
        pa.field(MODIFIED_AT, pa.timestamp("us", "UTC")),
        pa.field(IS_GONE, pa.bool_()),
        pa.field("key", pa.string()),
    ]
)

# Asks for records of an object by their ids and lets the map learn them.
Ask = Callable[[str, Sequence[str]], None]


@dataclass
class RecordKeys:
    """The map of one source, in one pull.

    Attributes:
        source: Name of the source, for messages.
        fields: Object: field with its key. Blank: Salesforce's ids stay.
        delivered: The objects whose records are delivered; each of those needs a key.
        folder: The deliveries' folder.
        connection: DuckDB of the pull.
        ask: How to learn of records that are not known yet; None when nobody may be asked.
        prefixes: First three letters of an id: its object, for objects with keys.
        unknown: Ids that the org does not know either.
    """

    source: str
    fields: Mapping[str, str]
    delivered: Collection[str]
    folder: Path
    connection: duckdb.DuckDBPyConnection
    ask: Ask | None = None
    prefixes: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    _is_loaded: bool = False

    def id_fields(self, item: ApiObject, types: Mapping[str, str]) -> frozenset[str]:
        """The fields of an object whose values are ids of records.

        Args:
            item: The object.
            types: Field to its type, as described.
        """
        if not self.fields:
            return frozenset()
        found = {name for name, kind in types.items() if kind in ID_TYPES}
        for source in item.field_sources():
            found |= set(source.sources) if source.prefix else set()
        return frozenset(found & set(types))

    def forget(self, name: str) -> None:
        """Forget the keys of an object, whose field is another one now."""
        shutil.rmtree(self.folder / FOLDER / name, ignore_errors=True)
        self._is_loaded = False

    def learn(
        self, name: str, page: pa.Table, stamp_field: str, limit: str, may_change: bool = False
    ) -> None:
        """Add records of an object.

        Args:
            name: The object.
            page: Its records as texts: id, stamp, key and, where it has one, IsDeleted.
            stamp_field: The field with the stamp.
            limit: Moment as text; a younger record may be without a key for a while.
            may_change: Whether another key than before is right (all is read again).

        Raises:
            FixConfiguration: When a key is blank, doubled or another one than before.
        """
        self._load()
        gone = (
            'coalesce(cast("IsDeleted" as boolean), false)'
            if "IsDeleted" in page.column_names
            else "false"
        )
        self.connection.register("key_page", page)
        self.connection.execute(
            "create or replace temp table learned as select "  # noqa: S608
            f'"Id" as id, cast({quoted(stamp_field)} as timestamptz) as stamp, {gone} as gone, '
            f"nullif(trim({quoted(self.fields[name])}), '') as key from key_page "
            'qualify row_number() over (partition by "Id" order by stamp desc) = 1'
        )
        self.connection.unregister("key_page")
        if problems := self._problems(name, limit, may_change):
            raise FixConfiguration(
                f"source {self.source}, object {name}: {'; '.join(problems)}. Nothing was stored; "
                "the same rows come after it is mended"
            )
        self._keep(name)

    def prepare_page(self, page: pa.Table, id_fields: Collection[str]) -> None:
        """Make table `page_keys`: id and key of all records that a page names.

        Args:
            page: Records as texts.
            id_fields: Of `id_fields`; those that the page lacks are passed by.
        """
        names = [name for name in id_fields if name in page.column_names]
        if not self.fields:
            return
        self._load()
        self.connection.register("named_page", page)
        ids = [f"select {quoted(name)} as id from named_page" for name in names]  # noqa: S608
        distinct = " union ".join(ids) or "select null as id"
        self.connection.execute(
            f"create or replace temp table named as select id from ({distinct}) "  # noqa: S608
            "where id is not null"
        )
        self.connection.unregister("named_page")
        self._resolve()
        self.connection.execute(
            "create or replace temp table page_keys as "
            "select id as its_id, key as its_key from record_keys "
            "where id in (select id from named)"
        )

    def rename_parents(self) -> None:
        """Let table `source_ids` name parents as the deliveries do."""
        if not self.fields:
            return
        self._load()
        self.connection.execute(
            "create or replace temp table named as "
            "select distinct parent as id from source_ids where parent is not null"
        )
        self._resolve()
        self.connection.execute(
            "update source_ids set parent = record_keys.key from record_keys "
            "where source_ids.parent = record_keys.id"
        )

    def _resolve(self) -> None:
        """Ask for those of table `named` that the map does not hold."""
        if self.ask is None or not self.prefixes:
            return
        prefixes = ", ".join(literal(prefix) for prefix in self.prefixes)
        rows = self.connection.execute(
            f"select id from named where substr(id, 1, 3) in ({prefixes}) "  # noqa: S608
            "and id not in (select id from record_keys) order by id"
        ).fetchall()
        wanted: dict[str, list[str]] = {}
        for (record,) in rows:
            if record not in self.unknown:
                wanted.setdefault(self.prefixes[record[:3]], []).append(record)
        for name, records in wanted.items():
            self.ask(name, records)
        if wanted:
            known = self.connection.execute(
                "select id from named where id in (select id from record_keys)"
            ).fetchall()
            asked = {record for records in wanted.values() for record in records}
            self.unknown |= asked - {record for (record,) in known}

    def _problems(self, name: str, limit: str, may_change: bool) -> list[str]:
        field_name = self.fields[name]
        found = []
        if name in self.delivered:
            blank = self._rows(
                "select id, '', (select key from record_keys where record_keys.id = learned.id) "
                "from learned where key is null and not gone and stamp <= cast(? as timestamptz)",
                [limit],
            )
            found += [
                f"record {record} has no {field_name} (it was {old}); put it back"
                if old
                else f"record {record} has no {field_name}; fill it, or no other system's rows "
                "can be matched with it"
                for record, _, old in blank
            ]
        if not may_change:
            changed = self._rows(
                "select id, learned.key, record_keys.key from learned inner join record_keys "
                "using (id) where learned.key <> record_keys.key"
            )
            found += [
                f"record {record}: {field_name} was {old} and is {new}; put it back, or, where the "
                "other systems use the new one too, let all be read again: "
                f"`concord doctor --read-again {self.source}`"
                for record, new, old in changed
            ]
        renewed = "and id not in (select id from learned)" if may_change else ""
        doubled = self._rows(
            "select min(id), key, max(id) from (select id, key from learned union "  # noqa: S608
            f"select id, key from record_keys where object = {literal(name)} {renewed} "
            "and key in (select key from learned)) where key is not null "
            "group by key having count(distinct id) > 1"
        )
        found += [
            f"records {first} and {second} both have {field_name} {key}; "
            "a key belongs to one record for ever, a deleted one too: give one of them another"
            for first, key, second in doubled
        ]
        return found

    def _rows(self, query: str, values: Sequence[str] = ()) -> list[tuple[str, str, str]]:
        rows: list[tuple[str, str, str]] = self.connection.execute(
            f"{query} order by 1 limit {_SHOWN}", list(values)
        ).fetchall()
        return rows

    def _keep(self, name: str) -> None:
        rows: pa.Table = self.connection.sql(
            f"select id as {RECORD_ID}, stamp as {MODIFIED_AT}, false as {IS_GONE}, key "  # noqa: S608
            "from learned where key is not null and (id, key) not in "
            "(select (id, key) from record_keys)"
        ).to_arrow_table()
        if not len(rows):
            return
        landing = self._landing(name)
        landing.stage(rows)
        landing.settle()
        self.connection.execute(
            "delete from record_keys where id in (select id from learned where key is not null)"
        )
        self.connection.execute(
            f"insert into record_keys select id, {literal(name)}, key from learned "  # noqa: S608
            "where key is not null"
        )

    def _load(self) -> None:
        if self._is_loaded:
            return
        self.connection.execute(
            "create or replace temp table record_keys (id varchar, object varchar, key varchar)"
        )
        for name in self.fields:
            if (self.folder / FOLDER / name).is_dir():
                self.connection.execute(
                    f"insert into record_keys select {RECORD_ID}, {literal(name)}, key "  # noqa: S608
                    f"from {self._landing(name).held()}"
                )
        self._is_loaded = True

    def _landing(self, name: str) -> Landing:
        return Landing(self.folder / FOLDER / name, _SCHEMA, True, self.connection)
