"""Campaigns' days told by ad: a row for each ad, and one without an ad for what is left.

Platforms tell ads less than their campaign: a Performance Max campaign has no ads at all, and what
assets or deleted ads cost may be told of the campaign alone. So the campaign stays the truth. What
its ads do not tell is a row without an ad, and all rows of a campaign add up to it exactly.

Belongs here: the split and its check. Does not: campaigns and account (reconcile.py), rounding of
an account's day (spend.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from orchestration.connectors.ads.spend import COUNTS, SpendDay, in_cents, shared_out
from orchestration.connectors.errors import FixConfiguration

# What lies below is the rounding of the platforms' own sums.
LEAST = Decimal("0.000001")
_NOTHING = Decimal(0)
_Day = tuple[str, date]


def refuse_more_than_campaigns(days: Iterable[SpendDay], ads: Iterable[SpendDay]) -> None:
    """Compare ads with their campaigns, day by day.

    Raises:
        FixConfiguration: With an ad's day that is told twice, or is of a campaign that is not told
            for that day, and with the first campaign that cost less than its ads.
    """
    campaigns = {(item.campaign_id, item.spend_date): item.spend for item in days}
    sums: dict[_Day, Decimal] = {}
    known = set()
    for ad in ads:
        if (ad.ad_id, ad.spend_date) in known:
            raise FixConfiguration(
                f"ad {ad.ad_id} is told twice for {ad.spend_date}; nothing of these days was stored"
            )
        known.add((ad.ad_id, ad.spend_date))
        day = (ad.campaign_id, ad.spend_date)
        if day not in campaigns:
            raise FixConfiguration(
                f"on {ad.spend_date} ad {ad.ad_id} is told and its campaign {ad.campaign_id} is "
                f"not; {_ADVICE}"
            )
        sums[day] = sums.get(day, _NOTHING) + ad.spend
    for (campaign, spent_on), of_ads in sorted(sums.items(), key=lambda item: item[0][::-1]):
        spend = campaigns[campaign, spent_on]
        if of_ads - spend >= LEAST:
            raise FixConfiguration(
                f"on {spent_on} the ads of campaign {campaign} add up to {of_ads} and the campaign "
                f"tells {spend}; {_ADVICE}"
            )


_ADVICE = (
    "nothing of these days was stored. Run again later: figures that are being restated agree "
    "after some hours. If they never do: options.by_ad: false reads campaigns only"
)


def in_cents_by_ad(days: Sequence[SpendDay], ads: Sequence[SpendDay]) -> list[SpendDay]:
    """Rows of ads, and of what campaigns tell beside them, in whole cents.

    A campaign has the cents that it would have without ads. Its ads carry its name and kind.

    Args:
        days: Campaigns' days, exactly as they are told.
        ads: Ads' days, which are no more than their campaigns'.
    """
    own: dict[_Day, list[SpendDay]] = {}
    for ad in ads:
        own.setdefault((ad.campaign_id, ad.spend_date), []).append(ad)
    exact = {(item.campaign_id, item.spend_date): item for item in days}
    found = []
    for rounded in in_cents(days):
        key = (rounded.campaign_id, rounded.spend_date)
        found += _split(rounded, exact[key], own.get(key, []))
    return found


def _split(rounded: SpendDay, exact: SpendDay, ads: Sequence[SpendDay]) -> list[SpendDay]:
    if not ads:
        return [rounded]
    named = [
        replace(ad, campaign_name=exact.campaign_name, source_field=exact.source_field)
        for ad in sorted(ads, key=lambda ad: ad.ad_id or "")
    ]
    rest = _rest(exact, named)
    rows = [*named, rest] if rest else named
    shares = shared_out(rounded.spend, [(row.spend, row.ad_id or "") for row in rows])
    return [replace(row, spend=cents) for row, cents in zip(rows, shares, strict=True)]


def _rest(exact: SpendDay, ads: Sequence[SpendDay]) -> SpendDay | None:
    """What no ad tells; None when that is nothing. A count may be below zero."""
    spend = exact.spend - sum((ad.spend for ad in ads), _NOTHING)
    left: dict[str, Any] = {"spend": spend if abs(spend) >= LEAST else _NOTHING}
    for name in COUNTS:
        whole = getattr(exact, name)
        left[name] = None if whole is None else whole - sum(getattr(ad, name) or 0 for ad in ads)
    return replace(exact, **left) if any(left.values()) else None


def of_ads(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The delivered rows that have an ad."""
    return [row for row in rows if row["ad_id"] is not None]
