"""The days of an advertising week: what a platform tells of them, and what they add up to.

A week's cents, impressions and clicks are spread over its days, a day of the weekend getting two
fifths of a working day's, and add up to the week exactly; the last week has four days. The days
are what happened; whoever reports weeks reports their sums.

Belongs here: weeks to days. Does not: the weeks (story), whoever reports them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sample_company.world import LAST_DAY, AdWeek

WORKING_DAY, WEEKEND_DAY = 5, 2
CLICKS_A_CONVERSION = 20
# What a platform counts as engagements; a rule of ours.
ENGAGEMENTS_A_CLICK = {"google_ads": 1, "meta_ads": 2, "linkedin_ads": 2}
_CENTS = 100


@dataclass(frozen=True)
class AdDay:
    """One campaign on one day; `spend` is in its account's currency."""

    day: date
    spend: Decimal
    impressions: int
    clicks: int
    engagements: int

    @property
    def conversions(self) -> int:
        """As the platform counts them."""
        return self.clicks // CLICKS_A_CONVERSION


def days_of(week: AdWeek) -> list[AdDay]:
    """A week's days; days on which nothing happened are left out."""
    count = min(7, (LAST_DAY - week.day).days + 1)
    days = [week.day + timedelta(days=number) for number in range(count)]
    weights = [WORKING_DAY if day.weekday() < 5 else WEEKEND_DAY for day in days]
    parts = zip(
        days,
        spread(int(week.spend * _CENTS), weights),
        spread(week.impressions, weights),
        spread(week.clicks, weights),
        strict=True,
    )
    factor = ENGAGEMENTS_A_CLICK[week.platform]
    return [
        AdDay(day, Decimal(cents) / _CENTS, impressions, clicks, factor * clicks)
        for day, cents, impressions, clicks in parts
        if cents or impressions or clicks
    ]


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Give a total to parts by weight, so that they add up; the largest remainders get the rest."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in order[: total - sum(shares)]:
        shares[at] += 1
    return shares
