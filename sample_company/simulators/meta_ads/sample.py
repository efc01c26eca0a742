"""Velmora Software's Meta ads: one campaign in pounds, by the day.

Belongs here: which of the sample's days are Meta's. Does not: the days
(sample_company.ad_days).
"""

from __future__ import annotations

from decimal import Decimal

from sample_company import catalogue as cat
from sample_company.simulators.advertising.platform import Platform
from sample_company.simulators.advertising.sample import load_days
from sample_company.simulators.clock import Clock

CENT = Decimal("0.01")


def empty_platform(clock: Clock | None = None) -> Platform:
    """A platform that counts in cents, without accounts."""
    return Platform(clock, unit=CENT)


def sample_platform(clock: Clock | None = None) -> Platform:
    """The account `act_300` with all its history."""
    platform = empty_platform(clock)
    account = platform.add_account("Velmora Software", "GBP", "Europe/London", account_id=cat.META)
    load_days(platform, "meta_ads", account, {"Webinar invitations": "OUTCOME_LEADS"})
    return platform
