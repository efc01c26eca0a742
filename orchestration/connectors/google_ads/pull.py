"""What Google Ads is asked: accounts, days of campaigns and of their ads, the account's days.

Spend is read by campaign, because Performance Max campaigns have no ads of their own, and by ad
beside. The account is asked last: what is restated between the queries does not add up then.

Belongs here: queries. Does not: requests (client.py), the order of a pull (ads/pull.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from orchestration.company.google_ads_source import GoogleAdsSource
from orchestration.connectors.ads.platform import Account, Page
from orchestration.connectors.ads.pull import pull_ads
from orchestration.connectors.ads.typed import Fields
from orchestration.connectors.ads.windows import SpendWindow
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.google_ads.answers import classify
from orchestration.connectors.google_ads.client import Client, GoogleAdsAccess
from orchestration.connectors.google_ads.rows import KIND_FIELD, REACH_KINDS, GoogleAdsRows
from orchestration.connectors.http import Budget, Http

_ACCOUNTS = (
    "SELECT customer_client.id, customer_client.manager, customer_client.status "
    "FROM customer_client WHERE customer_client.manager = FALSE"
)
_ACCOUNT = "SELECT customer.id, customer.currency_code, customer.time_zone FROM customer"
_TOTALS = (
    "SELECT segments.date, metrics.cost_micros FROM customer "
    "WHERE segments.date BETWEEN '{start}' AND '{end}'"
)
_CAMPAIGNS = (
    "SELECT campaign.id, campaign.name, campaign.advertising_channel_type, segments.date, "
    "metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.interactions, "
    "metrics.conversions FROM campaign WHERE segments.date BETWEEN '{start}' AND '{end}'"
)
_ADS = (
    "SELECT campaign.id, ad_group.id, ad_group_ad.ad.id, segments.date, metrics.cost_micros, "
    "metrics.impressions, metrics.clicks, metrics.interactions, metrics.conversions "
    "FROM ad_group_ad WHERE segments.date BETWEEN '{start}' AND '{end}'"
)
# Without segments.date in SELECT a campaign has one row, of all days together.
_REACH = (
    "SELECT campaign.id, campaign.advertising_channel_type, metrics.impressions, "
    "metrics.unique_users, metrics.average_impression_frequency_per_user FROM campaign "
    "WHERE segments.date BETWEEN '{start}' AND '{end}' "
    "AND campaign.advertising_channel_type IN ({kinds}) AND metrics.impressions > 0"
)


def pull(context: PullContext, source: GoogleAdsSource) -> PullResult:
    """Read the spend of every account up to its yesterday, and reach.

    Raises:
        ConnectorError: When no account can be read.
    """
    return pull_ads(context, make_platform(context, source), window_of(source))


def pull_spend(context: PullContext, client: Client, window: SpendWindow) -> PullResult:
    """Read the spend of every account up to its yesterday.

    Raises:
        ConnectorError: When no account can be read.
    """
    return pull_ads(context, GoogleAds(client), window)


def make_platform(context: PullContext, source: GoogleAdsSource) -> GoogleAds:
    """The platform with the source's budget."""
    return GoogleAds(make_client(context, source), is_by_ad=source.options.by_ad)


def make_client(context: PullContext, source: GoogleAdsSource) -> Client:
    """A client with the source's budget."""
    options = source.options
    access = GoogleAdsAccess(
        base_url=options.base_url,
        token_url=options.token_url,
        api_version=options.api_version,
        login_customer_id=options.login_customer_id,
        developer_token_variable=options.developer_token_variable,
        client_id_variable=options.client_id_variable,
        client_secret_variable=options.client_secret_variable,
        refresh_token_variable=options.refresh_token_variable,
    )
    http = Http(classify, Budget(options.request_budget), context.deadline)
    return Client(http, access, context.variables)


def window_of(source: GoogleAdsSource) -> SpendWindow:
    """The days and accounts that a source reads."""
    options = source.options
    return SpendWindow(
        options.start_date,
        options.restated_days,
        tuple(options.customer_ids),
        tuple(options.reach_windows),
        campaign_kinds=tuple(options.campaign_kinds),
    )


@dataclass
class GoogleAds:
    """Asks Google Ads."""

    client: Client
    rows: GoogleAdsRows = field(default_factory=GoogleAdsRows)
    # An account's answer for more would be large.
    days_at_once: int = 90
    empty_advice: str | None = None
    is_by_ad: bool = True
    _kinds_seen: set[str] = field(default_factory=set)
    _is_reach_read: bool = False

    def account_ids(self) -> list[str]:
        """The accounts below the manager account.

        Raises:
            ConnectorError: FixConfiguration when no manager account is named.
        """
        manager = self.client.access.login_customer_id
        if manager is None:
            raise FixConfiguration(
                "neither options.customer_ids nor options.login_customer_id is set; one of them "
                "says which accounts are read"
            )
        rows = self.client.search(manager, _ACCOUNTS)
        return sorted(Fields(row, "an account").text("customerClient.id") for row in rows)

    def read_account(self, account_id: str) -> Account:
        """Ask an account how it counts.

        Raises:
            ConnectorError: The class that says what would help.
        """
        rows = self.client.search(account_id, _ACCOUNT)
        if not rows:
            raise FixConfiguration("it told neither currency nor zone")
        fields = Fields(rows[0], "the account")
        return Account(
            account_id, fields.text("customer.currencyCode"), fields.text("customer.timeZone")
        )

    def first_day(self, today: date) -> date | None:  # noqa: ARG002
        """Google tells every day."""
        return None

    def read_spend(self, account: Account, first: date, last: date) -> Page:
        """Days of campaigns, of their ads, and the account's."""
        campaigns = self.client.search(account.id, _CAMPAIGNS.format(start=first, end=last))
        found = (Fields(row, "a campaign's day").optional_text(KIND_FIELD) for row in campaigns)
        self._kinds_seen.update(kind for kind in found if kind)
        has_ads = self.is_by_ad and bool(campaigns)
        ads = self.client.search(account.id, _ADS.format(start=first, end=last)) if has_ads else []
        totals = self.client.search(account.id, _TOTALS.format(start=first, end=last))
        return {"campaigns": campaigns, "ads": ads, "totals": totals}

    def read_reach(self, account: Account, first: date, last: date) -> Page:
        """Unique users of the campaigns of those kinds for which Google counts them."""
        self._is_reach_read = True
        kinds = ", ".join(f"'{kind}'" for kind in REACH_KINDS)
        query = _REACH.format(start=first, end=last, kinds=kinds)
        return {"campaigns": self.client.search(account.id, query)}

    def why_apart(self, account: Account) -> str | None:  # noqa: ARG002
        """No reason is known."""
        return None

    def notes(self) -> list[str]:
        """Which kinds of campaign were skipped, because Google counts no users of them."""
        skipped = sorted(self._kinds_seen - set(REACH_KINDS)) if self._is_reach_read else []
        if not skipped:
            return []
        return [
            f"reach: Google counts unique users of {', '.join(REACH_KINDS)} campaigns only; "
            f"those of {', '.join(skipped)} are skipped"
        ]
