"""A backfill's slice of a platform: these days and no others, all accounts or none, no cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from orchestration.connectors import vendors
from orchestration.connectors.ads.pull import pull_ads
from orchestration.connectors.context import PullResult
from orchestration.connectors.day_span import DaySpan, month_of
from orchestration.connectors.errors import FixConfiguration, StopForToday
from orchestration.connectors.meta_ads.pull import make_platform, window_of
from tests.connectors.ads_home import AdsHome, day
from tests.connectors.fake_linkedin_ads import CREDENTIALS as LINKEDIN_CREDENTIALS
from tests.connectors.fake_linkedin_ads import FakeAccount as LinkedInAccount
from tests.connectors.fake_linkedin_ads import FakeLinkedInAds
from tests.connectors.fake_meta_ads import CREDENTIALS, FakeAccount, FakeMetaAds

SPAN = DaySpan(day(5), day(9))


@pytest.fixture
def meta() -> Iterator[FakeMetaAds]:
    fake = FakeMetaAds()
    for name in ("111", "222"):
        fake.accounts[name] = FakeAccount(spend={("7", day(n)): "1.00" for n in range(41)})
    yield fake
    fake.close()


@pytest.fixture
def home(meta: FakeMetaAds, tmp_path: Path) -> AdsHome:
    found = AdsHome("meta_ads", meta.url, tmp_path, CREDENTIALS)
    found.options["restated_days"] = 2
    return found


def pull_span(home: AdsHome, span: DaySpan, requests_made: int = 0) -> PullResult:
    context = replace(home.context(), span=span, requests_made=requests_made)
    connector = home.source.connector
    assert connector is not None
    return vendors.pull(context, connector)


def test_only_the_days_are_replaced_and_no_cursor_moves(meta: FakeMetaAds, home: AdsHome) -> None:
    home.pull()
    cursors = home.state.connector_objects()
    account = meta.accounts["111"]
    for number in (4, 5, 9, 10):
        account.spend[("7", day(number))] = "3.00"
    del account.spend[("7", day(7))]
    assert pull_span(home, SPAN).changed == {"ad_spend": 3}
    spend = home.spend()
    assert [spend.get(("111", "7", day(n))) for n in range(4, 11)] == [1, 3, 1, None, 1, 3, 1]
    assert home.state.connector_objects() == cursors
    replayed = home.files()
    home.replay()
    assert home.files() == replayed


def test_a_slice_before_the_first_run_leaves_everything_to_it(
    meta: FakeMetaAds, home: AdsHome
) -> None:
    assert pull_span(home, SPAN).changed == {"ad_spend": 10}
    assert home.state.connector_objects() == []
    home.pull()
    assert len(home.spend()) == 82


def test_one_accounts_problem_keeps_every_account_as_it_was(
    meta: FakeMetaAds, home: AdsHome
) -> None:
    home.pull()
    before, kept = home.files(), sorted((home.home / "raw_pages").rglob("*"))
    for account in meta.accounts.values():
        account.spend[("7", day(6))] = "3.00"
    meta.accounts["222"].changes[("7", day(6))] = {"impressions": "many"}
    [problem] = pull_span(home, SPAN).problems
    assert "account 222" in problem
    assert home.files() == before
    assert sorted((home.home / "raw_pages").rglob("*")) == kept


def test_a_slice_of_many_requests_is_delivered_by_the_last(
    meta: FakeMetaAds, home: AdsHome
) -> None:
    home.options["days_at_once"] = 2
    home.pull()
    before = home.files()
    for account in meta.accounts.values():
        account.spend[("7", day(5))] = "3.00"
        account.spend[("7", day(9))] = "3.00"
    meta.accounts["222"].changes[("7", day(9))] = {"impressions": "many"}
    assert pull_span(home, SPAN).problems
    assert home.files() == before
    meta.accounts["222"].changes.clear()
    assert pull_span(home, SPAN).changed == {"ad_spend": 4}


def test_reach_of_the_windows_that_end_in_the_slice(meta: FakeMetaAds, home: AdsHome) -> None:
    home.options["reach_windows"] = ["week", "month"]
    for account in meta.accounts.values():
        account.reach = {"account": 9, "7": 8}
    home.pull()
    for account in meta.accounts.values():
        account.reach = {"account": 90, "7": 80}
    # The weeks that begin on Monday the first and the eighth end on its first and last day.
    pull_span(home, DaySpan(date(2025, 12, 7), date(2025, 12, 14)))
    changed = home.rows("distinct window_start, window_end, reach", "reach_windows")
    new = [(start, end) for start, end, reach in changed if reach == 90]
    assert new == [
        (date(2025, 12, 1), date(2025, 12, 8)),
        (date(2025, 12, 8), date(2025, 12, 15)),
    ]
    pull_span(home, month_of(day(0)))
    changed = home.rows("distinct window_start, window_end, reach", "reach_windows")
    months = [row for row in changed if row[1] == date(2026, 1, 1)]
    assert {reach for *_, reach in months} == {90, 80}


def test_days_that_are_not_over_or_not_told_are_refused(meta: FakeMetaAds, home: AdsHome) -> None:
    today = pull_span(home, DaySpan(date(2026, 1, 10), date(2026, 1, 11)))
    assert len(today.problems) == 2
    assert "2026-01-11 is not over yet in Europe/Berlin" in today.problems[0]
    early = pull_span(home, DaySpan(date(2020, 1, 1), date(2020, 1, 2)))
    assert "days before 2022-12-12 are not told any more" in early.problems[0]
    assert home.files() == {}


def test_requests_of_earlier_slices_count(meta: FakeMetaAds, home: AdsHome) -> None:
    used = pull_span(home, SPAN).request_count
    home.options["request_budget"] = 2 * used
    assert pull_span(home, SPAN, requests_made=used).request_count == used
    with pytest.raises(StopForToday, match="budget"):
        pull_span(home, SPAN, requests_made=used + 1)


def test_the_days_that_all_accounts_tell(meta: FakeMetaAds, home: AdsHome) -> None:
    meta.now = meta.now.replace(hour=5)
    meta.accounts["222"].timezone_name = "America/Los_Angeles"
    connector = home.source.connector
    assert connector is not None
    assert vendors.days_told(home.context(), connector).span == DaySpan(day(0), date(2026, 1, 9))
    home.options["start_date"] = "2020-01-01"
    connector = home.source.connector
    assert connector is not None
    told = vendors.days_told(home.context(), connector)
    assert told.span.first == date(2022, 12, 12)
    assert "the platform tells no day before" in told.why_first
    meta.accounts.clear()
    with pytest.raises(FixConfiguration, match="no account can be read"):
        vendors.days_told(home.context(), connector)


def test_linkedin_tells_nothing_is_not_nothing_was_spent(tmp_path: Path) -> None:
    fake = FakeLinkedInAds()
    cost = {("7", day(n)): "1.00" for n in range(41)}
    fake.accounts["511"] = account = LinkedInAccount(cost=cost)
    home = AdsHome("linkedin_ads", fake.url, tmp_path, LINKEDIN_CREDENTIALS)
    home.options["token_url"] = f"{fake.url}/oauth/v2/accessToken"
    home.pull()
    before = home.files()
    account.has_reports = False
    [problem] = pull_span(home, SPAN).problems
    assert "which had spend before" in problem
    assert home.files() == before
    account.has_reports = True
    cost[("7", day(6))] = "2.50"
    assert pull_span(home, SPAN).changed == {"ad_spend": 1}
    fake.close()


def test_a_full_pull_is_as_before(meta: FakeMetaAds, home: AdsHome) -> None:
    connector = home.source.connector
    platform = make_platform(home.context(True), connector)  # type: ignore[arg-type]
    result = pull_ads(home.context(True), platform, window_of(connector))  # type: ignore[arg-type]
    assert result.changed == {"ad_spend": 82}
    assert {item.object_name for item in home.state.connector_objects()} == {
        "spend of account 111", "spend of account 222",
    }  # fmt: skip
