"""Google Ads' rows as typed days.

Belongs here: fields to types. Does not: asking (pull.py), adding up (ads/reconcile.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from orchestration.connectors.ads.platform import Account, Page, Told
from orchestration.connectors.ads.reach import ReachRow
from orchestration.connectors.ads.spend import SpendDay, added
from orchestration.connectors.ads.typed import Fields
from orchestration.connectors.ads.vanished import lacking

PLATFORM = "google_ads"
_MICROS = Decimal(1_000_000)
KIND_FIELD = "campaign.advertisingChannelType"
# Display, Video, Discovery (called Demand Gen now) and App campaigns.
REACH_KINDS = ("DEMAND_GEN", "DISPLAY", "MULTI_CHANNEL", "VIDEO")

# What an answer may leave out, because it is nothing.
_LEFT_OUT_METRICS = {
    "impressions": "metrics.impressions",
    "clicks": "metrics.clicks",
    "engagements": "metrics.interactions",
    "platform_conversions": "metrics.conversions",
    "spend": "metrics.costMicros",
}
_LEFT_OUT_FIELDS = {
    "campaign_name": "campaign.name",
    "source_field": KIND_FIELD,
    **_LEFT_OUT_METRICS,
}


class GoogleAdsRows:
    """Kept pages to rows.

    Attributes:
        reach_field: Of campaigns whose users Google counts.
        kind_field: Field of the kind of campaign.
        kinds: AdvertisingChannelType; UNKNOWN is what this version of the API cannot name.
    """

    reach_field: ClassVar[str] = "metrics.uniqueUsers"
    kind_field: ClassVar[str] = KIND_FIELD
    kinds: ClassVar[tuple[str, ...]] = (
        *("SEARCH", "DISPLAY", "SHOPPING", "HOTEL", "VIDEO", "MULTI_CHANNEL", "LOCAL", "SMART"),
        *("PERFORMANCE_MAX", "LOCAL_SERVICES", "TRAVEL", "DEMAND_GEN", "DISCOVERY"),
    )

    def spend(self, account: Account, page: Page) -> Told:
        """Days of campaigns, ads and the account; a metric that is zero is left out of an answer.

        Raises:
            FixConfiguration: With the field that has another type.
        """
        totals: dict[date, Decimal] = {}
        for row in page["totals"]:
            fields = Fields(row, "the account's day")
            totals[fields.day("segments.date")] = _cost(fields)
        days = [_spend_day(account, Fields(row, "a campaign's day")) for row in page["campaigns"]]
        ads = page.get("ads", [])  # pages of earlier versions have none
        return Told(
            days,
            totals,
            lacking(page["campaigns"], _LEFT_OUT_FIELDS),
            _ads_days(account, ads),
            lacking(ads, _LEFT_OUT_METRICS),
        )

    def reach(self, account: Account, page: Page) -> list[ReachRow]:
        """Unique users of campaigns within the page's days; of the account Google tells none.

        Raises:
            FixConfiguration: With the field that has another type.
        """
        first, last = date.fromisoformat(page["start"]), date.fromisoformat(page["end"])
        rows = []
        for entry in page["campaigns"]:
            fields = Fields(entry, f"the reach of a campaign of {account.id}")
            # A count that is nothing is left out: too few people to tell of.
            reach = fields.optional_count("metrics.uniqueUsers") or None
            told = fields.millionths("metrics.averageImpressionFrequencyPerUser", "0")
            rows.append(
                ReachRow(
                    platform=PLATFORM,
                    entity_type="campaign",
                    entity_id=fields.text("campaign.id"),
                    window_start=first,
                    window_end=last + timedelta(days=1),
                    reach=reach,
                    frequency=(told or None) if reach else None,
                )
            )
        return rows


def _spend_day(account: Account, fields: Fields) -> SpendDay:
    return SpendDay(
        platform=PLATFORM,
        platform_account_id=account.id,
        campaign_id=fields.text("campaign.id"),
        campaign_name=fields.optional_text("campaign.name"),
        spend_date=fields.day("segments.date"),
        impressions=fields.count("metrics.impressions", "0"),
        clicks=fields.count("metrics.clicks", "0"),
        engagements=fields.count("metrics.interactions", "0"),
        platform_conversions=fields.millionths("metrics.conversions", "0"),
        spend=_cost(fields),
        currency_code=account.currency_code,
        platform_time_zone=account.time_zone,
        source_field=fields.optional_text(KIND_FIELD),
    )


def _ads_days(account: Account, rows: Sequence[Mapping[str, Any]]) -> list[SpendDay]:
    """Ads' days; an ad that is in several groups is told once for each, and added up."""
    found: dict[tuple[str, date], SpendDay] = {}
    known = set()
    for row in rows:
        fields = Fields(row, "an ad's day")
        ad_id = fields.text("adGroupAd.ad.id")
        day = replace(_spend_day(account, fields), ad_id=ad_id)
        group = (ad_id, fields.text("adGroup.id"), day.spend_date)
        if group in known:
            raise fields.wrong("adGroupAd.ad.id", "told once for a day")
        known.add(group)
        before = found.get((ad_id, day.spend_date))
        found[ad_id, day.spend_date] = added(before, day) if before else day
    return list(found.values())


def _cost(fields: Fields) -> Decimal:
    """Cost in millionths; a text of an int64, left out where it is zero."""
    return fields.count("metrics.costMicros", "0") / _MICROS
