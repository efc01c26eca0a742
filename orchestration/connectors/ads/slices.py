"""The deliveries of daily spend: a file per account and month, whose days are replaced whole.

Platforms restate days for weeks, and a campaign without a row had nothing on that day. So a window
of days is taken as the platform tells it now: what it no longer tells is gone.

Belongs here: files. Does not: asking a platform.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.connectors.ads.spend import SCHEMA, SpendDay, as_table
from orchestration.durable import remove_unfinished, write_durably

_ORDER = [("spend_date", "ascending"), ("campaign_id", "ascending"), ("ad_id", "ascending")]


@dataclass
class DaySlices:
    """The folder of a source's spend."""

    folder: Path

    def __post_init__(self) -> None:
        """Make the folder, and remove what a killed pull left."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        remove_unfinished(self.folder)

    def bring_up_to_date(self) -> None:
        """Give files of an earlier version the columns that they lack, blank.

        All files of a dataset have the same columns, or its reader refuses them.
        """
        for path in sorted(self.folder.glob("*.parquet")):
            if pq.read_schema(path).names != SCHEMA.names:
                _write(path, pq.read_table(path, schema=SCHEMA))

    def replace(self, account: str, start: date, end: date, days: Sequence[SpendDay]) -> int:
        """Make the window's days what the platform tells; returns how many rows changed.

        Args:
            account: The account.
            start: First day.
            end: Last day.
            days: Everything that it tells of these days.

        Raises:
            ValueError: When a row is of another account or lies outside the window.
        """
        check_days(account, start, end, days)
        changed = 0
        for first, last in months(start, end):
            own = [item for item in days if first <= item.spend_date <= last]
            changed += self._replace_month(account, first, max(first, start), min(last, end), own)
        return changed

    def has_rows(self, account: str, start: date, end: date) -> bool:
        """Whether anything was delivered of an account's days."""
        return bool(self.rows(account, start, end))

    def rows(self, account: str, start: date, end: date) -> list[dict[str, Any]]:
        """What was delivered of an account's days."""
        paths = [self._path(account, first) for first, _ in months(start, end)]
        return [
            row
            for path in paths
            if path.exists()
            for row in pq.read_table(path, schema=SCHEMA).to_pylist()
            if start <= row["spend_date"] <= end
        ]

    @staticmethod
    def row_count(folder: Path) -> int:
        """Rows of all files of a folder."""
        return sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))

    def _path(self, account: str, month: date) -> Path:
        return self.folder / f"{account}-{month:%Y%m}.parquet"

    def _replace_month(
        self, account: str, month: date, start: date, end: date, days: Sequence[SpendDay]
    ) -> int:
        path = self._path(account, month)
        before = pq.read_table(path, schema=SCHEMA) if path.exists() else SCHEMA.empty_table()
        day = before.column("spend_date")
        is_inside = pc.and_(
            pc.greater_equal(day, pa.scalar(start)), pc.less_equal(day, pa.scalar(end))
        )
        kept = before.filter(pc.invert(is_inside))
        after = pa.concat_tables([kept, as_table(days)]).sort_by(_ORDER).combine_chunks()
        if after.equals(before.combine_chunks()):
            return 0
        _write(path, after)
        return _difference(before, after)


def _write(path: Path, rows: pa.Table) -> None:
    write_durably(path, lambda temporary: pq.write_table(rows, temporary, compression="zstd"))


def check_days(account: str, start: date, end: date, days: Sequence[SpendDay]) -> None:
    """Refuse rows that nobody asked for.

    Raises:
        ValueError: When a row is of another account or lies outside the window.
    """
    for item in days:
        if item.platform_account_id != account or not start <= item.spend_date <= end:
            raise ValueError(f"{item} is not of account {account} from {start} to {end}")


def months(start: date, end: date) -> Iterator[tuple[date, date]]:
    """First and last day of every month that a window touches."""
    first = start.replace(day=1)
    while first <= end:
        following = (first + timedelta(days=32)).replace(day=1)
        yield first, following - timedelta(days=1)
        first = following


def _difference(before: pa.Table, after: pa.Table) -> int:
    """Rows that are new, other than before, or gone."""

    def rows(table: pa.Table) -> dict[tuple[object, ...], tuple[object, ...]]:
        return {
            (row["spend_date"], row["campaign_id"], row["ad_id"]): tuple(row.values())
            for row in table.to_pylist()
        }

    old, new = rows(before), rows(after)
    return sum(old.get(key) != new.get(key) for key in old.keys() | new.keys())
