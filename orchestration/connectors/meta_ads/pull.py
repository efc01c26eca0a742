"""What Meta is asked: accounts, days of campaigns, ads and the account, reach of whole windows.

The account is asked last: what is restated between the queries does not add up then.

Belongs here: requests' contents. Does not: requests (client.py, insights.py), the order of a pull
(ads/pull.py), what rows mean (rows.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.company.meta_ads_source import MetaAdsOptions, MetaAdsSource
from orchestration.connectors.ads.platform import Account, Page
from orchestration.connectors.ads.pull import pull_ads
from orchestration.connectors.ads.typed import Fields
from orchestration.connectors.ads.windows import SpendWindow, months_before
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.http import Budget, Http
from orchestration.connectors.meta_ads.answers import classify
from orchestration.connectors.meta_ads.client import Client, MetaAdsAccess
from orchestration.connectors.meta_ads.insights import read_insights
from orchestration.connectors.meta_ads.rows import AD_FIELDS, SPEND_FIELDS, MetaAdsRows

_MONTHS_TOLD = 37
# Without this filter what deleted and archived campaigns spent is missing.
_STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES")
# Of an ad that has a status beside these, its campaign tells what it cost.
_AD_STATUSES = (
    *("ACTIVE", "PAUSED", "DELETED", "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED"),
    *("PENDING_BILLING_INFO", "CAMPAIGN_PAUSED", "ARCHIVED", "ADSET_PAUSED", "IN_PROCESS"),
    "WITH_ISSUES",
)
_STATUS_WORDS = {
    "1": "active",
    "2": "disabled",
    "3": "unsettled",
    "7": "in risk review",
    "8": "in settlement",
    "9": "in grace period",
    "100": "closing",
    "101": "closed",
}


def pull(context: PullContext, source: MetaAdsSource) -> PullResult:
    """Read the spend and reach of every account up to its yesterday.

    Raises:
        ConnectorError: When no account can be read.
    """
    return pull_ads(context, make_platform(context, source), window_of(source))


def make_platform(context: PullContext, source: MetaAdsSource) -> MetaAds:
    """A client with the source's budget, and what it is asked."""
    options = source.options
    access = MetaAdsAccess(
        base_url=options.base_url,
        api_version=options.api_version,
        access_token_variable=options.access_token_variable,
        app_secret_variable=options.app_secret_variable,
    )
    http = Http(classify, Budget(options.request_budget), context.deadline)
    return MetaAds(Client(http, access, context.variables), options)


def window_of(source: MetaAdsSource) -> SpendWindow:
    """The days and accounts that a source reads."""
    options = source.options
    return SpendWindow(
        options.start_date,
        options.restated_days,
        tuple(options.account_ids),
        tuple(options.reach_windows),
        tuple(options.campaign_kinds),
    )


@dataclass
class MetaAds:
    """Asks Meta."""

    client: Client
    options: MetaAdsOptions
    empty_advice: str | None = None

    @property
    def rows(self) -> MetaAdsRows:
        """Pages to rows."""
        return MetaAdsRows(tuple(self.options.conversion_actions))

    @property
    def days_at_once(self) -> int:
        """Days of one request."""
        return self.options.days_at_once

    def account_ids(self) -> list[str]:
        """All ad accounts that the token sees, whatever their status."""
        rows = self.client.rows("me/adaccounts", {"fields": "account_id"})
        return sorted(Fields(row, "an ad account").text("account_id") for row in rows)

    def read_account(self, account_id: str) -> Account:
        """Ask an account how it counts.

        Raises:
            ConnectorError: The class that says what would help.
        """
        asked = {"fields": "account_id,currency,timezone_name,account_status"}
        fields = Fields(self.client.get(f"act_{account_id}", asked), "the account")
        status = fields.one_of("account_status", tuple(_STATUS_WORDS))
        return Account(
            account_id,
            fields.text("currency"),
            fields.text("timezone_name"),
            _STATUS_WORDS[status],
        )

    def first_day(self, today: date) -> date | None:
        """The first day that insights tell: 37 months back, and one day of margin."""
        return months_before(today, _MONTHS_TOLD) + timedelta(days=1)

    def read_spend(self, account: Account, first: date, last: date) -> Page:
        """Days of campaigns and ads, deleted and archived ones among them, and the account's."""
        campaigns = {
            "level": "campaign",
            "time_increment": "1",
            "fields": ",".join(SPEND_FIELDS),
            "filtering": _all_statuses(),
            **self._attribution(),
        }
        ads = campaigns | {
            "level": "ad",
            "fields": ",".join(AD_FIELDS),
            "filtering": _all_statuses(of_ads=True),
        }
        totals = {"level": "account", "time_increment": "1", "fields": "spend"}
        told = self._insights(account, campaigns, first, last)
        has_ads = self.options.by_ad and bool(told)
        return {
            "attribution_windows": list(self.options.attribution_windows),
            "campaigns": told,
            "ads": self._insights(account, ads, first, last) if has_ads else [],
            "totals": self._insights(account, totals, first, last),
        }

    def read_reach(self, account: Account, first: date, last: date) -> Page:
        """Reach of the account and its campaigns, told for the days as a whole."""
        fields = "campaign_id,reach,frequency"
        campaigns = {"level": "campaign", "fields": fields, "filtering": _all_statuses()}
        whole = {"time_increment": "all_days"}
        own = {"level": "account", "fields": "reach,frequency"}
        return {
            "account": self._insights(account, own | whole, first, last),
            "campaigns": self._insights(account, campaigns | whole, first, last),
        }

    def why_apart(self, account: Account) -> str | None:
        """A campaign whose status nobody has heard of: its days are not among those told."""
        asked = {"fields": "effective_status"}
        for row in self.client.rows(f"act_{account.id}/campaigns", asked):
            fields = Fields(row, f"campaign {row.get('id')}")
            try:
                fields.one_of("effective_status", _STATUSES)
            except FixConfiguration as problem:
                return str(problem)
        return None

    def notes(self) -> list[str]:
        """That another version answered than the one that was asked."""
        asked, answered = self.client.access.api_version, self.client.answered_version
        if answered in (None, asked):
            return []
        return [f"Meta answered as {answered}, because {asked} has ended; set options.api_version"]

    def _attribution(self) -> dict[str, str]:
        windows = self.options.attribution_windows
        if not windows:
            return {"use_unified_attribution_setting": "true"}
        return {"action_attribution_windows": json.dumps(windows, separators=(",", ":"))}

    def _insights(
        self, account: Account, params: Mapping[str, str], first: date, last: date
    ) -> list[dict[str, object]]:
        # The account's days, and a window of reach, are few rows however many days there are.
        is_large = params["level"] != "account" and params["time_increment"] == "1"
        sync = self.options.sync_days if is_large else (last - first).days + 1
        return read_insights(self.client, account.id, params, first, last, sync)


def _all_statuses(*, of_ads: bool = False) -> str:
    wanted = {"campaign": _STATUSES, **({"ad": _AD_STATUSES} if of_ads else {})}
    chosen = [
        {"field": f"{kind}.effective_status", "operator": "IN", "value": list(statuses)}
        for kind, statuses in wanted.items()
    ]
    return json.dumps(chosen, separators=(",", ":"))
