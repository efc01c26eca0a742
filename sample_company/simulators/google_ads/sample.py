"""Velmora Software's Google Ads: three campaigns in euros, by the day.

Belongs here: which of the sample's weeks are Google's. Does not: how weeks become days
(advertising.sample).
"""

from __future__ import annotations

from decimal import Decimal

from sample_company.simulators.advertising.platform import Platform
from sample_company.simulators.advertising.sample import digits, load_weeks
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
    """The account G-100, whose customer id is 1000000100, with all its history."""
    platform = empty_platform(clock)
    account = platform.add_account(
        "Velmora Software", "EUR", "Europe/Berlin", account_id=f"1{digits('G-100'):0>9}"
    )
    load_weeks(platform, "google_ads", account, KINDS)
    return platform
