"""Writes to the working DuckDB file what dbt reads: the rules tables and the raw views.

Belongs here: DDL of schemas rules and raw_file_drop. Does not: validation or file reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from orchestration.settings import Settings

RULES_SCHEMA = "rules"


@contextmanager
def warehouse(settings: Settings, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the working file with the limits of the settings; close it afterwards."""
    settings.home.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory,
        "threads": str(settings.threads),
    }
    with duckdb.connect(
        str(settings.warehouse_path), read_only=read_only, config=config
    ) as connection:
        if not read_only:
            # It holds what everybody is paid, so only its owner reads it.
            settings.warehouse_path.chmod(0o600)
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def write_rules(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Replace all rules tables in one transaction."""
    connection.execute("begin")
    connection.execute(f"create schema if not exists {RULES_SCHEMA}")
    for name, table in tables.items():
        connection.register("incoming_rules", table)
        connection.execute(
            f'create or replace table {RULES_SCHEMA}."{name}" as select * from incoming_rules'  # noqa: S608
        )
        connection.unregister("incoming_rules")
    connection.execute("commit")


def write_views(connection: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    """Replace the raw views in one transaction, so that no run sees half of a change."""
    connection.execute("begin")
    for statement in statements:
        connection.execute(statement)
    connection.execute("commit")
