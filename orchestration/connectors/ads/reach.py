"""How many people were reached in a window, in the columns of entity `reach_windows`.

Reach is told per window and never added up over days: a person who came twice counts once. A
window is a whole calendar week, month or quarter that is over.

Belongs here: windows, rows and their file. Does not: any platform's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.durable import remove_unfinished, write_durably

REACH_DATASET = "reach_windows"
WindowKind = Literal["week", "month", "quarter"]
_MONTHS = {"month": 1, "quarter": 3}
_MILLIONTH = Decimal("0.000001")
SCHEMA = pa.schema(
    [
        pa.field("platform", pa.string()),
        pa.field("entity_type", pa.string()),
        pa.field("entity_id", pa.string()),
        pa.field("window_start", pa.date32()),
        pa.field("window_end", pa.date32()),
        pa.field("reach", pa.int64()),
        pa.field("frequency", pa.decimal128(18, 6)),
    ]
)
_ORDER = [
    ("window_start", "ascending"),
    ("window_end", "ascending"),
    ("entity_type", "ascending"),
    ("entity_id", "ascending"),
]


@dataclass(frozen=True)
class ReachRow:
    """Reach of one account or campaign in one window.

    Attributes:
        platform: Its name in Concord.
        entity_type: account or campaign.
        entity_id: The account or campaign.
        window_start: First day.
        window_end: Day after the last day.
        reach: Different people; None when the platform does not say.
        frequency: Impressions per person; None without reach.
    """

    platform: str
    entity_type: str
    entity_id: str
    window_start: date
    window_end: date
    reach: int | None
    frequency: Decimal | None


def frequency_of(impressions: int, reach: int | None) -> Decimal | None:
    """Impressions per person reached, to the millionth; None without reach."""
    return (Decimal(impressions) / reach).quantize(_MILLIONTH) if reach else None


def closed_windows(
    kind: WindowKind, earliest: date, start: date, end: date
) -> Iterator[tuple[date, date]]:
    """First and last day of every window that is to be read, in order.

    Args:
        kind: week (Monday to Sunday), month or quarter.
        earliest: No window begins before.
        start: Windows that ended before are settled.
        end: The last day that is over; a window that goes on is not read.
    """
    first, last = _window_of(kind, start)
    while last <= end:
        if first >= earliest:
            yield first, last
        first, last = _window_of(kind, last + timedelta(days=1))


def _window_of(kind: WindowKind, day: date) -> tuple[date, date]:
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    size = _MONTHS[kind]
    first = date(day.year, (day.month - 1) // size * size + 1, 1)
    following = first.month + size
    after = date(first.year + (following > 12), following - 12 * (following > 12), 1)
    return first, after - timedelta(days=1)


@dataclass
class ReachFiles:
    """The folder of a source's reach: a file per account."""

    folder: Path

    def __post_init__(self) -> None:
        """Make the folder, and remove what a killed pull left."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        remove_unfinished(self.folder)

    def rows(self, account: str, first: date, last: date) -> list[dict[str, Any]]:
        """What was delivered of a window."""
        path = self.folder / f"{account}.parquet"
        window = (first, last + timedelta(days=1))
        found = pq.read_table(path, schema=SCHEMA).to_pylist() if path.exists() else []
        return [row for row in found if (row["window_start"], row["window_end"]) == window]

    def replace(self, account: str, first: date, last: date, rows: Sequence[ReachRow]) -> int:
        """Make a window what the platform tells; returns how many rows changed.

        Raises:
            ValueError: When a row is of another window.
        """
        end = last + timedelta(days=1)
        for row in rows:
            if (row.window_start, row.window_end) != (first, end):
                raise ValueError(f"{row} is not of the window from {first} to {last}")
        path = self.folder / f"{account}.parquet"
        before = pq.read_table(path, schema=SCHEMA) if path.exists() else SCHEMA.empty_table()
        is_same = pc.and_(
            pc.equal(before.column("window_start"), pa.scalar(first)),
            pc.equal(before.column("window_end"), pa.scalar(end)),
        )
        old = before.filter(is_same)
        new = pa.Table.from_pylist([asdict(row) for row in rows], SCHEMA)
        after = pa.concat_tables([before.filter(pc.invert(is_same)), new])
        after = after.sort_by(_ORDER).combine_chunks()
        if after.equals(before.combine_chunks()):
            return 0
        write_durably(path, lambda temporary: pq.write_table(after, temporary, compression="zstd"))
        return _difference(old, new)


def _difference(old: pa.Table, new: pa.Table) -> int:
    """Rows that are new, other than before, or gone."""

    def rows(table: pa.Table) -> dict[tuple[object, ...], tuple[object, ...]]:
        return {
            (row["entity_type"], row["entity_id"]): tuple(row.values()) for row in table.to_pylist()
        }

    had, has = rows(old), rows(new)
    return sum(had.get(key) != has.get(key) for key in had.keys() | has.keys())
