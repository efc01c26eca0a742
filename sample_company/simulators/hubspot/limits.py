"""How often a client may ask: a second for searches, ten seconds, a day.

Belongs here: counting, and the headers that tell of it. Does not: the words of the error (errors).

Seconds are real, because clients really wait; the day is the account's own by its clock.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo

from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.errors import rate_limit
from sample_company.simulators.messages import Response

TEN_SECONDS = 10.0


class Limits:
    """The counters of one account; a limit of None is shown as usual and never reached."""

    def __init__(
        self,
        clock: Clock,
        *,
        zone: str = "Europe/Berlin",
        daily: int = 650_000,
        ten_secondly: int | None = None,
        searches_a_second: int | None = None,
        tells_retry_after: bool = False,
    ) -> None:
        """Allow so many requests a day, in ten seconds, and searches a second."""
        self.daily, self.ten_secondly = daily, ten_secondly
        self.searches_a_second = searches_a_second
        self.tells_retry_after = tells_retry_after
        self._clock, self.zone, self._lock = clock, ZoneInfo(zone), Lock()
        self._asked: deque[float] = deque()
        self._searched: deque[float] = deque()
        self._day, self.used_today = clock.now().astimezone(self.zone).date(), 0

    def refuse(self, *, is_search: bool) -> Response | None:
        """Count a request; the answer when it is one too many."""
        now = monotonic()
        with self._lock:
            self._turn_day()
            _forget(self._asked, now - TEN_SECONDS)
            _forget(self._searched, now - 1)
            if self.used_today >= self.daily:
                return rate_limit("DAILY")
            if self.ten_secondly is not None and len(self._asked) >= self.ten_secondly:
                return rate_limit("TEN_SECONDLY_ROLLING", 10 if self.tells_retry_after else None)
            most = self.searches_a_second
            if is_search and most is not None and len(self._searched) >= most:
                return rate_limit("SECONDLY", 1 if self.tells_retry_after else None)
            self.used_today += 1
            self._asked.append(now)
            if is_search:
                self._searched.append(now)
        return None

    def use_up(self, left: int = 0) -> None:
        """Let somebody else have used the day's requests, but for `left`."""
        with self._lock:
            self._turn_day()
            self.used_today = max(self.used_today, self.daily - left)

    def headers(self, *, is_oauth: bool) -> dict[str, str]:
        """What answers tell of the limits; OAuth apps do not hear of the day's."""
        most = self.ten_secondly or 190
        with self._lock:
            _forget(self._asked, monotonic() - TEN_SECONDS)
            found = {
                "X-HubSpot-RateLimit-Max": str(most),
                "X-HubSpot-RateLimit-Remaining": str(max(0, most - len(self._asked))),
                "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            }
            if not is_oauth:
                found["X-HubSpot-RateLimit-Daily"] = str(self.daily)
                left = max(0, self.daily - self.used_today)
                found["X-HubSpot-RateLimit-Daily-Remaining"] = str(left)
        return found

    def _turn_day(self) -> None:
        today = self._clock.now().astimezone(self.zone).date()
        if today != self._day:
            self._day, self.used_today = today, 0


def _forget(moments: deque[float], until: float) -> None:
    while moments and moments[0] <= until:
        moments.popleft()
