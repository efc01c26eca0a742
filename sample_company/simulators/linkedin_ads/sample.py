"""Velmora Software's LinkedIn ads: one campaign in dollars, by the day.

LinkedIn tells decimals with many digits: a day's cents come with some digits beyond the
fifteenth, so that a day, rounded to cents, is exact.

Belongs here: which of the sample's days are LinkedIn's. Does not: the days
(sample_company.ad_days).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sample_company import catalogue as cat
from sample_company.simulators.advertising.platform import Platform
from sample_company.simulators.advertising.sample import load_days
from sample_company.simulators.clock import Clock

UNIT = Decimal("1E-16")


def empty_platform(clock: Clock | None = None) -> Platform:
    """A platform that counts in tiny parts, without accounts."""
    return Platform(clock, unit=UNIT)


def sample_platform(clock: Clock | None = None) -> Platform:
    """The account `urn:li:sponsoredAccount:200` with all its history."""
    platform = empty_platform(clock)
    account = platform.add_account("Velmora Software", "USD", "UTC", account_id=cat.LINKEDIN)
    kinds = {"Guide for finance chiefs": "LEAD_GENERATION"}
    load_days(platform, "linkedin_ads", account, kinds, _with_digits)
    return platform


def _with_digits(day: date, cost: Decimal) -> Decimal:
    return cost + UNIT * (day.toordinal() % 41 - 20) if cost else cost
