"""Asks which days all accounts of a platform still tell, for a backfill.

Belongs here: what all platforms share of it. Does not: any platform's words.
"""

from __future__ import annotations

from datetime import timedelta

from orchestration.connectors.ads.platform import Platform
from orchestration.connectors.ads.windows import SpendWindow, today_of
from orchestration.connectors.context import DaysTold
from orchestration.connectors.day_span import DaySpan
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
)


def days_told_by_ads(platform: Platform, window: SpendWindow) -> DaysTold:
    """The days from `start_date`, or the platform's limit, that are over in every account.

    Raises:
        ConnectorError: When an account cannot be asked, or there is none.
    """
    client = platform.client
    limits, ends = [], []
    try:
        client.sign_in()
        for account_id in window.accounts or platform.account_ids():
            try:
                today = today_of(platform.read_account(account_id), client.server_time)
            except ObjectMissing:
                continue  # the pull leaves it out with a note
            except CredentialsRefused:
                raise
            except FixConfiguration as problem:
                raise FixConfiguration(f"account {account_id}: {problem}") from None
            ends.append(today - timedelta(days=1))
            limits.append(platform.first_day(today))
    except ConnectorError as error:
        raise type(error)(client.redacted(str(error)), *vars(error).values()) from None
    if not ends:
        raise FixConfiguration("no account can be read")
    first, why_first = window.start_date, "options.start_date begins there"
    limit = max((day for day in limits if day is not None), default=None)
    if limit is not None and limit > first:
        first, why_first = limit, "the platform tells no day before"
    last = min(ends)
    why_last = "it is the last day that is over in every account"
    if last < first:
        raise FixConfiguration(f"no day from {first} on is over yet")
    return DaysTold(DaySpan(first, last), why_first, why_last)
