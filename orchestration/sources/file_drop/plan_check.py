"""Checks of a plan that need DuckDB: date formats and constants that no row could ever use.

Belongs here: what would otherwise put every row of a dataset into quarantine. Does not: what the
company folder's validation finds without an engine.
"""

from __future__ import annotations

from dataclasses import replace

import duckdb

from orchestration.sources.file_drop.engine import first_row
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.plan import DatasetPlan
from orchestration.sources.file_drop.sql_rows import create_parsed, create_staged


def check_plan(connection: duckdb.DuckDBPyConnection, plan: DatasetPlan) -> None:
    """Refuse a dataset whose options cannot be used.

    Raises:
        FileRefusedError: Names the option.
    """
    if plan.decimal == plan.thousands:
        raise FileRefusedError(
            f"decimal and thousands are both {plan.decimal!r}", "correct one in sources.yml"
        )
    for format_ in plan.date_formats:
        try:
            first_row(connection, "select try_strptime('', ?)", [format_])
        except duckdb.Error:
            raise FileRefusedError(
                f"date format {format_!r} cannot be used",
                "use directives such as %Y, %m, %d, %H, %M, %S",
            ) from None
    _check_constants(connection, plan)


def _check_constants(connection: duckdb.DuckDBPyConnection, plan: DatasetPlan) -> None:
    """Type one row that consists of the constants only."""
    constants = tuple(
        replace(field, column=None, required=False, aliases=())
        for field in plan.fields
        if field.constant is not None
    )
    if not constants:
        return
    alone = replace(plan, fields=constants, wanted=(), attributes=(), where=())
    connection.execute(create_staged(alone))
    connection.execute("insert into staged values (1, 1)")
    connection.execute(create_parsed(alone))
    row = first_row(connection, "select faults from parsed")
    if row is not None and row[0] is not None:
        wrong = [constants[int(i)] for i in row[0].split()]
        shown = ", ".join(f"{field.name}: {field.constant} (a {field.type})" for field in wrong)
        raise FileRefusedError(
            f"constants that cannot be used: {shown}",
            "write dates as 2026-10-31 and numbers with a point in `constants`",
        )
