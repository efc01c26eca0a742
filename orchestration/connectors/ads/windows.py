"""Which days of an account are read: from the first ever told to its yesterday, or the restated.

Belongs here: days. Does not: asking for them (pull.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.connectors.ads.platform import Account
from orchestration.connectors.ads.reach import WindowKind
from orchestration.connectors.errors import FixConfiguration


@dataclass(frozen=True)
class SpendWindow:
    """What is read.

    Attributes:
        start_date: The first day there is.
        restated_days: How many days back a run reads again.
        accounts: Accounts; empty for all that can be seen.
        reach: Windows whose reach is read.
        campaign_kinds: Kinds of campaign that the company knows besides the platform's.
    """

    start_date: date
    restated_days: int
    accounts: tuple[str, ...] = ()
    reach: tuple[WindowKind, ...] = ()
    campaign_kinds: tuple[str, ...] = ()

    def first_again(self, read_to: date | None) -> date:
        """The first day that a run reads, when one before read to a day."""
        if read_to is None:
            return self.start_date
        return max(self.start_date, read_to - timedelta(days=self.restated_days - 1))


def today_of(account: Account, server_time: datetime | None) -> date:
    """The day that it is in the account's zone.

    Raises:
        FixConfiguration: When nobody knows the zone.
    """
    try:
        zone = ZoneInfo(account.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise FixConfiguration(f"its zone {account.time_zone!r} is not known") from None
    return (server_time or datetime.now(UTC)).astimezone(zone).date()


def parts(start: date, end: date, size: int) -> Iterator[tuple[date, date]]:
    """First and last day of each part of at most `size` days, in order."""
    while start <= end:
        last = min(end, start + timedelta(days=size - 1))
        yield start, last
        start = last + timedelta(days=1)


def halves(first: date, last: date) -> list[tuple[date, date]]:
    """A part as two, in order; it has two days at least."""
    middle = first + (last - first) // 2
    return [(first, middle), (middle + timedelta(days=1), last)]


def months_before(day: date, count: int) -> date:
    """The same day so many months before; the first of the following where there is none."""
    month = day.year * 12 + day.month - 1 - count
    try:
        return date(month // 12, month % 12 + 1, day.day)
    except ValueError:
        return date((month + 1) // 12, (month + 1) % 12 + 1, 1)
