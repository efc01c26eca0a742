"""What LinkedIn is asked: accounts, campaigns, days of campaigns, ads and the account, reach.

LinkedIn's days are UTC. Its analytics have no pages: an answer is cut at 15,000 elements without a
word, so one of that size is never believed. The account is asked last: what is restated between the
queries does not add up then.

Belongs here: queries. Does not: requests (client.py), the order of a pull (ads/pull.py), what rows
mean (rows.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orchestration.company.linkedin_ads_source import LinkedInAdsOptions, LinkedInAdsSource
from orchestration.connectors.ads.platform import Account, Page, TooMuch
from orchestration.connectors.ads.pull import pull_ads
from orchestration.connectors.ads.typed import Fields
from orchestration.connectors.ads.windows import SpendWindow
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.http import Budget, Http
from orchestration.connectors.linkedin_ads.answers import NotFound, classify
from orchestration.connectors.linkedin_ads.client import Client, LinkedInAdsAccess
from orchestration.connectors.linkedin_ads.rows import (
    SPEND_FIELDS,
    LinkedInAdsRows,
    campaign_id,
)

ELEMENTS_AT_MOST = 15_000
_TOTAL_FIELDS = ("dateRange", "pivotValues", "costInLocalCurrency")
_BY_AD = "List(CAMPAIGN,CREATIVE)"
_REACH_FIELDS = ("dateRange", "pivotValues", "approximateMemberReach", "impressions")
# Documentation and answers spell it both ways.
_ACCOUNT_STATUSES = ("ACTIVE", "CANCELED", "CANCELLED", "DRAFT", "PENDING_DELETION", "REMOVED")
_STATUSES = (
    "ACTIVE",
    "PAUSED",
    "ARCHIVED",
    "COMPLETED",
    "CANCELED",
    "DRAFT",
    "PENDING_DELETION",
    "REMOVED",
)


def pull(context: PullContext, source: LinkedInAdsSource) -> PullResult:
    """Read the spend and reach of every account up to its yesterday.

    Raises:
        ConnectorError: When no account can be read.
    """
    return pull_ads(context, make_platform(context, source), window_of(source))


def make_platform(context: PullContext, source: LinkedInAdsSource) -> LinkedInAds:
    """A client with the source's budget, and what it is asked."""
    options = source.options
    access = LinkedInAdsAccess(
        base_url=options.base_url,
        token_url=options.token_url,
        api_version=options.api_version,
        access_token_variable=options.access_token_variable,
        client_id_variable=options.client_id_variable,
        client_secret_variable=options.client_secret_variable,
        refresh_token_variable=options.refresh_token_variable,
    )
    http = Http(classify, Budget(options.request_budget), context.deadline)
    return LinkedInAds(Client(http, access, context.variables), options)


def window_of(source: LinkedInAdsSource) -> SpendWindow:
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
class LinkedInAds:
    """Asks LinkedIn."""

    client: Client
    options: LinkedInAdsOptions
    rows: LinkedInAdsRows = field(default_factory=LinkedInAdsRows)
    empty_advice: str | None = (
        "LinkedIn answers so too when the user has lost the right to its reports: give the user a "
        "role on the ad account, and the token the scope r_ads_reporting"
    )
    _accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    _campaigns: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def days_at_once(self) -> int:
        """Days of one request."""
        return self.options.days_at_once

    def account_ids(self) -> list[str]:
        """All ad accounts that the user sees, whatever their status; test accounts are none."""
        rows = self.client.all_elements("adAccounts", "q=search")
        self._accounts = {
            str(Fields(row, "an ad account").count("id")): row
            for row in rows
            if row.get("test") is not True
        }
        return sorted(self._accounts)

    def read_account(self, account_id: str) -> Account:
        """How an account counts, which the search for all accounts has said already.

        Raises:
            ConnectorError: The class that says what would help.
        """
        row = self._accounts.get(account_id) or self.client.one(f"adAccounts/{account_id}")
        fields = Fields(row, "the account")
        status = fields.one_of("status", _ACCOUNT_STATUSES).lower().replace("_", " ")
        return Account(account_id, fields.text("currency"), "UTC", status)

    def first_day(self, today: date) -> date | None:  # noqa: ARG002
        """No day is too long ago."""
        return None

    def read_spend(self, account: Account, first: date, last: date) -> Page:
        """Days of campaigns, ads and the account, and the names of the campaigns that have any."""
        days = self._analytics(account, "CAMPAIGN", "DAILY", SPEND_FIELDS, first, last)
        ads = []
        if self.options.by_ad and days:
            ads = self._analytics(account, _BY_AD, "DAILY", SPEND_FIELDS, first, last)
        totals = self._analytics(account, "ACCOUNT", "DAILY", _TOTAL_FIELDS, first, last)
        told = {campaign_id(Fields(row, "a campaign's day")) for row in days}
        known = self._known_campaigns(account.id, told) if told else {}
        return {
            "days": days,
            "ads": ads,
            "totals": totals,
            "known": {key: known[key] for key in sorted(told & known.keys())},
        }

    def read_reach(self, account: Account, first: date, last: date) -> Page:
        """Reach of the account and its campaigns, told for the days as a whole."""
        return {
            "account": self._analytics(account, "ACCOUNT", "ALL", _REACH_FIELDS, first, last),
            "campaigns": self._analytics(account, "CAMPAIGN", "ALL", _REACH_FIELDS, first, last),
        }

    def why_apart(self, account: Account) -> str | None:  # noqa: ARG002
        """No reason is known."""
        return None

    def notes(self) -> list[str]:
        """Nothing."""
        return []

    def _known_campaigns(self, account_id: str, told: set[str]) -> dict[str, dict[str, str]]:
        """Name and type of every campaign by its id, removed ones among them; asked once.

        One that the search does not find is asked for by its id: it may be of a status that nobody
        has heard of. What is not there either has no name any more.
        """
        if account_id not in self._campaigns:
            search = f"(status:(values:List({','.join(_STATUSES)})))"
            rows = self.client.all_elements(
                f"adAccounts/{account_id}/adCampaigns", f"q=search&search={search}"
            )
            entries = [Fields(row, "a campaign") for row in rows]
            self._campaigns[account_id] = {
                str(entry.count("id")): {"name": entry.text("name"), "type": entry.text("type")}
                for entry in entries
            }
        known = self._campaigns[account_id]
        for own_id in sorted(told - known.keys()):
            try:
                found = self.client.one(f"adAccounts/{account_id}/adCampaigns/{own_id}")
            except NotFound:
                known[own_id] = {}
                continue
            entry = Fields(found, f"campaign {own_id}")
            entry.one_of("status", _STATUSES)
            known[own_id] = {"name": entry.text("name"), "type": entry.text("type")}
        return known

    def _analytics(
        self,
        account: Account,
        pivot: str,
        granularity: str,
        fields: tuple[str, ...],
        first: date,
        last: date,
    ) -> list[dict[str, Any]]:
        days = f"(start:{_written(first)},end:{_written(last)})"
        # Two pivots at once are another finder's.
        finder = f"statistics&pivots={pivot}" if pivot == _BY_AD else f"analytics&pivot={pivot}"
        query = (
            f"q={finder}&timeGranularity={granularity}&dateRange={days}"
            f"&accounts=List(urn%3Ali%3AsponsoredAccount%3A{account.id})&fields={','.join(fields)}"
        )
        found = self.client.elements("adAnalytics", query)
        if len(found) >= ELEMENTS_AT_MOST:
            raise TooMuch(
                f"LinkedIn's answer for {first} to {last} has {len(found):,} elements, where it "
                "is cut without a word"
            )
        return found


def _written(day: date) -> str:
    return f"(year:{day.year},month:{day.month},day:{day.day})"
