"""When models that are built in part were last built whole.

A yml may be wrong about how its model falls apart, and no watermark is trusted for ever: every few
days all such models are worked out whole and compared with what their parts came to.

Belongs here: the day of the last one. Does not: building (standing.py), what is told (guards.py).
"""

from __future__ import annotations

from datetime import date

import duckdb

TABLE = "standing.whole_build"


def is_due(connection: duckdb.DuckDBPyConnection, today: date, days: int) -> bool:
    """Whether the last one is so many days ago, or nobody knows of one."""
    try:
        rows = connection.execute(f"select max(built_on) from {TABLE}").fetchall()  # noqa: S608
    except duckdb.CatalogException:
        return True
    last = rows[0][0]
    return last is None or (today - last).days >= days


def note(connection: duckdb.DuckDBPyConnection, today: date) -> None:
    """All of them have been built whole."""
    connection.execute(
        f"create or replace table {TABLE} as select cast($1 as date) as built_on",
        [today],
    )
