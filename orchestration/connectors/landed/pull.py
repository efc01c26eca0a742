"""One pull of the tables that another loader fills.

Every run reads every table and delivers what is not as it was delivered before: no cursor of theirs
has to be trusted. A record that is no longer in its table is gone.

Belongs here: the order of steps. Does not: SQL (query.py), files (landing.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.canonical import load_entities
from orchestration.company.landed_source import LandedSource
from orchestration.connectors import limits
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.engine import engine
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.known_values import check_values
from orchestration.connectors.landed.candidates import table_of
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.landed.map_parts import MappedObject
from orchestration.connectors.landed.mapped_query import mapped_query
from orchestration.connectors.landed.names import table_names
from orchestration.connectors.landed.postgres_tables import PostgresPlace
from orchestration.connectors.landed.query import TableQuery, table_query
from orchestration.connectors.landed.spend import deliver_spend
from orchestration.connectors.landed.tables import landed_tables
from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import (
    IS_GONE,
    RECORD_ID,
    ApiObject,
    Output,
    mapping_hash,
)
from orchestration.connectors.typing_sql import (
    delivery_schema,
    quoted,
    typed_columns,
    typed_rows,
)
from orchestration.state import ConnectorObject


@dataclass(frozen=True)
class LandedPlace:
    """What is read.

    Attributes:
        database: DuckDB file, folder of Parquet files, or server.
        schema: Schema, or folder inside the folder.
        objects: The objects of the API, by name.
        custom_fields: Object to the company's further fields.
        mapped: Objects that a vendor's map describes, by name; the others have the API's names.
    """

    database: Path | PostgresPlace
    schema: str
    objects: Mapping[str, ApiObject]
    custom_fields: Mapping[str, list[str]]
    mapped: Mapping[str, MappedObject] = field(default_factory=dict)

    def table_names(self, name: str) -> tuple[str, ...]:
        """Names that an object's table may have."""
        return self.mapped[name].tables if name in self.mapped else table_names(name)

    def find(self, name: str, tables: Mapping[str, LandedTable]) -> LandedTable | None:
        """An object's table; None when there is none, or a better object's table is there."""
        mapped = self.mapped.get(name)
        if mapped is None:
            return next((tables[n] for n in table_names(name) if n in tables), None)
        if mapped.unless in self.mapped and self.find(mapped.unless or "", tables) is not None:
            return None
        return table_of(mapped.tables, tables)

    def query(
        self,
        name: str,
        table: LandedTable,
        tables: Mapping[str, LandedTable],
        connection: duckdb.DuckDBPyConnection,
    ) -> TableQuery:
        """How an object's table is read.

        Raises:
            FixConfiguration: When it cannot be read.
        """
        custom = self.custom_fields.get(name, [])
        if name in self.mapped:
            return mapped_query(self.mapped[name], custom, table, tables, connection)
        return table_query(self.objects[name], custom, table, tables)


def pull(context: PullContext, source: LandedSource) -> PullResult:
    """Deliver what changed in the tables.

    Raises:
        ConnectorError: As of `pull_landed`.
    """
    with engine(context.deliveries) as connection:
        return pull_landed(context, place_of(context, source), connection)


def place_of(
    context: PullContext, source: LandedSource, row_limit: int | None = None
) -> LandedPlace:
    """What a source reads; of a server's tables so many rows at most."""
    options = source.options
    variable = options.postgres_variable
    return LandedPlace(
        source.database
        if variable is None
        else PostgresPlace(variable, context.variables, context.deliveries, row_limit),
        options.table_schema or "",
        source.objects(),
        options.custom_fields,
        source.mapped_objects(),
    )


def pull_landed(
    context: PullContext, place: LandedPlace, connection: duckdb.DuckDBPyConnection
) -> PullResult:
    """Deliver what changed in the tables.

    Args:
        context: State and folders.
        place: What is read.
        connection: A connection whose time zone is UTC.

    Returns:
        What changed, notes, and the problems of single objects.

    Raises:
        ConnectorError: When the database as a whole cannot be read.
    """
    result = PullResult()
    with landed_tables(connection, place.database, place.schema) as tables:
        for item in place.objects.values():
            try:
                _Pull(context, place, item, tables, connection).run(result)
            except FixConfiguration as problem:
                result.problems.append(f"object {item.name}: {problem}")
    if not result.changed and not result.problems:
        raise FixConfiguration(
            f"{place.database} has no table of the kind that is expected in {place.schema!r}; "
            f"looked for {', '.join(place.table_names(name)[0] for name in place.objects)}"
        )
    return result


@dataclass
class _Pull:
    context: PullContext
    place: LandedPlace
    item: ApiObject
    tables: Mapping[str, LandedTable]
    connection: duckdb.DuckDBPyConnection

    @property
    def custom(self) -> list[str]:
        return self.place.custom_fields.get(self.item.name, [])

    def run(self, result: PullResult) -> None:
        source, item = self.context.source, self.item
        known = self.context.state.connector_object(source, item.name)
        table = self.place.find(item.name, self.tables)
        if table is None:
            if known.columns:
                raise FixConfiguration("its table was there before and is gone")
            result.notes.append(f"object {item.name}: no such table; left out")
            return
        query = self.place.query(item.name, table, self.tables, self.connection)
        self._check_columns(known, query)
        if query.missing:
            result.notes.append(
                f"object {item.name}: table {table.name} has no column for "
                f"{', '.join(query.missing)}; they stay empty"
            )
        self.context.state.save_connector_object(replace(known, pending="reading its table"))
        mapping = mapping_hash(self.item, self.custom)
        is_remapped = known.cursor_at is not None and known.mapping != mapping
        result.changed.update(self._deliver(query, is_remapped))
        now = datetime.now(UTC).replace(microsecond=0)
        self.context.state.save_connector_object(
            ConnectorObject(
                source,
                item.name,
                cursor_at=now,
                last_sweep_at=now,
                pulled_at=now,
                columns=json.dumps(dict(query.columns), sort_keys=True),
                mapping=mapping,
                note=f"landed by {query.loader.name}",
            )
        )

    def _check_columns(self, known: ConnectorObject, query: TableQuery) -> None:
        before = json.loads(known.columns or "{}")
        gone = [f"{name} (was {kind})" for name, kind in before.items() if name in query.absent]
        if gone:
            raise FixConfiguration(
                f"columns are gone: {', '.join(gone)}. Nothing was stored; the same rows come "
                "after it is mended"
            )

    def _deliver(self, query: TableQuery, is_remapped: bool) -> dict[str, int]:
        where = f"source {self.context.source}, object {self.item.name}"
        mapped = self.place.mapped.get(self.item.name)
        if mapped is not None and mapped.is_spend:
            folder = self.context.deliveries / mapped.dataset
            is_full = self.context.is_full
            rows = deliver_spend(self.connection, mapped, query, folder, where, is_full)
            return {mapped.dataset: rows}
        changed = {}
        for position, (name, output) in enumerate(self.item.outputs.items()):
            entity = load_entities()[output.entity]
            own = self.custom if position == 0 else []
            landing = Landing(
                self.context.deliveries / name,
                delivery_schema(output, entity, own),
                "is_deleted" in entity.fields,
                self.connection,
            )
            columns = typed_columns(self.item, output, entity, own, query.fields)
            seen = [
                self._stage(landing, columns, batch, where, None if mapped else output)
                for batch in self._batches(query.sql)
            ]
            if not output.deleted_too:
                self._stage_vanished(landing, seen)
            changed[name] = landing.settle(rewrite=is_remapped)
        return changed

    def _batches(self, sql: str) -> Iterator[pa.Table]:
        # A cursor of its own: the next query of a connection ends the reading of the one before.
        with self.connection.cursor() as cursor:
            cursor.execute("set TimeZone = 'UTC'")
            for batch in cursor.sql(sql).to_arrow_reader(limits.PARQUET_ROW_GROUP):
                yield pa.Table.from_batches([batch])

    def _stage(
        self,
        landing: Landing,
        columns: dict[str, str],
        batch: pa.Table,
        where: str,
        checked: Output | None,
    ) -> pa.Table:
        rows = typed_rows(self.connection, batch, columns, where)
        if checked is not None:  # what a map reads has no aliases, and so no way out
            entity = load_entities()[checked.entity]
            check_values(self.connection, rows, self.item.name, checked, entity, where)
        if rows.column(RECORD_ID).null_count:
            raise FixConfiguration("a row has no key")
        landing.stage(rows)
        return rows.select([RECORD_ID])

    def _stage_vanished(self, landing: Landing, seen: list[pa.Table]) -> None:
        """Stage what was delivered and is in the table no more."""
        if not landing.deliveries():
            return
        self.connection.register("seen_ids", pa.concat_tables(seen) if seen else _NO_IDS)
        gone = self.connection.sql(
            f"select {quoted(RECORD_ID)} as id from {landing.held()} where not {IS_GONE} "  # noqa: S608
            f"and {quoted(RECORD_ID)} not in (select {quoted(RECORD_ID)} from seen_ids)"
        ).to_arrow_table()
        self.connection.unregister("seen_ids")
        landing.stage_gone(gone)


_NO_IDS = pa.table({RECORD_ID: pa.array([], pa.string())})
