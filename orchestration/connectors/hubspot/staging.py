"""From assembled records to what a pull of one object delivers, and what is gone with it.

A pull and a replay go through the same steps here, so both end with the same rows.

Belongs here: rows, parts, what is gone. Does not: asking HubSpot (object_pull.py), or what a page
holds (records.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.canonical import load_entities
from orchestration.company.hubspot_source import HubSpotSource
from orchestration.connectors.hubspot.describe import FAMILIES
from orchestration.connectors.hubspot.objects import PART_COLUMNS, HubSpotObject, Part
from orchestration.connectors.hubspot.reading import Page
from orchestration.connectors.hubspot.records import FITS, Assembly, Row, table
from orchestration.connectors.known_values import check_conditions, check_values
from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import IS_GONE, MODIFIED_AT, RECORD_ID, ApiObject, Output
from orchestration.connectors.typing_sql import delivery_schema, typed_columns, typed_rows


def object_landings(
    folder: Path, source: HubSpotSource, item: HubSpotObject, connection: duckdb.DuckDBPyConnection
) -> dict[str, Landing]:
    """The folders of an object's datasets, those of its parts too."""
    found = {}
    custom = source.options.custom_properties.get(item.name, [])
    for position, (name, (_, output)) in enumerate(item.all_outputs().items()):
        entity = load_entities()[output.entity]
        schema = delivery_schema(output, entity, custom if position == 0 else ())
        found[name] = Landing(folder / name, schema, "is_deleted" in entity.fields, connection)
    return found


@dataclass
class Stager:
    """Stages what a pull of one object brings.

    Attributes:
        item: The object.
        landings: Its datasets.
        connection: DuckDB of this thread.
        columns: Columns that are read, and their types.
        custom: The company's further properties.
        where: Source and object, for messages.
        losers: Ids that were merged into others, as read so far.
        count_gone: Records that were found gone.
        misfits: Property to a value of its history that is not of its type.
    """

    item: HubSpotObject
    landings: dict[str, Landing]
    connection: duckdb.DuckDBPyConnection
    columns: Mapping[str, str]
    custom: Sequence[str]
    where: str
    losers: set[str] = field(default_factory=set)
    count_gone: int = 0
    misfits: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the tables of what was seen, empty."""
        for name in ("read_ids", "archived_ids", "gone_ids_seen"):
            self.connection.execute(f"create or replace temp table {name} (id varchar)")
        self.connection.execute(
            "create or replace temp table part_rows (dataset varchar, id varchar)"
        )
        self._held_merges: dict[str, set[str]] = {}

    @property
    def main(self) -> Landing:
        """The object's first dataset."""
        return self.landings[next(iter(self.item.outputs))]

    def flush(self, assembly: Assembly) -> None:
        """Stage assembled records and the rows of their parts.

        Raises:
            FixConfiguration: When a value does not have its field's type.
        """
        if not assembly.records:
            return
        self.remember("read_ids", assembly.records)
        self._stage(self.item, assembly.rows(list(self.columns)), self.columns)
        for part in self.item.parts:
            self._stage_part(part, assembly.part_rows(part.made_from))
        self.losers |= assembly.losers()

    def archived(self, page: Page) -> set[str]:
        """Stage archived records: as they were last seen, else as the bin shows them.

        Returns:
            The ids of those that were never read.
        """
        ids = [str(record["id"]) for record in page.records]
        if not ids:
            return set()
        self.remember("archived_ids", ids)
        held = self._held_ids(ids)
        self.gone([value for value in ids if value in held])
        assembly = Assembly(self.item)
        assembly.add(
            Page(b"", [record for record in page.records if str(record["id"]) not in held])
        )
        self._stage(self.item, assembly.rows(list(self.columns)), self.columns)
        return set(ids) - held

    def archived_history(self, assembly: Assembly) -> None:
        """Stage the history of archived records."""
        for part in self.item.parts:
            if part.made_from in ("history", "changes"):
                self._stage_part(part, assembly.part_rows(part.made_from))

    def gone(self, ids: Iterable[str]) -> None:
        """Stage that records are gone."""
        found = pa.table({"id": pa.array(list(ids), pa.string())})
        if not len(found):
            return
        self.remember("gone_ids_seen", found["id"].to_pylist())
        for name in self.item.outputs:
            count = self.landings[name].stage_gone(found)
            self.count_gone += count if name == next(iter(self.item.outputs)) else 0

    def vanished(self, start: datetime | None = None, end: datetime | None = None) -> list[str]:
        """Ids of records that are held and were neither read nor archived.

        Args:
            start: Only those whose last modification is at or after it.
            end: And before it.
        """
        found = self.connection.execute(
            f"select {RECORD_ID} from {self.main.held()} where not {IS_GONE} "  # noqa: S608
            f"and {RECORD_ID} not in (select id from read_ids) "
            f"and {RECORD_ID} not in (select id from archived_ids) "
            f"and ({MODIFIED_AT} >= $start or $start is null) "
            f"and ({MODIFIED_AT} < $end or $end is null) order by 1",
            {"start": start, "end": end},
        ).fetchall()
        return [str(row[0]) for row in found]

    def end(self, is_full: bool) -> None:
        """Stage what follows from all that was read: merged records, associations that ended.

        Args:
            is_full: Whether all records were read.
        """
        read = {row[0] for row in self.connection.execute("select id from read_ids").fetchall()}
        self.gone(sorted(self.losers - read))
        for part in self.item.parts:
            for name in part.outputs if part.is_replaced else ():
                self._end_part(name, is_full)

    def _end_part(self, name: str, is_full: bool) -> None:
        parent = f"split_part({RECORD_ID}, '-', 1)"
        scope = f"{parent} in (from read_ids) or {parent} in (from gone_ids_seen)"
        ended = self.connection.sql(
            f"select {RECORD_ID} as id from {self.landings[name].held()} "  # noqa: S608
            f"where not {IS_GONE} and ({'true' if is_full else scope}) "
            f"and {RECORD_ID} not in (select id from part_rows where dataset = '{name}')"
        ).to_arrow_table()
        if len(ended):
            self.landings[name].stage_gone(ended)

    def remember(self, name: str, ids: Iterable[str]) -> None:
        """Add ids to a table of what was seen."""
        self.connection.register("ids", pa.table({"id": pa.array(list(ids), pa.string())}))
        self.connection.execute(f"insert into {name} select id from ids")  # noqa: S608
        self.connection.unregister("ids")

    def _held_ids(self, ids: list[str]) -> set[str]:
        self.connection.register("ids", pa.table({"id": pa.array(ids, pa.string())}))
        found = self.connection.execute(
            f"select {RECORD_ID} from {self.main.held()} "  # noqa: S608
            f"where {RECORD_ID} in (select id from ids)"
        ).fetchall()
        self.connection.unregister("ids")
        return {str(row[0]) for row in found}

    def _stage_part(self, part: Part, rows: list[Row]) -> None:
        columns = [*PART_COLUMNS[part.made_from]]
        if part.made_from == "history":
            columns += [*self.item.history, "deal_currency_code"]
            self._leave_out_misfits(rows)
        for name in part.outputs:
            if part.made_from == "merges":
                # When it was merged is when that was first seen.
                held = self._held_merges.setdefault(name, self._all_held(name))
                rows = [row for row in rows if row["id"] not in held]
                held.update(str(row["id"]) for row in rows)
            elif part.is_replaced and rows:
                ids = pa.table({"id": pa.array([row["id"] for row in rows], pa.string())})
                self.connection.register("ids", ids)
                self.connection.execute("insert into part_rows select ?, id from ids", [name])
                self.connection.unregister("ids")
        self._stage(part, rows, columns)

    def _all_held(self, name: str) -> set[str]:
        held = self.landings[name].held()
        query = f"select {RECORD_ID} from {held}"  # noqa: S608
        return {str(row[0]) for row in self.connection.execute(query).fetchall()}

    def _leave_out_misfits(self, rows: list[Row]) -> None:
        """Take values out of histories that are older than their property's type.

        They cannot be mended at HubSpot; a current value that does not fit has stopped the pull
        before.
        """
        for name in self.item.history:
            fits = FITS.get(FAMILIES.get(self.columns.get(name, ""), ""))
            for row in rows if fits else ():
                value = row.get(name)
                if value is not None and fits and not fits(value):
                    self.misfits[name] = value
                    row[name] = None

    def _fulfilling(self, output: Output, name: str, rows: list[Row]) -> list[Row]:
        """The rows that an output takes; what it took before and takes no more is gone."""
        kept: list[Row] = []
        left: list[Row] = []
        for column in output.where_not:
            rows = [{**row, column: output.worded(column, row.get(column))} for row in rows]
        check_conditions(rows, output, self.item.name, self.where)
        for row in rows:
            is_taken = all(
                row.get(column) in values if values else row.get(column) is not None
                for column, values in output.where.items()
            )
            (kept if is_taken else left).append(row)
        if left:
            ids = pa.table({"id": pa.array([row["id"] for row in left], pa.string())})
            self.landings[name].stage_gone(ids)
        return kept

    def _stage(self, item: ApiObject, rows: list[Row], columns: Iterable[str]) -> None:
        names = list(columns)
        for position, (name, output) in enumerate(item.outputs.items()):
            taken = self._fulfilling(output, name, rows) if output.where else rows
            if not taken:
                continue
            page = table(taken, names)
            is_main = position == 0 and item is self.item
            custom = self.custom if is_main else ()
            entity = load_entities()[output.entity]
            typed = typed_columns(item, output, entity, custom, set(names))
            found = typed_rows(self.connection, page, typed, self.where)
            self.landings[name].stage(
                check_values(self.connection, found, self.item.name, output, entity, self.where)
            )
