"""Meta's daily spend and reach: restated days are replaced whole, and add up to the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.connectors.ads import slices
from tests.connectors.ads_home import AdsHome, day
from tests.connectors.fake_meta_ads import (
    APP_SECRET,
    CREDENTIALS,
    TOKEN,
    FakeAccount,
    FakeMetaAds,
)


@pytest.fixture
def meta() -> Iterator[FakeMetaAds]:
    fake = FakeMetaAds()
    yield fake
    fake.close()


@pytest.fixture
def home(meta: FakeMetaAds, tmp_path: Path) -> AdsHome:
    return AdsHome("meta_ads", meta.url, tmp_path, CREDENTIALS)


def test_every_column_of_a_day(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.accounts["111"] = FakeAccount(spend={("7", day(0)): "12.34"})
    assert home.pull().changed == {"ad_spend": 1}
    columns = (
        "platform, platform_account_id, campaign_id, campaign_name, impressions, clicks, "
        "engagements, platform_conversions, spend, currency_code, platform_time_zone, source_field"
    )
    assert home.rows(columns) == [
        ("meta_ads", "111", "7", "Campaign 7", 1000, 20, 30, Decimal("3"), Decimal("12.34"),
         "EUR", "Europe/Berlin", "OUTCOME_LEADS")
    ]  # fmt: skip


def test_restated_days_are_replaced_whole(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {("7", day(n)): "1.00" for n in range(41)} | {("8", day(40)): "1.00"}
    home.options["restated_days"] = 10
    home.pull()
    account.spend[("7", day(35))] = "3.00"
    del account.spend[("8", day(40))]
    account.spend[("7", day(2))] = "9.00"
    assert home.pull().changed == {"ad_spend": 2}
    spend = home.spend()
    assert spend[("111", "7", day(35))] == 3
    assert ("111", "8", day(40)) not in spend
    assert spend[("111", "7", day(2))] == 1, "beyond the window a day is settled"
    home.pull(is_full=True)
    assert home.spend()[("111", "7", day(2))] == 9


def test_deleted_and_archived_campaigns_keep_their_spend(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.accounts["111"] = FakeAccount(
        spend={("7", day(0)): "1.00", ("8", day(0)): "2.00", ("9", day(0)): "4.00"},
        gone={"8": "DELETED", "9": "ARCHIVED"},
    )
    assert home.pull().problems == []
    assert sum(home.spend().values()) == 7


def test_what_does_not_add_up_stores_nothing(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount(spend={("7", day(0)): "1.00"})
    meta.accounts["222"] = FakeAccount(spend={("9", day(0)): "1.00"})
    home.options["restated_days"] = 60
    home.pull()
    account.spend[("7", day(0))] = "2.00"
    account.unexplained[day(0)] = Decimal("0.01")
    [problem] = home.pull().problems
    assert "account 111: on 2025-12-01" in problem
    assert "adds up to 2.00" in problem
    assert "tells 2.01" in problem
    assert home.spend()[("111", "7", day(0))] == 1
    account.unexplained.clear()
    assert home.pull().problems == []
    assert home.spend()[("111", "7", day(0))] == 2


def test_few_days_are_read_at_once_and_many_by_a_job(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {("7", day(n)): "1.00" for n in range(41)}
    home.options |= {"restated_days": 5, "sync_days": 7}
    home.pull()
    assert len(home.spend()) == 41
    assert {asked.method for asked in meta.asked} == {"GET", "POST"}
    assert home.waits, "a job is waited for"
    meta.asked.clear()
    home.pull()
    assert {asked.method for asked in meta.asked} == {"GET"}


def test_a_job_that_failed_is_made_again(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {("7", day(n)): "1.00" for n in range(41)}
    meta.endings.extend(["Job Skipped", "Job Completed"])
    assert home.pull().problems == []
    assert len(home.spend()) == 41


def test_jobs_that_go_on_failing_are_asked_for_fewer_days(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {("7", day(n)): "1.00" for n in range(41)}
    meta.endings.extend(["Job Failed", "Job Failed"])
    assert home.pull().problems == []
    assert len(home.spend()) == 41
    assert len([asked for asked in meta.asked if asked.method == "POST"]) == 2
    spans = [asked.params.get("time_range") for asked in meta.asked]
    assert '{"since":"2025-12-01","until":"2025-12-21"}' in spans


def test_an_unknown_state_of_a_job_is_named(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {("7", day(n)): "1.00" for n in range(41)}
    meta.endings.append("Job Postponed")
    [problem] = home.pull().problems
    assert "'Job Postponed'" in problem
    assert "Job Completed" in problem
    assert home.spend() == {}


def test_too_much_at_once_is_read_by_a_job_and_too_much_for_a_job_in_halves(
    meta: FakeMetaAds, home: AdsHome
) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {("7", day(n)): "1.00" for n in range(41)}
    meta.most_days, meta.most_days_of_job = 2, 6
    assert home.pull().problems == []
    assert len(home.spend()) == 41
    meta.most_days = meta.most_days_of_job = 0
    [problem] = home.pull(is_full=True).problems
    assert "2025-12-01 alone is too much" in problem
    assert len(home.spend()) == 41


def test_reach_is_told_for_whole_windows_that_are_over(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount(reach={"account": 900, "7": 500, "8": 450})
    account.spend = {("7", day(0)): "1.00", ("8", day(30)): "1.00", ("7", day(33)): "1.00"}
    home.options["reach_windows"] = ["month", "week"]
    result = home.pull()
    assert result.problems == []
    rows = home.rows(
        "window_start, window_end, entity_type, entity_id, reach, frequency, platform",
        "reach_windows",
    )
    month = (date(2025, 12, 1), date(2026, 1, 1))
    assert [row for row in rows if row[:2] == month] == [
        (*month, "account", "111", 900, Decimal("2.5"), "meta_ads"),
        (*month, "campaign", "7", 500, Decimal("1.234567"), "meta_ads"),
        (*month, "campaign", "8", 450, Decimal("1.234567"), "meta_ads"),
    ]
    weeks = {row[:2] for row in rows} - {month}
    assert weeks == {
        (date(2025, 12, 1), date(2025, 12, 8)), (date(2025, 12, 29), date(2026, 1, 5)),
    }  # fmt: skip
    assert result.changed["reach_windows"] == len(rows)
    account.reach["7"] = 501
    del account.spend[("8", day(30))]
    assert home.pull().changed["reach_windows"] == 4


def test_conversions_within_stated_windows(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.accounts["111"] = FakeAccount(spend={("7", day(0)): "1.00"})
    home.options["attribution_windows"] = ["7d_click", "1d_view"]
    home.pull()
    assert home.rows("platform_conversions") == [(Decimal(2),)]
    home.options["conversion_actions"] = ["link_click"]
    home.options["attribution_windows"] = []
    home.pull(is_full=True)
    assert home.rows("platform_conversions") == [(Decimal(20),)]
    home.options["attribution_windows"] = ["7d_click", "1d_click"]
    with pytest.raises(ValidationError, match="two windows of one kind"):
        home.pull()


def test_days_beyond_37_months_are_not_asked_for(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.accounts["111"] = FakeAccount(spend={("7", day(0)): "1.00"})
    home.options["start_date"] = "2020-01-01"
    [note] = home.pull().notes
    assert "before 2022-12-12" in note
    asked = min(item.params["time_range"] for item in meta.asked if item.method == "POST")
    assert asked.startswith('{"since":"2022-12-12"')
    assert home.pull().notes == []


def test_the_last_day_is_yesterday_in_the_accounts_zone(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.accounts["111"] = FakeAccount(timezone_name="Pacific/Auckland")
    meta.accounts["222"] = FakeAccount(timezone_name="America/Los_Angeles")
    meta.now = meta.now.replace(hour=5)
    home.pull()
    ends: dict[str, str] = {}
    for asked in meta.asked:
        if "time_range" in asked.params:
            ends[asked.path.split("/")[2]] = asked.params["time_range"][-12:-2]
    assert ends == {"act_111": "2026-01-10", "act_222": "2026-01-09"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"spend": "a lot"}, ["field spend", '"a lot"', "a number"]),
        ({"spend": None}, ["field spend is not there"]),
        ({"impressions": "1.5"}, ["field impressions", "a whole number"]),
        ({"inline_link_clicks": None, "actions": {"lead": 3}}, ["field actions", "a list"]),
        ({"date_stop": "2025-12-02"}, ["field date_stop", "one day"]),
        ({"campaign_id": None}, ["field campaign_id is not there"]),
        ({"spend": "NaN"}, ["field spend", "NaN"]),
    ],
)
def test_a_field_that_is_not_what_it_was_is_named(
    meta: FakeMetaAds, home: AdsHome, change: dict[str, Any], words: list[str]
) -> None:
    account = meta.accounts["111"] = FakeAccount(spend={("7", day(0)): "1.00"})
    home.pull()
    before = home.files()
    account.changes[("7", day(0))] = change
    [problem] = home.pull(is_full=True).problems
    assert [word for word in ["account 111", *words] if word not in problem] == []
    assert home.files() == before
    account.changes.clear()
    assert home.pull(is_full=True).problems == []


def test_a_pull_killed_between_two_parts_is_gone_on_with(
    meta: FakeMetaAds, home: AdsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {("7", day(n)): "1.00" for n in range(41)}
    home.options |= {"days_at_once": 10, "restated_days": 5}
    whole = slices.DaySlices.replace
    calls: list[date] = []

    def killed(self: slices.DaySlices, name: str, start: date, *rest: Any) -> int:
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(start)
        return whole(self, name, start, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(slices.DaySlices, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            home.pull()
    assert len(home.spend()) == 20
    account.spend[("7", day(18))] = "5.00"
    meta.asked.clear()
    home.pull()
    assert len(home.spend()) == 41
    assert home.spend()[("111", "7", day(18))] == 5
    spans = [item.params["time_range"] for item in meta.asked if "time_range" in item.params]
    assert min(spans).startswith('{"since":"2025-12-16"'), "what was delivered is not read again"
    before = home.files()
    home.replay()
    assert home.files() == before


def test_a_replay_is_what_was_pulled(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount(reach={"account": 9, "7": 5})
    account.spend = {("7", day(n)): "1.00" for n in range(41)}
    meta.accounts["222"] = FakeAccount(currency="GBP", spend={("7", day(3)): "2.00"})
    home.options["reach_windows"] = ["month"]
    home.pull()
    account.spend[("7", day(40))] = "3.00"
    del account.spend[("7", day(39))]
    account.reach["7"] = 6
    home.pull()
    before = home.files()
    assert len(before) > 3
    for path in home.source.options.folder.rglob("*.parquet"):
        path.write_bytes(b"lost")
    meta.close()
    counts = home.replay()
    assert home.files() == before
    assert counts == {"ad_spend": 41, "reach_windows": 4}


def test_secrets_are_nowhere(meta: FakeMetaAds, home: AdsHome) -> None:
    account = meta.accounts["111"] = FakeAccount()
    account.spend = {(str(c), day(n)): "1.00" for n in range(41) for c in range(3)}
    home.options["reach_windows"] = ["month"]
    home.pull()
    written = home.everything_written()
    assert b"Campaign 2" in written
    for secret in (TOKEN, APP_SECRET):
        assert secret.encode() not in written
        assert all(secret not in asked.path + asked.query for asked in meta.asked)


def test_the_probe_tells_accounts_and_their_status(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.accounts["111"] = FakeAccount()
    meta.accounts["222"] = FakeAccount(account_status=101, currency="GBP")
    home.options["account_ids"] = ["act_111", "222", "333"]
    found = home.probe()
    assert found.readable == ["account 111 (EUR, active)", "account 222 (GBP, closed)"]
    [problem] = found.problems
    assert "account 333" in problem
    assert home.files() == {}
