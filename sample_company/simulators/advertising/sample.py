"""The sample company's ad spend by the day, for the platforms that have an API.

Belongs here: the story's days into an account. Does not: the days (sample_company.ad_days), a
vendor's account (each simulator's `sample`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sample_company import catalogue as cat
from sample_company.ad_days import AdDay, days_of
from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.platform import Account, Campaign, Platform
from sample_company.story import tell_story
from sample_company.world import FIRST_DAY

# In the account's currency.
VALUE_OF_A_CONVERSION = 40


def load_days(
    platform: Platform,
    name: str,
    account: Account,
    kinds: Mapping[str, str],
    cost_of: Callable[[date, Decimal], Decimal] = lambda _, cost: cost,
) -> None:
    """Load all days of a platform into its account.

    Args:
        platform: Where to.
        name: The platform's name in the story.
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
        key = week.platform_campaign
        if key not in campaigns:
            title = names[week.campaign]
            campaigns[key] = platform.add_campaign(
                account, title, kinds[title], campaign_id=key, created_at=opened
            )
        for told in days_of(week):
            settled = datetime.combine(told.day + timedelta(days=1), time(6, 0), UTC)
            figures = _figures(told, cost_of(told.day, told.spend))
            platform.tell(campaigns[key], told.day, figures, at=settled)


def _figures(told: AdDay, cost: Decimal) -> Figures:
    conversions = Decimal(told.conversions)
    value = VALUE_OF_A_CONVERSION * conversions
    return Figures(cost, told.impressions, told.clicks, conversions, value)
