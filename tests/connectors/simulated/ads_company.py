"""A company that reads one simulated advertising platform by the real commands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import duckdb

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.platform import Account, Campaign, Platform
from sample_company.simulators.google_ads.simulator import GoogleAdsSimulator
from sample_company.simulators.linkedin_ads.simulator import LinkedInAdsSimulator
from sample_company.simulators.messages import Request, Response
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator
from tests.connectors.simulated.source_company import SourceCompany

START, END = date(2026, 3, 1), date(2026, 10, 31)
CENT = Decimal("0.01")
Key = tuple[str, str, date]
AdsSimulator = GoogleAdsSimulator | MetaAdsSimulator | LinkedInAdsSimulator


class RecordingGoogleAds(GoogleAdsSimulator):
    """Remembers which queries came, of which customer."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform)
        self.queries: list[tuple[str, str]] = []

    def answer(self, request: Request) -> Response:
        if "searchStream" in request.path:
            self.queries.append((request.path, json.loads(request.body)["query"]))
        return super().answer(request)

    def months(self) -> list[str]:
        """The months whose spend was asked for, in order."""
        starts = [
            query.split("'")[1][:7] for _, query in self.queries if "FROM campaign WHERE" in query
        ]
        return list(dict.fromkeys(starts))


@dataclass
class AdsCompany(SourceCompany):
    """The company, its home, and the platform that it reads."""

    simulator: AdsSimulator
    name: ClassVar[str] = "ads"

    def access(self) -> tuple[str, dict[str, Any], dict[str, str]]:
        loader, options, variables = _access(self.simulator)
        return loader, {"start_date": str(START), "restated_days": 10, **options}, variables

    @property
    def platform(self) -> Platform:
        return self.simulator.platform

    def rows(self, columns: str, dataset: str = "ad_spend") -> list[tuple[Any, ...]]:
        files = self.settings.deliveries_dir / "ads" / dataset / "*.parquet"
        with duckdb.connect() as connection:
            return connection.execute(
                f"select {columns} from read_parquet('{files}') order by all"
            ).fetchall()

    def delivered(self) -> dict[Key, tuple[Decimal, int, int]]:
        """Spend, impressions and clicks by account, campaign and day."""
        columns = "platform_account_id, campaign_id, spend_date, spend, impressions, clicks"
        return {row[:3]: row[3:] for row in self.rows(columns)}

    def told(self) -> dict[Key, tuple[Decimal, int, int]]:
        """The same as the platform tells it now; amounts of the tests are whole cents."""
        return {
            (account.id, campaign, day): (figures.cost, figures.impressions, figures.clicks)
            for account in self.platform.accounts.values()
            for (campaign, day), figures in self.platform.truth_of(account).items()
            if day < self.platform.today(account) and not figures.is_nothing
        }


def between(
    rows: dict[Key, tuple[Decimal, int, int]], first: date, last: date
) -> tuple[dict[Key, Any], dict[Key, Any]]:
    """Rows of the days, and the others."""
    inside = {key: row for key, row in rows.items() if first <= key[2] <= last}
    return inside, {key: row for key, row in rows.items() if key not in inside}


def spent(cents: int) -> Figures:
    """A day with so many cents, and figures that follow from them."""
    return Figures(cents * CENT, impressions=100 + cents, clicks=cents % 40)


def advertise(platform: Platform, kind: str) -> list[Campaign]:
    """Two accounts in two zones with a campaign each that spends every day."""
    accounts = [
        platform.add_account("Velmora", "EUR", "Europe/Berlin", account_id="1112223334"),
        platform.add_account("Velmora US", "USD", "America/Los_Angeles", account_id="2223334445"),
    ]
    return [_advertise(platform, account, kind) for account in accounts]


def _advertise(platform: Platform, account: Account, kind: str) -> Campaign:
    campaign = platform.add_campaign(account, "Always on", kind)
    for number in range((END - START).days + 1):
        platform.tell(campaign, START + timedelta(days=number), spent(1000 + 7 * number))
    return campaign


def restate(platform: Platform, campaigns: list[Campaign], first: date, last: date) -> None:
    """Tell the days' spend otherwise, some of it not at all any more."""
    for campaign in campaigns:
        for number in range((last - first).days + 1):
            figures = None if number % 5 == 4 else spent(50_000 + 13 * number)
            platform.tell(campaign, first + timedelta(days=number), figures)


def _access(simulator: AdsSimulator) -> tuple[str, dict[str, Any], dict[str, str]]:
    url = simulator.url
    if isinstance(simulator, GoogleAdsSimulator):
        tokens = simulator.tokens
        options = {
            "base_url": url,
            "token_url": f"{url}/token",
            "api_version": "v23",
            "login_customer_id": simulator.manager.id,
        }
        return "google_ads", options, {
            "GOOGLE_ADS_DEVELOPER_TOKEN": simulator.developer_token,
            "GOOGLE_ADS_CLIENT_ID": tokens.client_id,
            "GOOGLE_ADS_CLIENT_SECRET": tokens.client_secret,
            "GOOGLE_ADS_REFRESH_TOKEN": tokens.refresh_token,
        }  # fmt: skip
    if isinstance(simulator, MetaAdsSimulator):
        return "meta_ads", {"base_url": url}, {"META_ADS_ACCESS_TOKEN": simulator.token}
    tokens = simulator.tokens
    options = {"base_url": url, "token_url": f"{url}/oauth/v2/accessToken"}
    return "linkedin_ads", options, {
        "LINKEDIN_ADS_CLIENT_ID": tokens.client_id,
        "LINKEDIN_ADS_CLIENT_SECRET": tokens.client_secret,
        "LINKEDIN_ADS_REFRESH_TOKEN": tokens.refresh_token,
    }  # fmt: skip
