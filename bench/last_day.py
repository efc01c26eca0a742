"""Takes the last day out of what the sample company delivers, to be delivered later.

Belongs here: which deliveries have a day, and moving the rows. Does not: measuring (measure).
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

# Deliveries that grow every day, and the column that says when something happened.
DAY_COLUMNS = {
    "touches": "touched_at",
    "message_sends": "sent_at",
    "activities": "occurred_at",
    "check_ins": "occurred_at",
    "follow_ups": "occurred_at",
    "ad_spend": "spend_date",
    "content_performance": "performance_date",
}
FILE = "zz_last_day.parquet"


def hold_back_last_day(delivered: Path, held: Path, last_day: date, memory: str) -> int:
    """Move the rows of the last day to files of their own; return how many there are.

    Args:
        delivered: Folder with one folder per dataset; its files are written anew.
        held: Where the rows go, in the same folders.
        last_day: The day, in UTC.
        memory: DuckDB's limit.
    """
    shutil.rmtree(held, ignore_errors=True)
    count = 0
    with duckdb.connect(config={"memory_limit": memory}) as connection:
        connection.execute("set timezone = 'UTC'")
        for name, column in DAY_COLUMNS.items():
            folder = delivered / name
            if not folder.is_dir():
                continue
            target = held / name / FILE
            target.parent.mkdir(parents=True)
            is_last = f"cast({column} as date) >= date '{last_day}'"
            _copy(connection, str(folder / "*.parquet"), is_last, target)
            count += pq.read_metadata(target).num_rows
            for path in sorted(folder.glob("*.parquet")):
                kept = path.with_suffix(".kept")
                _copy(connection, str(path), f"not ({is_last})", kept)
                kept.replace(path)
    return count


def deliver_last_day(delivered: Path, held: Path) -> None:
    """Put the rows that were held back beside the others."""
    for path in held.glob(f"*/{FILE}"):
        shutil.copy(path, delivered / path.parent.name / FILE)


def _copy(connection: duckdb.DuckDBPyConnection, files: str, condition: str, to: Path) -> None:
    connection.execute(
        f"copy (select * from read_parquet('{files}') where {condition}) "  # noqa: S608
        f"to '{to}' (format parquet, compression zstd)"
    )
