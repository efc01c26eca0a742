"""Velmora Software's Meta ads: one campaign in pounds, by the day.

Belongs here: which of the sample's weeks are Meta's. Does not: how weeks become days
(advertising.sample).
"""

from __future__ import annotations

from decimal import Decimal

from sample_company.simulators.advertising.platform import Platform
from sample_company.simulators.advertising.sample import digits, load_weeks
from sample_company.simulators.clock import Clock

CENT = Decimal("0.01")


def empty_platform(clock: Clock | None = None) -> Platform:
    """A platform that counts in cents, without accounts."""
    return Platform(clock, unit=CENT)


def sample_platform(clock: Clock | None = None) -> Platform:
    """The account M-300, `act_300`, with all its history."""
    platform = empty_platform(clock)
    account = platform.add_account(
        "Velmora Software", "GBP", "Europe/London", account_id=digits("M-300")
    )
    load_weeks(platform, "meta_ads", account, {"Webinar invitations": "OUTCOME_LEADS"})
    return platform
