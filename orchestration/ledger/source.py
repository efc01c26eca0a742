"""The ledger as dbt reads it: copied into the working file, checked on the way.

Belongs here: schema `ledger` of the working file. Does not: writing to the ledger.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.ledger.columns import TABLES
from orchestration.ledger.store import LEDGER, LedgerError, attached, refuse_lost_ledger, verify
from orchestration.state import GuardResult

SCHEMA = "ledger"
GUARD = "ledger_as_locked"


def write_ledger(connection: duckdb.DuckDBPyConnection, path: Path) -> GuardResult:
    """Replace the tables of the ledger; empty before the first close.

    Args:
        connection: The working file.
        path: The ledger's file.

    Returns:
        Whether everything locked is what it was when it was locked. What is not holds the group of
        pay; the tables are then the ledger's all the same, or empty where it cannot be read.
    """
    connection.execute(f"create schema if not exists {SCHEMA}")
    try:
        refuse_lost_ledger(path)
        if not path.exists():
            _write_empty(connection)
            return ledger_guard([])
        with attached(connection, path, read_only=True):
            problems = verify(connection)
            for table in TABLES:
                connection.execute(
                    f"create or replace table {SCHEMA}.{table} as from {LEDGER}.{table}"
                )
    except (LedgerError, duckdb.Error) as error:
        _write_empty(connection)
        problems = [str(error)]
    return ledger_guard(problems)


def _write_empty(connection: duckdb.DuckDBPyConnection) -> None:
    for table, columns in TABLES.items():
        shown = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"create or replace table {SCHEMA}.{table} ({shown})")


def ledger_guard(problems: list[str]) -> GuardResult:
    """What the ledger's guard says: everything locked is as it was locked."""
    return GuardResult(
        guard=GUARD,
        kpi_group="compensation",
        severity="critical",
        status="failed" if problems else "passed",
        observed=f"{len(problems)} differences",
        threshold="0 differences",
        sample="; ".join(problems[:5]),
        table_name="ledger",
        message="\n".join(problems),
    )
