"""The time of a simulated system: it stands still until somebody moves it.

Belongs here: the simulated present. Does not: when anything happens (the organisations decide).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

START = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


class Clock:
    """A present that tests move by hand; with `runs` it also moves with real time."""

    def __init__(self, start: datetime = START, *, runs: bool = False) -> None:
        """Begin at `start`, a moment with a zone; `runs` is for a simulator that runs alone."""
        if start.tzinfo is None:
            raise ValueError(f"the clock needs a moment with a zone, not {start.isoformat()}")
        self._start = start.astimezone(UTC)
        self._began = monotonic() if runs else None

    def now(self) -> datetime:
        """The present, in UTC."""
        if self._began is None:
            return self._start
        return self._start + timedelta(seconds=monotonic() - self._began)

    def advance(self, by: timedelta) -> datetime:
        """Move the present forward and return it; ValueError for a step back."""
        if by < timedelta(0):
            raise ValueError(f"time does not go back: {by}")
        self._start += by
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        """Move the present to a later moment; ValueError for an earlier one."""
        return self.advance(moment.astimezone(UTC) - self.now())
