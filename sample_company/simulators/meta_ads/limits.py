"""How much may be asked, and the headers that tell of it.

Belongs here: counting calls by the clock's hour. Does not: the words of the errors (errors).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from math import ceil
from threading import Lock

from sample_company.simulators.clock import Clock

TIER = "standard_access"
HOUR = timedelta(hours=1)


class Limits:
    """The counters of one app; `hourly` calls an hour and account, or as many as one likes."""

    def __init__(self, clock: Clock, hourly: int | None = None) -> None:
        """Begin with nothing used."""
        self.hourly = hourly
        self._clock, self._lock = clock, Lock()
        self._calls: dict[str, list[datetime]] = {}
        self._blocked: dict[str, datetime] = {}

    def use_up(self, account_id: str, minutes: int) -> None:
        """Let the account's calls be used up for so many minutes of the clock."""
        with self._lock:
            self._blocked[account_id] = self._clock.now() + timedelta(minutes=minutes)

    def is_over(self, account_id: str) -> bool:
        """Count a call to an account; whether it is one too many."""
        now = self._clock.now()
        with self._lock:
            calls = [each for each in self._calls.get(account_id, []) if now - each < HOUR]
            self._calls[account_id] = [*calls, now]
            if now < self._blocked.get(account_id, now):
                return True
            return self.hourly is not None and len(calls) >= self.hourly

    def headers(self, account_id: str, use_case: str) -> dict[str, str]:
        """What an answer tells of the use of an account."""
        now = self._clock.now()
        with self._lock:
            calls = self._calls.get(account_id, [])
            share = 100 * len(calls) / self.hourly if self.hourly else 1.0
            minutes = max(0, ceil((self._blocked.get(account_id, now) - now).total_seconds() / 60))
            if not minutes and self.hourly and len(calls) > self.hourly:
                minutes = ceil((calls[0] + HOUR - now).total_seconds() / 60)
        percent = 100 if minutes else min(100, int(share))
        usage = {"call_count": percent, "total_cputime": percent, "total_time": percent}
        regain = {"estimated_time_to_regain_access": minutes, "ads_api_access_tier": TIER}
        of_account = {
            "acc_id_util_pct": float(percent),
            "reset_time_duration": 60 * minutes,
            "ads_api_access_tier": TIER,
        }
        of_insights = {
            "app_id_util_pct": 1.0,
            "acc_id_util_pct": float(percent),
            "ads_api_access_tier": TIER,
        }
        return {
            "x-app-usage": json.dumps({"call_count": 1, "total_cputime": 1, "total_time": 1}),
            "x-ad-account-usage": json.dumps(of_account),
            "x-fb-ads-insights-throttle": json.dumps(of_insights),
            "X-Business-Use-Case-Usage": json.dumps(
                {account_id: [{"type": use_case, **usage, **regain}]}
            ),
        }
