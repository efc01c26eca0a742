"""Writes published marts for the dashboard's tests.

Here: a busy company's file, an empty one, and changes to either. Not here: the rows
(dashboard_rows.py).
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
from dashboard_company import TABLES
from dashboard_rows import all_rows

Change = Callable[[duckdb.DuckDBPyConnection], None]


def write_marts(path: Path, *changes: Change) -> Path:
    """A busy company's marts; `changes` alter them before the file is closed."""
    with duckdb.connect(str(path)) as connection:
        _create(connection)
        for table, rows in _tables().items():
            connection.from_arrow(rows).insert_into(table)
        for change in changes:
            change(connection)
    return path


def write_empty_marts(path: Path) -> Path:
    """Every table, no row."""
    with duckdb.connect(str(path)) as connection:
        _create(connection)
    return path


def sql(*statements: str, text: str | None = None) -> Change:
    """A change made of SQL statements, in which `$text` stands for a text."""

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        for statement in statements:
            connection.execute(statement, {"text": text} if "$text" in statement else None)

    return change


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    for schema in ("core", "funnel", "attribution", "kpi", "ops"):
        connection.execute(f"create schema {schema}")
    for name, columns in TABLES.items():
        connection.execute(f"create table {name} ({columns})")


@cache
def _tables() -> dict[str, pa.Table]:
    """Rows as text columns; the insert casts them to the table's types."""
    tables = {}
    for name, rows in all_rows().items():
        texts = [[None if value is None else str(value) for value in row] for row in rows]
        columns = [pa.array(column, pa.string()) for column in zip(*texts, strict=True)]
        tables[name] = pa.table(columns, names=[f"column_{at}" for at in range(len(columns))])
    return tables
