"""Meta's insights as typed days and windows of reach.

Clicks are link clicks (inline_link_clicks): those that lead somewhere, as other platforms count
them. Engagements are inline_post_engagement. Conversions are the sum of the chosen action types.

Belongs here: fields to types. Does not: asking (pull.py), adding up (ads/reconcile.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from orchestration.connectors.ads.platform import Account, Page, Told
from orchestration.connectors.ads.reach import ReachRow
from orchestration.connectors.ads.spend import SpendDay
from orchestration.connectors.ads.typed import Fields
from orchestration.connectors.ads.vanished import lacking

PLATFORM = "meta_ads"
SPEND_FIELDS = (
    "campaign_id",
    "campaign_name",
    "objective",
    "spend",
    "impressions",
    "inline_link_clicks",
    "inline_post_engagement",
    "actions",
)
# Name and kind are the campaign's.
AD_FIELDS = (
    "ad_id",
    *(name for name in SPEND_FIELDS if name not in ("campaign_name", "objective")),
)


# What an answer may leave out, because it is nothing.
_LEFT_OUT_METRICS = {
    "clicks": "inline_link_clicks",
    "engagements": "inline_post_engagement",
    "platform_conversions": "actions",
}
_LEFT_OUT_FIELDS = {
    "campaign_name": "campaign_name",
    "source_field": "objective",
    **_LEFT_OUT_METRICS,
}


@dataclass(frozen=True)
class MetaAdsRows:
    """Kept pages to rows.

    Attributes:
        conversion_actions: Action types whose sum is platform_conversions.
        reach_field: Field of reach.
        kind_field: Field of the kind of campaign.
        kinds: Objectives: those of today, and those that older campaigns keep.
    """

    reach_field: ClassVar[str] = "reach"
    kind_field: ClassVar[str] = "objective"
    kinds: ClassVar[tuple[str, ...]] = (
        *("OUTCOME_APP_PROMOTION", "OUTCOME_AWARENESS", "OUTCOME_ENGAGEMENT", "OUTCOME_LEADS"),
        *("OUTCOME_SALES", "OUTCOME_TRAFFIC", "APP_INSTALLS", "BRAND_AWARENESS", "CONVERSIONS"),
        *("CANVAS_APP_ENGAGEMENT", "CANVAS_APP_INSTALLS", "EVENT_RESPONSES", "EXTERNAL"),
        *("LEAD_GENERATION", "LINK_CLICKS", "LOCAL_AWARENESS", "MESSAGES", "MOBILE_APP_ENGAGEMENT"),
        *("MOBILE_APP_INSTALLS", "NONE", "OFFER_CLAIMS", "PAGE_LIKES", "POST_ENGAGEMENT"),
        *("PRODUCT_CATALOG_SALES", "REACH", "STORE_VISITS", "VIDEO_VIEWS", "WEBSITE_CONVERSIONS"),
    )
    conversion_actions: tuple[str, ...] = ("lead",)

    def spend(self, account: Account, page: Page) -> Told:
        """Days of campaigns, ads and the account; answers leave out counts and actions of zero.

        Raises:
            FixConfiguration: With the field that has another type.
        """
        totals: dict[date, Decimal] = {}
        for row in page["totals"]:
            fields = Fields(row, "the account's day")
            totals[_one_day(fields)] = fields.decimal("spend")
        windows = page["attribution_windows"]
        days = [
            self._spend_day(account, Fields(row, "a campaign's day"), windows)
            for row in page["campaigns"]
        ]
        ads = []
        for row in page.get("ads", []):  # pages of earlier versions have none
            fields = Fields(row, "an ad's day")
            day = self._spend_day(account, fields, windows)
            ads.append(replace(day, ad_id=fields.text("ad_id")))
        return Told(
            days,
            totals,
            lacking(page["campaigns"], _LEFT_OUT_FIELDS),
            ads,
            lacking(page.get("ads", []), _LEFT_OUT_METRICS),
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
                reach = fields.count("reach")
                rows.append(
                    ReachRow(
                        platform=PLATFORM,
                        entity_type=kind,
                        entity_id=account.id if kind == "account" else fields.text("campaign_id"),
                        window_start=fields.day("date_start"),
                        window_end=fields.day("date_stop") + timedelta(days=1),
                        reach=reach,
                        frequency=fields.millionths("frequency", None if reach else "0"),
                    )
                )
        return rows

    def _spend_day(self, account: Account, fields: Fields, windows: Sequence[str]) -> SpendDay:
        return SpendDay(
            platform=PLATFORM,
            platform_account_id=account.id,
            campaign_id=fields.text("campaign_id"),
            campaign_name=fields.optional_text("campaign_name"),
            spend_date=_one_day(fields),
            impressions=fields.count("impressions"),
            clicks=fields.count("inline_link_clicks", "0"),
            engagements=fields.count("inline_post_engagement", "0"),
            platform_conversions=self._conversions(fields, windows),
            spend=fields.decimal("spend"),
            currency_code=account.currency_code,
            platform_time_zone=account.time_zone,
            source_field=fields.optional_text("objective"),
        )

    def _conversions(self, fields: Fields, windows: Sequence[str]) -> Decimal:
        """The chosen actions: as each ad set's setting counts them, or within the windows."""
        found = Decimal(0)
        for item in fields.items("actions"):
            action = Fields(item, "an action of a campaign's day")
            if action.text("action_type") in self.conversion_actions:
                if windows:
                    found += sum((action.millionths(name, "0") for name in windows), Decimal(0))
                else:
                    found += action.millionths("value")
        return found


def _one_day(fields: Fields) -> date:
    day = fields.day("date_start")
    if fields.day("date_stop") != day:
        raise fields.wrong("date_stop", f"{day}, the row's one day")
    return day
