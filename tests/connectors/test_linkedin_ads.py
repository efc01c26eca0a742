"""LinkedIn's daily spend and reach: restated days are replaced whole, and add up to the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.ads import slices
from orchestration.connectors.errors import StopForToday
from orchestration.connectors.linkedin_ads import pull as linkedin_pull
from tests.connectors.ads_home import AdsHome, day
from tests.connectors.fake_linkedin_ads import (
    CREDENTIALS,
    PLAIN_TOKEN,
    FakeAccount,
    FakeLinkedInAds,
    error,
)


@pytest.fixture
def linkedin() -> Iterator[FakeLinkedInAds]:
    fake = FakeLinkedInAds()
    yield fake
    fake.close()


@pytest.fixture
def home(linkedin: FakeLinkedInAds, tmp_path: Path) -> AdsHome:
    found = AdsHome("linkedin_ads", linkedin.url, tmp_path, CREDENTIALS)
    found.options["token_url"] = f"{linkedin.url}/oauth/v2/accessToken"
    return found


def test_every_column_of_a_day(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    linkedin.accounts["511"] = FakeAccount(cost={("7", day(0)): "12.3400000000000001"})
    assert home.pull().changed == {"ad_spend": 1}
    columns = (
        "platform, platform_account_id, campaign_id, campaign_name, impressions, clicks, "
        "engagements, platform_conversions, spend, currency_code, platform_time_zone, source_field"
    )
    assert home.rows(columns) == [
        ("linkedin_ads", "511", "7", "Campaign 7", 1000, 20, 30, Decimal("2"), Decimal("12.34"),
         "USD", "UTC", "SPONSORED_UPDATES")
    ]  # fmt: skip


def test_a_run_with_nothing_new_asks_for_nothing_twice(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    linkedin.accounts["511"] = FakeAccount(cost={("7", day(40)): "1.00"})
    home.pull()
    linkedin.asked.clear()
    result = home.pull()
    assert result.changed == {"ad_spend": 0}
    assert [asked.path.removeprefix("/rest/") for asked in linkedin.asked] == [
        "/oauth/v2/accessToken", "adAccounts", "adAnalytics", "adAnalytics",
        "adAnalytics",
        "adAccounts/511/adCampaigns",
    ]  # fmt: skip
    assert result.request_count == 6


def test_restated_days_are_replaced_whole(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    account = linkedin.accounts["511"] = FakeAccount()
    account.cost = {("7", day(n)): "1.00" for n in range(41)} | {("8", day(40)): "1.00"}
    home.options["restated_days"] = 10
    home.pull()
    account.cost[("7", day(35))] = "3.00"
    del account.cost[("8", day(40))]
    account.cost[("7", day(2))] = "9.00"
    assert home.pull().changed == {"ad_spend": 2}
    spend = home.spend()
    assert spend[("511", "7", day(35))] == 3
    assert ("511", "8", day(40)) not in spend
    assert spend[("511", "7", day(2))] == 1, "beyond the window a day is settled"
    home.pull(is_full=True)
    assert home.spend()[("511", "7", day(2))] == 9


def test_removed_and_archived_campaigns_keep_spend_and_name(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    linkedin.accounts["511"] = FakeAccount(
        cost={(name, day(0)): "1.00" for name in "6789"},
        statuses={"7": "ARCHIVED", "8": "PENDING_DELETION", "9": "REMOVED"},
    )
    assert home.pull().problems == []
    assert home.rows("campaign_name, spend") == [
        (f"Campaign {name}", Decimal(1)) for name in "6789"
    ]


def test_fractions_become_cents_that_add_up_to_the_account(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    linkedin.accounts["511"] = FakeAccount(cost={(name, day(0)): "10.004" for name in "123"})
    home.pull()
    assert [row[1] for row in home.rows("campaign_id, spend")] == [
        Decimal("10.01"), Decimal("10.00"), Decimal("10.00"),
    ]  # fmt: skip


def test_what_does_not_add_up_stores_nothing(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    account = linkedin.accounts["511"] = FakeAccount(cost={("7", day(30)): "1.00"})
    linkedin.accounts["522"] = FakeAccount(cost={("9", day(30)): "1.00"})
    home.pull()
    account.cost[("7", day(30))] = "2.00"
    account.unexplained[day(30)] = Decimal("0.00001")
    [problem] = home.pull().problems
    assert "account 511: on 2025-12-31" in problem
    assert "tells 2.00001" in problem
    assert home.spend()[("511", "7", day(30))] == 1
    account.unexplained.clear()
    assert home.pull().problems == []
    assert home.spend()[("511", "7", day(30))] == 2


def test_an_answer_of_the_size_where_it_is_cut_is_never_believed(
    linkedin: FakeLinkedInAds, home: AdsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linkedin_pull, "ELEMENTS_AT_MOST", 6)
    linkedin.most_elements = 6
    account = linkedin.accounts["511"] = FakeAccount()
    account.cost = {(name, day(n)): "1.00" for n in range(41) for name in "12"}
    assert home.pull().problems == []
    assert len(home.spend()) == 82
    before = home.files()
    account.cost |= {(str(number), day(40)): "1.00" for number in range(3, 9)}
    [problem] = home.pull().problems
    assert "6 elements" in problem
    assert "2026-01-10 alone is too much" in problem
    before.pop("ad_spend/511-202601.parquet")
    assert home.files().items() >= before.items()


def test_nothing_where_there_was_spend_is_not_believed(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    account = linkedin.accounts["511"] = FakeAccount(cost={("7", day(35)): "1.00"})
    home.pull()
    account.has_reports = False
    [problem] = home.pull().problems
    assert "r_ads_reporting" in problem
    assert len(home.spend()) == 1
    assert home.pull(is_full=True).problems == []
    assert home.spend() == {}


def test_reach_is_told_for_whole_windows_that_are_over(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    account = linkedin.accounts["511"] = FakeAccount(reach={"account": 400, "7": 300})
    account.cost = {("7", day(0)): "1.00", ("8", day(1)): "1.00", ("7", day(33)): "1.00"}
    home.options["reach_windows"] = ["month", "quarter"]
    assert home.pull().problems == []
    rows = home.rows(
        "platform, entity_type, entity_id, window_start, window_end, reach, frequency",
        "reach_windows",
    )
    month = (date(2025, 12, 1), date(2026, 1, 1))
    assert rows == [
        ("linkedin_ads", "account", "511", *month, 400, Decimal("2.5")),
        ("linkedin_ads", "campaign", "7", *month, 300, Decimal("3.333333")),
        ("linkedin_ads", "campaign", "8", *month, None, None),
    ]
    before = home.files()
    home.replay()
    assert home.files() == before


def test_days_are_utc(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    linkedin.accounts["511"] = FakeAccount()
    linkedin.now = linkedin.now.replace(hour=0, minute=1)
    home.pull()
    assert any("end:(year:2026,month:1,day:10)" in asked.query for asked in linkedin.asked)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"costInLocalCurrency": "a lot"}, ["field costInLocalCurrency", '"a lot"', "a number"]),
        ({"costInLocalCurrency": None}, ["field costInLocalCurrency is not there"]),
        ({"impressions": 1.5}, ["field impressions", "a whole number"]),
        ({"clicks": {"of": 1}}, ["field clicks"]),
        ({"pivotValues": ["urn:li:sponsoredCreative:7"]}, ["field pivotValues", "Creative"]),
        ({"pivotValues": None}, ["field pivotValues is not there"]),
        ({"dateRange": {"start": {"year": 2025}}}, ["field dateRange.start.month"]),
    ],
)
def test_a_field_that_is_not_what_it_was_is_named(
    linkedin: FakeLinkedInAds, home: AdsHome, change: dict[str, Any], words: list[str]
) -> None:
    account = linkedin.accounts["511"] = FakeAccount(cost={("7", day(0)): "1.00"})
    home.pull()
    before = home.files()
    account.changes[("7", day(0))] = change
    [problem] = home.pull(is_full=True).problems
    assert [word for word in ["account 511", *words] if word not in problem] == []
    assert home.files() == before
    account.changes.clear()
    assert home.pull(is_full=True).problems == []


def test_a_day_that_nobody_asked_for_is_a_problem(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    account = linkedin.accounts["511"] = FakeAccount(cost={("7", day(0)): "0"})
    other = {end: {"year": 2024, "month": 1, "day": 1} for end in ("start", "end")}
    account.changes[("7", day(0))] = {"dateRange": other}
    [problem] = home.pull().problems
    assert "2024" in problem
    assert home.spend() == {}


def test_a_pull_killed_between_two_parts_is_gone_on_with(
    linkedin: FakeLinkedInAds, home: AdsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = linkedin.accounts["511"] = FakeAccount()
    account.cost = {("7", day(n)): "1.00" for n in range(41)}
    home.options |= {"days_at_once": 10, "restated_days": 5}
    whole = slices.DaySlices.replace
    calls: list[date] = []

    def killed(self: slices.DaySlices, name: str, start: date, *rest: Any) -> int:
        changed = whole(self, name, start, *rest)
        calls.append(start)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return changed

    with monkeypatch.context() as patch:
        patch.setattr(slices.DaySlices, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            home.pull()
    assert len(home.spend()) == 30, "delivered, and not yet remembered"
    account.cost[("7", day(25))] = "5.00"
    home.pull()
    assert len(home.spend()) == 41
    assert home.spend()[("511", "7", day(25))] == 5
    before = home.files()
    for path in home.source.options.folder.rglob("*.parquet"):
        path.write_bytes(b"lost")
    assert home.replay() == {"ad_spend": 41}
    assert home.files() == before


def test_secrets_are_nowhere(linkedin: FakeLinkedInAds, home: AdsHome) -> None:
    linkedin.accounts["511"] = FakeAccount(cost={(str(c), day(0)): "1.00" for c in range(5)})
    home.options["reach_windows"] = ["month"]
    home.pull()
    home.variables = {"LINKEDIN_ADS_ACCESS_TOKEN": PLAIN_TOKEN}
    home.pull()
    written = home.everything_written()
    assert b"Campaign 4" in written
    secrets = (*CREDENTIALS.values(), PLAIN_TOKEN, "AQXrefreshed")
    assert [secret for secret in secrets if secret.encode() in written] == []


def test_the_probe_tells_accounts_and_their_status(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    for name in ("511", "522", "533"):
        linkedin.accounts[name] = FakeAccount(
            status="PENDING_DELETION" if name == "522" else "ACTIVE"
        )
    assert home.probe().readable == [
        "account 511 (USD, active)", "account 522 (USD, pending deletion)",
        "account 533 (USD, active)",
    ]  # fmt: skip
    home.options["account_ids"] = ["urn:li:sponsoredAccount:999"]
    [problem] = home.probe().problems
    assert "account 999: LinkedIn answered 404" in problem
    assert home.files() == {}


def test_a_full_refresh_that_ends_early_forgets_nothing(
    linkedin: FakeLinkedInAds, home: AdsHome
) -> None:
    account = linkedin.accounts["511"] = FakeAccount()
    account.cost = {("7", day(n)): "1.00" for n in range(41)}
    home.options |= {"days_at_once": 10, "restated_days": 5}
    home.pull()
    account.cost[("7", day(2))] = "9.00"
    # Token, accounts, three answers and the campaigns of the first part.
    linkedin.plan.extend([*[None] * 6, error(429, 101, "DAY limit", "TOO_MANY_REQUESTS")])
    with pytest.raises(StopForToday):
        home.pull(is_full=True)
    assert home.spend()[("511", "7", day(2))] == 9
    linkedin.asked.clear()
    home.pull()
    spans = [asked.query for asked in linkedin.asked if "DAILY" in asked.query]
    assert len(spans) == 3
    assert all("start:(year:2026,month:1,day:6)" in span for span in spans)
