"""Days from a first to a last, and the slices that they are read in.

Belongs here: plain days. Does not: reading them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.state import Slicing


@dataclass(frozen=True)
class DaySpan:
    """Days, both ends included.

    Attributes:
        first: First day.
        last: Last day; never before the first.
    """

    first: date
    last: date

    def __str__(self) -> str:
        """As people read it."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"

    def slices(self, slicing: Slicing) -> Iterator[DaySpan]:
        """Calendar months, weeks (Monday to Sunday) or days, cut at both ends, oldest first."""
        start = self.first
        while start <= self.last:
            end = min(self.last, _last_of(slicing, start))
            yield DaySpan(start, end)
            start = end + timedelta(days=1)


def month_of(day: date) -> DaySpan:
    """The calendar month of a day."""
    return DaySpan(day.replace(day=1), _last_of("month", day))


def _last_of(slicing: Slicing, day: date) -> date:
    if slicing == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return day + timedelta(days=6 - day.weekday() if slicing == "week" else 0)
