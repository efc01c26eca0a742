"""Google Ads' daily spend: restated days are replaced whole, and add up to the account."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.connectors import limits
from orchestration.connectors.ads.windows import SpendWindow
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    StopForToday,
)
from orchestration.connectors.google_ads.answers import classify
from orchestration.connectors.google_ads.client import Client, GoogleAdsAccess
from orchestration.connectors.google_ads.pull import pull_spend
from orchestration.connectors.http import Budget, Http
from orchestration.state import StateStore
from tests.connectors.fake_google_ads import (
    CREDENTIALS,
    MANAGER,
    FakeAccount,
    FakeGoogleAds,
    quota_error,
)

START = date(2025, 12, 1)
EURO = 1_000_000


class Spending:
    """A home that reads the fake."""

    def __init__(self, google: FakeGoogleAds, home: Path) -> None:
        self.google = google
        self.home = home
        self.state = StateStore(home / "state.sqlite")
        self.variables = dict(CREDENTIALS)
        self.restated_days = 60
        self.accounts: tuple[str, ...] = ()
        self.waits: list[float] = []

    def pull(self, is_full: bool = False) -> PullResult:
        context = PullContext(
            source="google_ads",
            state=self.state,
            deliveries=self.home / "deliveries",
            raw_pages=self.home / "raw_pages",
            variables=self.variables,
            deadline=time.monotonic() + 60,
            is_full=is_full,
        )
        access = GoogleAdsAccess(
            base_url=self.google.url,
            token_url=f"{self.google.url}/token",
            login_customer_id=MANAGER,
        )
        http = Http(classify, Budget(500), context.deadline, sleep=self.waits.append)
        client = Client(http, access, self.variables)
        return pull_spend(context, client, SpendWindow(START, self.restated_days, self.accounts))

    def rows(self, columns: str) -> list[tuple[Any, ...]]:
        pattern = self.home / "deliveries" / "ad_spend" / "*.parquet"
        with duckdb.connect() as connection:
            return connection.execute(
                f"select {columns} from read_parquet('{pattern}') "
                "order by platform_account_id, spend_date, campaign_id"
            ).fetchall()

    def spend(self) -> dict[tuple[str, str, date], Decimal]:
        found = self.rows("platform_account_id, campaign_id, spend_date, spend")
        return {(account, campaign, day): spend for account, campaign, day, spend in found}


@pytest.fixture
def google() -> Iterator[FakeGoogleAds]:
    fake = FakeGoogleAds()
    yield fake
    fake.close()


@pytest.fixture
def spending(google: FakeGoogleAds, tmp_path: Path) -> Spending:
    return Spending(google, tmp_path)


def day(number: int) -> date:
    return START + timedelta(days=number)


def test_every_column_of_a_day(google: FakeGoogleAds, spending: Spending) -> None:
    google.accounts["111"] = FakeAccount(micros={("7", day(0)): 12_340_000})
    assert spending.pull().changed == {"ad_spend": 1}
    columns = (
        "platform, platform_account_id, campaign_id, campaign_name, impressions, clicks, "
        "platform_conversions, spend, currency_code, platform_time_zone, source_field"
    )
    assert spending.rows(columns) == [
        ("google_ads", "111", "7", "Campaign 7", 1000, 20, Decimal("1.25"), Decimal("12.34"),
         "EUR", "Europe/Berlin", "PERFORMANCE_MAX")
    ]  # fmt: skip


def test_restated_days_are_replaced_and_older_ones_are_not_asked_for(
    google: FakeGoogleAds, spending: Spending
) -> None:
    account = google.accounts["111"] = FakeAccount()
    account.micros = {("7", day(n)): EURO for n in range(41)} | {("8", day(40)): EURO}
    spending.restated_days = 10
    spending.pull()
    account.micros[("7", day(35))] = 3 * EURO
    del account.micros[("8", day(40))]
    account.micros[("7", day(2))] = 9 * EURO
    google.now += timedelta(days=1)
    google.queries.clear()
    assert spending.pull().changed == {"ad_spend": 2}
    spend = spending.spend()
    assert spend[("111", "7", day(35))] == 3
    assert ("111", "8", day(40)) not in spend
    assert spend[("111", "7", day(2))] == 1, "beyond the window a day is settled"
    assert all(str(day(30)) not in query for _, query in google.queries)
    spending.pull(is_full=True)
    assert spending.spend()[("111", "7", day(2))] == 9


def test_micros_become_cents_that_add_up_to_the_account(
    google: FakeGoogleAds, spending: Spending
) -> None:
    google.accounts["111"] = FakeAccount(
        micros={("1", day(0)): 10_004_000, ("2", day(0)): 10_004_000, ("3", day(0)): 10_004_000}
    )
    spending.pull()
    assert [row[0] for row in spending.rows("spend")] == [
        Decimal("10.01"), Decimal("10.00"), Decimal("10.00"),
    ]  # fmt: skip


def test_campaigns_that_do_not_add_up_to_the_account_store_nothing(
    google: FakeGoogleAds, spending: Spending
) -> None:
    account = google.accounts["111"] = FakeAccount(micros={("7", day(0)): EURO})
    google.accounts["222"] = FakeAccount(micros={("9", day(0)): EURO})
    spending.pull()
    account.micros[("7", day(0))] = 2 * EURO
    account.unexplained[day(0)] = EURO
    [problem] = spending.pull().problems
    assert "111" in problem
    assert "adds up to 2" in problem
    assert "tells 3" in problem
    assert spending.spend()[("111", "7", day(0))] == 1
    del account.unexplained[day(0)]
    assert spending.pull().problems == []
    assert spending.spend()[("111", "7", day(0))] == 2


def test_the_last_day_is_yesterday_in_the_accounts_zone(
    google: FakeGoogleAds, spending: Spending
) -> None:
    google.accounts["111"] = FakeAccount(time_zone="Pacific/Auckland")
    google.accounts["222"] = FakeAccount(time_zone="America/Los_Angeles")
    google.now = google.now.replace(hour=5)
    spending.pull()
    ends = {account: query[-11:-1] for account, query in google.queries if "BETWEEN" in query}
    assert ends == {"111": "2026-01-10", "222": "2026-01-09"}


def test_a_closed_account_is_left_out_with_a_note(
    google: FakeGoogleAds, spending: Spending
) -> None:
    google.accounts["111"] = FakeAccount(micros={("7", day(0)): EURO})
    spending.accounts = ("111", "333")
    result = spending.pull()
    assert result.problems == []
    assert "333" in result.notes[0]
    assert len(spending.spend()) == 1


def test_an_expired_token_is_replaced_in_the_middle(
    google: FakeGoogleAds, spending: Spending
) -> None:
    google.accounts["111"] = FakeAccount(micros={("7", day(0)): EURO})
    google.plan.extend([None, None, (401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})])
    assert spending.pull().problems == []
    assert google.tokens == 2
    assert len(spending.spend()) == 1


def test_a_moments_overload_is_waited_for_as_long_as_google_says(
    google: FakeGoogleAds, spending: Spending
) -> None:
    google.accounts["111"] = FakeAccount(micros={("7", day(0)): EURO})
    google.plan.extend([quota_error("RESOURCE_TEMPORARILY_EXHAUSTED", "30s"), (500, {})])
    spending.pull()
    assert spending.waits[0] == 30
    assert len(spending.waits) == 2
    assert len(spending.spend()) == 1


def test_a_used_up_day_stops_at_once(google: FakeGoogleAds, spending: Spending) -> None:
    google.accounts["111"] = FakeAccount()
    google.plan.append(quota_error("RESOURCE_EXHAUSTED"))
    with pytest.raises(StopForToday, match="used up"):
        spending.pull()
    assert spending.waits == []


def test_refused_and_missing_credentials_are_named_and_never_shown(
    google: FakeGoogleAds, spending: Spending
) -> None:
    spending.variables["GOOGLE_ADS_REFRESH_TOKEN"] = "old-secret"  # noqa: S105
    with pytest.raises(CredentialsRefused, match="GOOGLE_ADS_REFRESH_TOKEN") as refused:
        spending.pull()
    assert "old-secret" not in str(refused.value)
    del spending.variables["GOOGLE_ADS_DEVELOPER_TOKEN"]
    with pytest.raises(FixConfiguration, match="GOOGLE_ADS_DEVELOPER_TOKEN"):
        spending.pull()


def test_a_text_for_an_amount_stores_nothing(google: FakeGoogleAds, spending: Spending) -> None:
    google.accounts["111"] = FakeAccount(micros={("7", day(0)): EURO})
    spending.pull()
    google.accounts["111"].words[("7", day(0))] = "a lot"
    [problem] = spending.pull().problems
    assert "a lot" in problem
    assert spending.spend()[("111", "7", day(0))] == 1


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_restated_the_deliveries_are_what_google_tells(
    google: FakeGoogleAds, spending: Spending, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ATTEMPTS", 20)
    chance = random.Random(seed)
    google.accounts = {name: FakeAccount(time_zone="UTC") for name in ("111", "222")}
    for _ in range(6):
        for account in google.accounts.values():
            for _ in range(chance.randrange(12)):
                key = (str(chance.randrange(4)), day(chance.randrange(41)))
                if chance.random() < 0.3:
                    account.micros.pop(key, None)
                else:
                    account.micros[key] = chance.randrange(5 * EURO)
        faults: list[tuple[int, Any] | None] = [
            None, None, None, (500, {}), (503, {}), (401, {}),
            quota_error("RESOURCE_TEMPORARILY_EXHAUSTED", "1s"),
        ]  # fmt: skip
        google.plan.extend(chance.choices(faults, k=6))
        with contextlib.suppress(ConnectorError):
            spending.pull()
        google.now += timedelta(days=1)
    google.plan.clear()
    assert spending.pull(is_full=True).problems == []
    found = spending.spend()
    assert found.keys() == {
        (name, campaign, when)
        for name, account in google.accounts.items()
        for campaign, when in account.micros
    }
    for name, account in google.accounts.items():
        for number in range(41):
            micros = sum(m for (_, when), m in account.micros.items() if when == day(number))
            cents = sum(v for (a, _, when), v in found.items() if (a, when) == (name, day(number)))
            assert cents == (Decimal(micros) / EURO).quantize(Decimal("0.01"))
    assert spending.pull(is_full=True).changed == {"ad_spend": 0}
