"""The real connector meets the simulated Google Ads."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.connectors import limits
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import ConnectorError, StopForToday
from orchestration.connectors.google_ads.answers import classify
from orchestration.connectors.google_ads.client import Client, GoogleAdsAccess
from orchestration.connectors.google_ads.pull import SpendWindow, pull_spend
from orchestration.connectors.http import Budget, Http
from orchestration.state import StateStore
from sample_company.simulators import faults
from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.life import RESTATED_DAYS, Life
from sample_company.simulators.advertising.platform import Ad, Platform
from sample_company.simulators.google_ads.sample import empty_platform, sample_platform
from sample_company.simulators.google_ads.simulator import (
    GoogleAdsSimulator,
    server_error,
    too_many_requests,
)
from sample_company.story import tell_story
from tests.unlike import unlike

CENT = Decimal("0.01")
Key = tuple[str, str, date]


@dataclass
class AdsMeeting:
    """A platform behind its port, and a home in front of it."""

    simulator: GoogleAdsSimulator
    home: Path
    start: date
    restated_days: int = RESTATED_DAYS + 10
    accounts: tuple[str, ...] = ()
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = StateStore(self.home / "state.sqlite")

    @property
    def platform(self) -> Platform:
        return self.simulator.platform

    def pull(self, is_full: bool = False) -> PullResult:
        tokens = self.simulator.tokens
        variables = {
            "GOOGLE_ADS_DEVELOPER_TOKEN": self.simulator.developer_token,
            "GOOGLE_ADS_CLIENT_ID": tokens.client_id,
            "GOOGLE_ADS_CLIENT_SECRET": tokens.client_secret,
            "GOOGLE_ADS_REFRESH_TOKEN": tokens.refresh_token,
        }
        context = PullContext(
            source="google_ads",
            state=self.state,
            deliveries=self.home / "deliveries",
            raw_pages=self.home / "raw_pages",
            variables=variables,
            deadline=time.monotonic() + 60,
            is_full=is_full,
        )
        access = GoogleAdsAccess(
            base_url=self.simulator.url,
            token_url=f"{self.simulator.url}/token",
            api_version="v23",
            login_customer_id=self.simulator.manager.id,
        )
        http = Http(classify, Budget(2000), context.deadline, sleep=self.waits.append)
        window = SpendWindow(self.start, self.restated_days, self.accounts)
        return pull_spend(context, Client(http, access, variables), window)

    def rows(self, columns: str, more: str = "") -> list[tuple[Any, ...]]:
        files = self.home / "deliveries" / "ad_spend" / "*.parquet"
        with duckdb.connect() as connection:
            return connection.execute(
                f"select {columns} from read_parquet('{files}') {more} order by all"
            ).fetchall()

    def delivered(self) -> dict[Key, tuple[int, int]]:
        """Impressions and clicks by account, campaign and day."""
        keys = "platform_account_id, campaign_id, spend_date"
        found = self.rows(f"{keys}, sum(impressions), sum(clicks)", "group by all")
        return {row[:3]: row[3:] for row in found}

    def ads(self) -> dict[tuple[Any, ...], tuple[int, int]]:
        """The same by ad too; None is a campaign's without an ad."""
        keys = "platform_account_id, campaign_id, spend_date, ad_id"
        return {row[:4]: row[4:] for row in self.rows(f"{keys}, impressions, clicks")}

    def ads_told(self) -> dict[tuple[Any, ...], tuple[int, int]]:
        """What the platform tells now of ads, and of campaigns without ads."""
        found: dict[tuple[Any, ...], Figures] = {}
        for account in self.platform.accounts.values():
            yesterday = self.platform.today(account) - timedelta(days=1)
            for each in self.platform.days(account, date.min, yesterday):
                if not each.figures.is_nothing:
                    ad = each.ad.id if each.ad else None
                    key = (account.id, each.campaign.id, each.day, ad)
                    found[key] = found.get(key, Figures()) + each.figures
        return {key: (x.impressions, x.clicks) for key, x in found.items()}

    def told(self) -> dict[Key, Figures]:
        """What the platform tells now, of days that are over."""
        return {
            (account.id, campaign, day): figures
            for account in self.platform.accounts.values()
            for (campaign, day), figures in self.platform.truth_of(account).items()
            if day < self.platform.today(account) and not figures.is_nothing
        }

    def assert_equal(self) -> None:
        """Rows are the same, and every account's day is the same to the cent."""
        told = self.told()
        counts = {key: (x.impressions, x.clicks) for key, x in told.items()}
        assert unlike(self.delivered(), counts) == {}
        assert unlike(self.ads(), self.ads_told()) == {}
        exact: dict[tuple[str, date], Decimal] = {}
        for (account, _, day), figures in told.items():
            exact[account, day] = exact.get((account, day), Decimal(0)) + figures.cost
        sums: dict[tuple[str, date], Decimal] = {}
        for account, day, _, spend in self.rows(
            "platform_account_id, spend_date, campaign_id, spend"
        ):
            sums[account, day] = sums.get((account, day), Decimal(0)) + spend
        assert sums == {key: cost.quantize(CENT) for key, cost in exact.items()}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ATTEMPTS", 20)


@pytest.fixture
def young(tmp_path: Path) -> Iterator[AdsMeeting]:
    platform = empty_platform()
    platform.add_account("Velmora", "EUR", "Europe/Berlin", account_id="1112223334")
    platform.add_account("Velmora US", "USD", "America/Los_Angeles", account_id="2223334445")
    with GoogleAdsSimulator(platform) as simulator:
        yield AdsMeeting(simulator, tmp_path, date(2026, 9, 20))


def test_the_sample_companys_spend_row_by_row(tmp_path: Path) -> None:
    with GoogleAdsSimulator(sample_platform()) as simulator:
        meeting = AdsMeeting(simulator, tmp_path, date(2023, 11, 1))
        assert meeting.pull().problems == []
        meeting.assert_equal()
        (account,) = meeting.platform.accounts.values()
        spend = {
            (campaign, day): cost
            for campaign, day, cost in meeting.rows("campaign_id, spend_date, spend")
        }
        truth = meeting.platform.truth_of(account)
        assert spend == {key: figures.cost for key, figures in truth.items()}
        weeks = [week.spend for week in tell_story().ad_weeks if week.platform == "google_ads"]
        assert sum(spend.values()) == sum(weeks)
        assert meeting.rows("distinct campaign_name, currency_code, platform_time_zone") == [
            ("Retargeting", "EUR", "Europe/Berlin"),
            ("Search brand", "EUR", "Europe/Berlin"),
            ("Search planning software", "EUR", "Europe/Berlin"),
        ]
        assert meeting.pull(is_full=True).changed == {"ad_spend": 0}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_restated_the_newest_pull_is_the_truth(young: AdsMeeting, seed: int) -> None:
    kinds = ("SEARCH", "DISPLAY", "PERFORMANCE_MAX")
    life = Life(young.platform, seed, kinds, frozenset({"PERFORMANCE_MAX"}))
    young.simulator.omits_zeros = seed % 2 == 0
    young.simulator.rows_per_batch = 3
    harms = [
        faults.CUT, faults.TRUNCATED, faults.drip(0.01), server_error(500), server_error(503),
        too_many_requests("RESOURCE_TEMPORARILY_EXHAUSTED", 1),
        too_many_requests("EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"),
        young.simulator.tokens_die(),
        faults.event("a restatement", lambda: [
            life.restate(account) for account in young.platform.accounts.values()
        ]),
    ]  # fmt: skip
    for number in range(12):
        for _ in range(life.random.randrange(1, 4)):
            life.live_day()
        young.simulator.faults.by_chance(harms, 0.15, seed * 100 + number, "searchStream")
        with contextlib.suppress(ConnectorError):
            young.pull()
        young.simulator.faults.clear()
    assert young.pull().problems == []
    young.assert_equal()
    assert len(young.told()) > 20
    assert young.pull().changed == {"ad_spend": 0}


def test_ads_and_what_no_ad_tells_add_up_to_their_campaign(young: AdsMeeting) -> None:
    """A deleted ad is kept, a Performance Max campaign has none, and assets are no ads."""
    account = young.platform.accounts["1112223334"]
    search = young.platform.add_campaign(account, "Search", "SEARCH", ads=2)
    biggest = young.platform.add_campaign(account, "Max", "PERFORMANCE_MAX", ads=0)
    day = young.platform.today(account) - timedelta(days=2)
    first, second = search.ads
    third = Decimal("3.333333")
    for ad in (first, second, Ad("assets", search.id, "no ad")):
        young.platform.tell(search, day, Figures(third, 100, 7), ad)
    young.platform.tell(biggest, day, Figures(third, 50, 3))
    young.platform.remove_ad(second)
    young.pull()
    young.assert_equal()
    columns = "campaign_id, ad_id, spend, impressions, campaign_name, source_field"
    assert young.rows(columns) == [
        (search.id, first.id, Decimal("3.33"), 100, "Search", "SEARCH"),
        (search.id, second.id, Decimal("3.33"), 100, "Search", "SEARCH"),
        (search.id, None, Decimal("3.34"), 100, "Search", "SEARCH"),
        (biggest.id, None, Decimal("3.33"), 50, "Max", "PERFORMANCE_MAX"),
    ]
    assert young.pull(is_full=True).changed == {"ad_spend": 0}


@pytest.mark.parametrize("at", [3, 4])
def test_a_restatement_between_the_queries_about_ads_is_read_again(
    young: AdsMeeting, at: int
) -> None:
    """Who it is, its campaigns, then its ads (3), then its totals (4)."""
    account = young.platform.accounts["1112223334"]
    campaign = young.platform.add_campaign(account, "Search", "SEARCH", ads=2)
    day = young.platform.today(account) - timedelta(days=3)
    for ad in campaign.ads:
        young.platform.tell(campaign, day, Figures(Decimal(5), 10), ad)

    def restate() -> None:
        young.platform.tell(campaign, day, Figures(Decimal(4), 10), campaign.ads[1])

    young.accounts = (account.id,)
    young.simulator.faults.plan(faults.event("restated", restate), "searchStream", at=at)
    assert young.pull().problems == []
    assert young.rows("spend") == [(Decimal("4.00"),), (Decimal("5.00"),)]


def test_a_restatement_between_two_queries_is_read_again(young: AdsMeeting) -> None:
    account = young.platform.accounts["1112223334"]
    campaign = young.platform.add_campaign(account, "Search", "SEARCH")
    day = young.platform.today(account) - timedelta(days=3)
    young.platform.tell(campaign, day, Figures(Decimal(5), 10))

    def restate() -> None:
        young.platform.tell(campaign, day, Figures(Decimal(4), 10))

    young.accounts = (account.id,)
    # Who it is, then its campaigns, then its totals: here it happens between the last two.
    young.simulator.faults.plan(faults.event("restated", restate), "searchStream", at=3)
    assert young.pull().problems == []
    assert young.rows("spend") == [(Decimal("4.00"),)]


def test_an_account_that_does_not_add_up_stores_nothing(young: AdsMeeting) -> None:
    account = young.platform.accounts["1112223334"]
    campaign = young.platform.add_campaign(account, "Max", "PERFORMANCE_MAX", ads=0)
    day = young.platform.today(account) - timedelta(days=2)
    young.platform.tell(campaign, day, Figures(Decimal(5), 10))
    young.pull()
    young.platform.tell_apart(account, day, Decimal("0.000001"))
    (problem,) = young.pull(is_full=True).problems
    assert account.id in problem
    assert young.rows("spend") == [(Decimal("5.00"),)]
    young.platform.tell_apart(account, day, Decimal(0))
    assert young.pull().problems == []


def test_closed_accounts_and_changed_types(young: AdsMeeting) -> None:
    account = young.platform.accounts["1112223334"]
    campaign = young.platform.add_campaign(account, "Search", "SEARCH")
    day = young.platform.today(account) - timedelta(days=2)
    young.platform.tell(campaign, day, Figures(Decimal(5), 10))
    young.platform.accounts["2223334445"].is_open = False
    result = young.pull()
    assert result.problems == []
    assert any("2223334445" in note for note in result.notes)
    young.simulator.shape.add("metrics.newMetric", "7")
    assert young.pull().problems == []
    young.simulator.shape.change("metrics.costMicros", lambda _: "five")
    (problem,) = young.pull().problems
    assert "five" in problem
    assert young.rows("spend") == [(Decimal("5.00"),)]


def test_a_used_up_day_stops_and_the_next_one_goes_on(young: AdsMeeting) -> None:
    life = Life(young.platform, 1, ("SEARCH",))
    for _ in range(8):
        life.live_day()
    young.simulator.use_up(left=2)
    with pytest.raises(StopForToday):
        young.pull()
    young.platform.clock.advance(timedelta(days=1))
    assert young.pull().problems == []
    young.assert_equal()
