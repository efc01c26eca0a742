"""An empty warehouse in memory with the tables that frames read, and a way to fill it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

from expectations.inputs import INPUTS

HERE = Path(__file__).resolve().parent
CASES_DIR = HERE / "cases"
ENTITIES_DIR = HERE.parents[1] / "orchestration" / "canonical" / "entities"
RAW_TYPES = {
    "text": "varchar",
    "email": "varchar",
    "currency": "varchar",
    "date": "date",
    "timestamp": "timestamp",
    "money": "decimal(18, 2)",
    "decimal": "decimal(18, 6)",
    "integer": "bigint",
    "boolean": "boolean",
}
Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


def table_columns() -> dict[str, dict[str, str]]:
    """Every table that exists, with its columns: raw ones from the canonical entities."""
    tables: dict[str, dict[str, str]] = yaml.safe_load((HERE / "warehouse_tables.yml").read_text())
    for path in sorted(ENTITIES_DIR.glob("*.yml")):
        # Read by hand: descriptions may hold a colon, and only names and types matter here.
        columns: dict[str, str] = {}
        for line in path.read_text().splitlines():
            if line.startswith("  ") and line.endswith(":") and line[2] != " ":
                name = line.strip().rstrip(":")
            elif line.startswith("    type: "):
                columns[name] = RAW_TYPES[line.split()[1]]
        columns |= {"_source_name": "varchar", "_file": "varchar", "_row_number": "bigint"}
        tables[f"raw_file_drop.{path.stem}"] = columns
    return tables


def empty_warehouse() -> duckdb.DuckDBPyConnection:
    """All tables, no rows."""
    connection = duckdb.connect()
    connection.execute("create table filled_table (name varchar)")
    for table, columns in table_columns().items():
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"create schema if not exists {table.split('.')[0]}")
        connection.execute(f"create table {table} ({listed})")
    return connection


def fill(connection: duckdb.DuckDBPyConnection, rows: Rows) -> dict[str, pd.DataFrame]:
    """Put the rows into their tables; rows of inputs come back as frames."""
    # What the case before put in; all other tables are empty still.
    for table in connection.execute("select name from filled_table").df()["name"]:
        connection.execute(f"delete from {table}")  # noqa: S608  names of this file
    connection.execute("delete from filled_table")
    for table, some in rows.items():
        if table in INPUTS:
            continue
        connection.execute("insert into filled_table values (?)", [table])
        for row in some:
            names, marks = ", ".join(row), ", ".join("?" for _ in row)
            statement = f"insert into {table} ({names}) values ({marks})"  # noqa: S608  as above
            connection.execute(statement, [*row.values()])
    return {name: input_frame(name, rows.get(name, ())) for name in INPUTS}


def input_frame(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    """An input as the run hands it over, with its declared types."""
    kinds = {"varchar": "str", "bigint": "Int64"}
    columns = {
        column: pd.Series([row.get(column) for row in rows], dtype=kinds[kind])
        for column, kind in INPUTS[name].items()
    }
    return pd.DataFrame(columns)


def with_bad_rows(good: Rows, bad: Rows) -> dict[str, list[dict[str, Any]]]:
    """The good rows, where each table named by the bad case holds the bad rows instead.

    A bad row says only what differs from the first good row of its table.
    """
    tables = {table: [dict(row) for row in some] for table, some in good.items()}
    for table, some in bad.items():
        tables[table] = [{**good[table][0], **row} for row in some]
    return tables
