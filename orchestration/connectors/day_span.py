"""Days from a first to a last, and the slices that they are read in.

Belongs here: plain days. Does not: reading them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from orchestration.state import Slicing

CALENDAR = ("month", "week", "day")


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

    @property
    def start(self) -> datetime:
        """Their first moment, where days are those of UTC."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after them."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    def slices(self, slicing: Slicing) -> Iterator[DaySpan]:
        """Slices that have every day once, oldest first, cut at both ends.

        Args:
            slicing: Calendar months, weeks (Monday to Sunday), days, or so many days from the
                first on.
        """
        start = self.first
        while start <= self.last:
            end = min(self.last, _last_of(slicing, start))
            yield DaySpan(start, end)
            start = end + timedelta(days=1)


def month_of(day: date) -> DaySpan:
    """The calendar month of a day."""
    return DaySpan(day.replace(day=1), _last_of("month", day))


def slicing_of(text: str) -> Slicing:
    """A slicing as it is remembered.

    Raises:
        ValueError: When it is none.
    """
    if text in CALENDAR:
        return text
    number, _, word = text.partition(" ")
    if word in ("day", "days") and number.isdecimal() and int(number) > 0:
        return "day" if int(number) == 1 else f"{int(number)} days"
    raise ValueError(f"{text!r} is no slicing; give month, week, day, or days such as '10 days'")


def _last_of(slicing: Slicing, day: date) -> date:
    if slicing == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if slicing == "week":
        return day + timedelta(days=6 - day.weekday())
    return day + timedelta(days=0 if slicing == "day" else int(slicing.partition(" ")[0]) - 1)
