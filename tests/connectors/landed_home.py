"""A database that a loader fills with any tables, and a source that reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from orchestration.canonical import load_entities
from orchestration.company.sources import Source, source_from_mapping
from orchestration.connectors import vendors
from orchestration.connectors.context import Probe, PullContext, PullResult
from orchestration.sources import file_drop
from orchestration.state import StateStore

SYNCED = {"_fivetran_synced": "2026-01-12 08:00:00+00"}
EXTRACTED = {"_airbyte_extracted_at": "2026-01-12 08:00:00+00"}
Rows = list[dict[str, Any]]


class LandedHome:
    """A source of landed tables in a home of its own."""

    def __init__(self, home: Path, objects_of: str, **options: Any) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.options = {
            "objects_of": objects_of,
            "database": "landed.duckdb",
            "schema": "lake",
            **options,
        }
        self.state = StateStore(home / "state.sqlite")

    def land(self, tables: dict[str, Rows], types: dict[str, str] | None = None) -> None:
        """Make tables anew; a column's type follows from its values, or is text."""
        with duckdb.connect(str(self.home / "landed.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("create schema if not exists lake")
            for name, rows in tables.items():
                kinds: dict[str, str] = {}
                for row in rows:
                    for column, value in row.items():
                        kinds[column] = (types or {}).get(column) or _type(column, value)
                listed = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
                connection.execute(f'create or replace table lake."{name}" ({listed})')
                marks = ", ".join("?" for _ in kinds)
                for row in rows:
                    values = [_stored(row.get(column)) for column in kinds]
                    connection.execute(f'insert into lake."{name}" values ({marks})', values)

    @property
    def source(self) -> Source:
        entry = {"loader": "landed_tables", "options": self.options}
        folder = self.home / "deliveries"
        return source_from_mapping(
            "lake", entry, company_folder=self.home, deliveries_folder=folder
        )

    def context(self, is_full: bool = False) -> PullContext:
        return PullContext(
            source="lake",
            state=self.state,
            deliveries=self.source.options.folder,
            raw_pages=self.home / "raw_pages",
            variables={},
            deadline=1e18,
            is_full=is_full,
        )

    def pull(self, is_full: bool = False) -> PullResult:
        connector = self.source.connector
        assert connector is not None
        return vendors.pull(self.context(is_full), connector)

    def probe(self) -> Probe:
        connector = self.source.connector
        assert connector is not None
        return vendors.probe(self.context(), connector)

    def raw(self, source: Source, entity: str) -> list[tuple[Any, ...]]:
        """The raw rows of a source's deliveries, without where they come from."""
        raw = self.home / "raw"
        found = file_drop.extract(source, source.options.folder, [], raw)
        assert found.refusals == []
        assert found.quarantined == []
        columns = ", ".join(load_entities()[entity].fields)
        with duckdb.connect() as connection:
            for statement in file_drop.raw_views_sql(load_entities(), found.files, raw):
                connection.execute(statement)
            return connection.execute(
                f"select {columns} from raw_file_drop.{entity} order by all"
            ).fetchall()

    def rows(self, dataset: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        folder = self.source.options.folder / dataset
        if not list(folder.glob("*.parquet")):
            return []
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            key = (
                ""
                if dataset == "ad_spend"
                else (
                    "qualify row_number() over (partition by _record_id order by filename desc) = 1"
                )
            )
            return connection.execute(
                f"select {columns} from (select * from read_parquet('{folder}/*.parquet', "
                f"filename = true) {key}) where {where} order by all"
            ).fetchall()


def _type(column: str, value: Any) -> str:
    if column.endswith(("_synced", "_at")) and column.startswith("_"):
        return "timestamptz"
    if isinstance(value, dict | list):
        return "json"
    kinds = {bool: "boolean", int: "bigint", float: "double"}
    return kinds.get(type(value), "varchar")


def _stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
