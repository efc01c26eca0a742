"""DuckDB for tests: connections without threads of their own.

Tests run on every core already, and most ask a few rows: threads would only wait for each other,
and tests that open thousands of connections would start and join thousands of them.

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
