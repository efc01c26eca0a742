"""DuckDB as a pull uses it.

Belongs here: its limits. Does not: what is asked of it.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.connectors import limits


@contextlib.contextmanager
def engine(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB for one pull: little memory, and the disk beyond it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for pattern in (".engine*", ".replay*"):  # of a killed process; one runs at a time
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix=".engine", dir=folder) as spill,
        duckdb.connect(
            config={"memory_limit": limits.MEMORY, "threads": "2", "temp_directory": spill}
        ) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'")
        yield connection
