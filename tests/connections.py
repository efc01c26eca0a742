"""DuckDB for tests: connections without threads of their own.

Tests run on every core already, and most ask a few rows: threads would only wait for each other.
Each that a connection starts has to be joined when it closes, and Python stands still meanwhile;
tests that open thousands of connections have hung there.

Belongs here: that. Does not: databases with something in them (conftest.py).
"""

from __future__ import annotations

from pathlib import Path

import duckdb


def connect(
    database: Path | str = ":memory:", *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a database that works in the thread of the test."""
    return duckdb.connect(str(database), read_only=read_only, config={"threads": 1})
