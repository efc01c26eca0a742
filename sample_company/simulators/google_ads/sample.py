"""Velmora Software's Google Ads: three campaigns in euros, by the day.

Belongs here: which of the sample's days are Google's. Does not: the days
(sample_company.ad_days).
"""

from __future__ import annotations

from decimal import Decimal

from sample_company import catalogue as cat
from sample_company.simulators.advertising.platform import Platform
from sample_company.simulators.advertising.sample import load_days
from sample_company.simulators.clock import Clock

MICRO = Decimal("0.000001")
KINDS = {
    "Search planning software": "SEARCH",
    "Search brand": "SEARCH",
    "Retargeting": "DISPLAY",
}


def empty_platform(clock: Clock | None = None) -> Platform:
    """A platform that counts in micros, without accounts."""
    return Platform(clock, unit=MICRO)


def sample_platform(clock: Clock | None = None) -> Platform:
    """The account 1000000100 with all its history."""
    platform = empty_platform(clock)
    account = platform.add_account(
        "Velmora Software", "EUR", "Europe/Berlin", account_id=cat.GOOGLE
    )
    load_days(platform, "google_ads", account, KINDS)
    return platform
