"""Runs dbt models as compiled SQL over hand-made parent tables.

Belongs here: compiling once, making parents, running models in order. Does not: what they should
say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import Settings
from orchestration.transform.project import ensure_parsed
from tests.connections import connect
from tests.laws.building import own_environment

ROOT = Path(__file__).resolve().parents[2]
PROJECT, COMPANY = ROOT / "dbt_project", ROOT / "company"
Row = Mapping[str, Any]
Columns = Mapping[str, str]


@dataclass(frozen=True)
class CompiledModels:
    """The compiled SQL of some models, parents first."""

    catalog: str
    statements: Sequence[tuple[str, str, str]]

    def with_query(self, name: str, sql: str) -> CompiledModels:
        """Let a model be another query."""
        return replace(
            self,
            statements=[
                (path, relation, sql if Path(path).stem == name else old)
                for path, relation, old in self.statements
            ],
        )

    def without(self, name: str) -> CompiledModels:
        """Leave a model out."""
        return replace(
            self, statements=[one for one in self.statements if Path(one[0]).stem != name]
        )

    def run_named(self, connection: duckdb.DuckDBPyConnection, *names: str) -> None:
        """Make the models of these names tables, parents first."""
        for path, relation, sql in self.statements:
            if Path(path).stem in names:
                connection.execute(f"create or replace table {relation} as {sql}")

    def run_only(self, connection: duckdb.DuckDBPyConnection, folder: str) -> None:
        """Make every model of the folders of this name a table."""
        for path, relation, sql in self.statements:
            if f"/{folder}/" in path:
                connection.execute(f"create or replace table {relation} as {sql}")


def compile_models(folder: Path, selection: Sequence[str]) -> CompiledModels:
    """The selected models as every home has them; no parent has to exist.

    The project is compiled once for all that ask (orchestration/transform/shared.py).

    Args:
        folder: An empty place.
        selection: Names of models, and folders as dbt's `path:`.
    """
    settings = Settings(company_dir=COMPANY, home=folder, hash_key="only for this test")
    with own_environment(settings):
        manifest = ensure_parsed(settings)
    return read_compiled(manifest, settings.warehouse_path.stem, selection)


def read_compiled(
    manifest_file: Path, catalog: str, selection: Sequence[str] = ("path:",)
) -> CompiledModels:
    """Read the models of a manifest that were compiled for a catalog, by default all."""
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node.get("compiled_code")
        if any(_is_chosen(node, word) for word in selection)
    }
    return CompiledModels(
        catalog,
        [
            (node["path"], node["relation_name"], node["compiled_code"])
            for node in (models[key] for key in _ordered(models))
        ],
    )


def _is_chosen(node: Mapping[str, Any], word: str) -> bool:
    if word.startswith("path:"):
        return bool(node["original_file_path"].startswith(word.removeprefix("path:")))
    return bool(node["name"] == word)


def _ordered(models: Mapping[str, Any]) -> list[str]:
    ordered: list[str] = []

    def visit(key: str) -> None:
        if key in models and key not in ordered:
            for parent in models[key]["depends_on"]["nodes"]:
                visit(parent)
            ordered.append(key)

    for key in sorted(models):
        visit(key)
    return ordered


@contextmanager
def empty_warehouse(models: CompiledModels) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty warehouse under the name that the compiled SQL uses."""
    with connect() as connection:
        connection.execute(f"attach ':memory:' as {models.catalog}")
        connection.execute(f"use {models.catalog}")
        for schema in ("intermediate", "funnel", "kpi"):
            connection.execute(f"create schema {schema}")
        yield connection


def make_table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Columns, rows: Sequence[Row]
) -> None:
    """Create or replace a parent table; a column that a row does not name is NULL."""
    schema = name.split(".")[0]
    connection.execute(f"create schema if not exists {schema}")
    kinds = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create or replace table {name} ({kinds})")
    if rows:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(
            f"insert into {name} values ({marks})",
            [[row.get(column) for column in columns] for row in rows],
        )
