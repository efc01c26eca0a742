"""Campaigns' spend has to be what the account itself tells of each day, each campaign told once.

Its ads may tell less than a campaign, never more (by_ad.py).

Belongs here: the comparison. Does not: what follows from it (pull.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from orchestration.connectors.ads.by_ad import LEAST, refuse_more_than_campaigns
from orchestration.connectors.ads.platform import Told
from orchestration.connectors.errors import FixConfiguration


def reconcile(told: Told) -> None:
    """Compare campaigns with the account and ads with campaigns, day by day and to the millionth.

    Raises:
        FixConfiguration: With the first day that differs, or a day that is told twice.
    """
    of_campaigns: dict[date, Decimal] = {}
    known = set()
    for item in told.days:
        key = (item.campaign_id, item.spend_date)
        if key in known:
            raise FixConfiguration(
                f"campaign {item.campaign_id} is told twice for {item.spend_date}; nothing of "
                "these days was stored"
            )
        known.add(key)
        before = of_campaigns.get(item.spend_date, Decimal(0))
        of_campaigns[item.spend_date] = before + item.spend
    for day in sorted(told.totals.keys() | of_campaigns.keys()):
        account = told.totals.get(day, Decimal(0))
        campaigns = of_campaigns.get(day, Decimal(0))
        if abs(account - campaigns) >= LEAST:
            raise FixConfiguration(
                f"on {day} its campaigns' spend adds up to {campaigns} and the account tells "
                f"{account}; nothing of these days was stored. Run again later: figures that are "
                "being restated agree after some hours"
            )
    refuse_more_than_campaigns(told.days, told.ads)
