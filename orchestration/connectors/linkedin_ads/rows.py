"""LinkedIn's analytics as typed days and windows of reach.

Engagements are totalEngagements, conversions externalWebsiteConversions; reach is approximate, and
frequency is impressions by it.

Belongs here: fields to types. Does not: asking (pull.py), adding up (ads/reconcile.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from orchestration.connectors.ads.platform import Account, Page, Told
from orchestration.connectors.ads.reach import ReachRow, frequency_of
from orchestration.connectors.ads.spend import SpendDay
from orchestration.connectors.ads.typed import Fields
from orchestration.connectors.ads.vanished import lacking

PLATFORM = "linkedin_ads"
CAMPAIGN = "urn:li:sponsoredCampaign:"
CREATIVE = "urn:li:sponsoredCreative:"
SPEND_FIELDS = (
    "dateRange",
    "pivotValues",
    "costInLocalCurrency",
    "impressions",
    "clicks",
    "totalEngagements",
    "externalWebsiteConversions",
)


_LEFT_OUT_FIELDS = {
    "engagements": "totalEngagements",
    "platform_conversions": "externalWebsiteConversions",
}


class LinkedInAdsRows:
    """Kept pages to rows.

    Attributes:
        reach_field: Field of reach.
        kind_field: Field of the kind of campaign.
        kinds: Types of campaign.
    """

    reach_field: ClassVar[str] = "approximateMemberReach"
    kind_field: ClassVar[str] = "type"
    kinds: ClassVar[tuple[str, ...]] = (
        "TEXT_AD",
        "SPONSORED_UPDATES",
        "SPONSORED_INMAILS",
        "DYNAMIC",
        "EVENT_AD",
    )

    def spend(self, account: Account, page: Page) -> Told:
        """Days of campaigns, of their ads (creatives), and the account's.

        Raises:
            FixConfiguration: With the field that has another type.
        """
        totals: dict[date, Decimal] = {}
        for row in page["totals"]:
            fields = Fields(row, "the account's day")
            totals[_one_day(fields)] = fields.decimal("costInLocalCurrency")
        known = page["known"]
        entries = [Fields(row, "a campaign's day") for row in page["days"]]
        days = [_spend_day(account, entry, known, campaign_id(entry)) for entry in entries]
        ads = page.get("ads", [])  # pages of earlier versions have none
        return Told(
            days,
            totals,
            lacking(page["days"], _LEFT_OUT_FIELDS),
            [_ad_day(account, Fields(row, "an ad's day"), known) for row in ads],
            lacking(ads, _LEFT_OUT_FIELDS),
        )

    def reach(self, account: Account, page: Page) -> list[ReachRow]:
        """Reach of the account and of its campaigns within the page's days.

        Raises:
            FixConfiguration: With the field that has another type.
        """
        rows = []
        for kind, entries in (("account", page["account"]), ("campaign", page["campaigns"])):
            for entry in entries:
                fields = Fields(entry, f"the reach of a {kind}")
                # LinkedIn does not tell the reach of a few people.
                reach = fields.optional_count("approximateMemberReach")
                rows.append(
                    ReachRow(
                        platform=PLATFORM,
                        entity_type=kind,
                        entity_id=account.id if kind == "account" else campaign_id(fields),
                        window_start=_day(fields, "start"),
                        window_end=_day(fields, "end") + timedelta(days=1),
                        reach=reach,
                        frequency=frequency_of(fields.count("impressions"), reach),
                    )
                )
        return rows


def _ad_day(account: Account, fields: Fields, known: dict[str, dict[str, str]]) -> SpendDay:
    own_campaign, ad = _ids(fields, CAMPAIGN, CREATIVE)
    return replace(_spend_day(account, fields, known, own_campaign), ad_id=ad)


def _spend_day(
    account: Account, fields: Fields, known: dict[str, dict[str, str]], own_id: str
) -> SpendDay:
    campaign = known.get(own_id, {})
    return SpendDay(
        platform=PLATFORM,
        platform_account_id=account.id,
        campaign_id=own_id,
        campaign_name=campaign.get("name"),
        spend_date=_one_day(fields),
        impressions=fields.count("impressions"),
        clicks=fields.count("clicks"),
        engagements=fields.count("totalEngagements", "0"),
        platform_conversions=fields.millionths("externalWebsiteConversions", "0"),
        spend=fields.decimal("costInLocalCurrency"),
        currency_code=account.currency_code,
        platform_time_zone=account.time_zone,
        source_field=campaign.get("type"),
    )


def campaign_id(fields: Fields) -> str:
    """The campaign that a row is of."""
    return _ids(fields, CAMPAIGN)[0]


def _ids(fields: Fields, *kinds: str) -> list[str]:
    """The ids that a row is of, in the order of what it was asked by."""
    values = fields.items("pivotValues")
    found = [
        value.removeprefix(kind)
        for value, kind in zip(values, kinds, strict=False)
        if isinstance(value, str) and value.startswith(kind)
    ]
    if len(found) != len(kinds) or len(values) != len(kinds):
        raise fields.wrong("pivotValues", " and ".join(f"one {kind}…" for kind in kinds))
    return found


def _one_day(fields: Fields) -> date:
    day = _day(fields, "start")
    if _day(fields, "end") != day:
        raise fields.wrong("dateRange.end", f"{day}, the row's one day")
    return day


def _day(fields: Fields, end: str) -> date:
    path = f"dateRange.{end}"
    year, month, day = (fields.count(f"{path}.{part}") for part in ("year", "month", "day"))
    try:
        return date(year, month, day)
    except ValueError:
        raise fields.wrong(path, "a day") from None
