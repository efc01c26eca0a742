"""The DuckDB connection that files are read with: in memory, spilling to the raw folder.

Belongs here: how it is opened and asked. Does not: any statement about data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb


def open_engine(raw_dir: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """Return a connection that uses at most this memory, and the disk beyond it."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        # One thread: sources are read side by side, and the order of rows is the file's.
        "threads": 1,
        "temp_directory": str(raw_dir / ".spill"),
        "autoinstall_known_extensions": False,
    }
    connection = duckdb.connect(config=config)
    connection.execute("set timezone = 'UTC'")
    return connection


def first_row(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()
) -> tuple[Any, ...] | None:
    """Return the first row of a small result, reading it to its end."""
    rows = connection.execute(query, list(parameters)).fetchall()
    return rows[0] if rows else None
