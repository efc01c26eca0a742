"""The tables that finance books and pays from, as CSV: those that the published store has.

Belongs here: which tables, which rows of them, safe cells. Does not: what they say (dbt).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from orchestration.export.neutral import neutral_row
from orchestration.publish.sql import identifier

# File by table of schema compensation, in the order in which finance works.
TABLES = {
    "comp_statement": "statements.csv",
    "comp_statement_line": "statement_lines.csv",
    "comp_payroll_input": "payroll_input.csv",
    "comp_payroll_confirmation": "payroll_confirmation.csv",
    "comp_accrual": "accruals.csv",
    "comp_accrual_journal": "journal.csv",
    "comp_contract_cost": "contract_cost.csv",
    "comp_contract_cost_schedule": "contract_cost_schedule.csv",
    "comp_cost_detail": "cost_detail.csv",
}
MONTH = "period"
# What payroll says of a month is said of the days on which it was paid.
PAID_FOR_MONTH = (
    "pay_run_date in (select pay_run_date from compensation.comp_payroll_input "
    "where period = $period)"
)


def write_tables(finance: Path, period: date, folder: Path) -> list[str]:
    """Write the tables that are there; return the names of the files."""
    made = []
    with duckdb.connect(str(finance), read_only=True) as connection:
        for table, name in TABLES.items():
            columns = columns_of(connection, table)
            if columns:
                condition = _condition(table, columns)
                found = connection.execute(
                    f"from compensation.{identifier(table)} where {condition} order by all",
                    {"period": period} if "$period" in condition else {},
                )
                write_csv(folder / name, columns, found.fetchall())
                made.append(name)
    return made


def _condition(table: str, columns: Sequence[str]) -> str:
    """Which rows are of the month; all of a table that has no month, such as assets."""
    if table == "comp_payroll_confirmation":
        return PAID_FOR_MONTH
    return f"{MONTH} = $period" if MONTH in columns else "true"


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a published table of pay; none when it is not there."""
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = 'compensation' "
        "and table_name = $table and database_name = current_database() order by column_index",
        {"table": table},
    )
    return [name for (name,) in found.fetchall()]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write rows; no text in them can act as a formula."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(neutral_row(row) for row in rows)
