"""Asks the store that only finance may read, as finance does."""

from __future__ import annotations

from typing import Any

from tests.connections import connect
from tests.end_to_end.conftest import RunHome


def ask_finance(home: RunHome, sql: str) -> list[tuple[Any, ...]]:
    """Query what a run published for finance."""
    with connect(home.current / "finance.duckdb", read_only=True) as connection:
        connection.execute("use compensation")
        return connection.execute(sql).fetchall()
