"""The sample company's weekly ad spend as days, for the platforms that tell by the day.

Ids are the digits of the exports' ids, because platforms have no other: campaign `G-100-01` is
10001, its ad `G-100-01-1` is 100011, account `L-200` is 200. A week's cents, impressions and
clicks are spread over its days, a day of the weekend getting two fifths of a working day's, and
add up to the week exactly; the last week has four days.

Belongs here: weeks to days. Does not: a vendor's account (each simulator's `sample`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sample_company import catalogue as cat
from sample_company.simulators.advertising.figures import Figures, spread
from sample_company.simulators.advertising.platform import Account, Campaign, Platform
from sample_company.story import tell_story
from sample_company.world import FIRST_DAY, LAST_DAY, AdWeek

WORKING_DAY, WEEKEND_DAY = 5, 2
_CENTS = 100


def digits(text: str) -> str:
    """The digits of an id of the exports."""
    return "".join(letter for letter in text if letter.isdigit())


def load_weeks(
    platform: Platform,
    name: str,
    account: Account,
    kinds: Mapping[str, str],
    cost_of: Callable[[date, Decimal], Decimal] = lambda _, cost: cost,
) -> None:
    """Load all weeks of a platform into its account.

    Args:
        platform: Where to.
        name: The platform's name in the exports.
        account: Whose they are.
        kinds: Kind of campaign by its name.
        cost_of: How the platform counts a day's cents.
    """
    names = {campaign[0]: campaign[1] for campaign in cat.CAMPAIGNS}
    opened = datetime.combine(FIRST_DAY, time(8, 0), UTC)
    campaigns: dict[str, Campaign] = {}
    for week in tell_story().ad_weeks:
        if week.platform != name:
            continue
        key = digits(f"{week.platform_account}-{week.campaign[4:]}")
        if key not in campaigns:
            title = names[week.campaign]
            campaigns[key] = platform.add_campaign(
                account, title, kinds[title], campaign_id=key, created_at=opened
            )
        for day, figures in days_of(week):
            settled = datetime.combine(day + timedelta(days=1), time(6, 0), UTC)
            counted = replace(figures, cost=cost_of(day, figures.cost))
            platform.tell(campaigns[key], day, counted, at=settled)


def days_of(week: AdWeek) -> list[tuple[date, Figures]]:
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
    found = [
        (day, Figures(Decimal(cents) / _CENTS, impressions, clicks, *_conversions(clicks)))
        for day, cents, impressions, clicks in parts
    ]
    return [(day, figures) for day, figures in found if not figures.is_nothing]


def _conversions(clicks: int) -> tuple[Decimal, Decimal]:
    """One conversion for twenty clicks, worth 40; the exports tell of none, so this is ours."""
    return Decimal(clicks // 20), Decimal(40 * (clicks // 20))
