"""`concord backfill` against simulated platforms: days restated long ago, slice by slice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.connectors import limits
from orchestration.state import BackfillSlice, StateStore, run_lock
from sample_company.simulators import faults
from sample_company.simulators.advertising.platform import Platform
from sample_company.simulators.google_ads.sample import empty_platform
from sample_company.simulators.linkedin_ads.simulator import LinkedInAdsSimulator
from sample_company.simulators.meta_ads.sample import empty_platform as empty_meta_platform
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator
from tests.connectors.simulated.ads_company import (
    AdsCompany,
    AdsSimulator,
    RecordingGoogleAds,
    advertise,
    between,
    restate,
)

APRIL, MAY_END = date(2026, 4, 1), date(2026, 5, 31)
SEARCH = "searchStream"
# Asking which days are told: the accounts, and each of two; of a slice four of each more.
ASKED_FIRST, ASKED_OF_SLICE = 3, 9


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)


@dataclass
class Google(AdsCompany):
    """A company that reads Google Ads only."""

    @property
    def google(self) -> RecordingGoogleAds:
        assert isinstance(self.simulator, RecordingGoogleAds)
        return self.simulator


@pytest.fixture
def ads(tmp_path: Path) -> Iterator[Google]:
    """Everything up to yesterday is read, and then April to September told otherwise."""
    platform = empty_platform()
    campaigns = advertise(platform, "SEARCH")
    with RecordingGoogleAds(platform) as simulator:
        found = Google(simulator, tmp_path)
        found.pull()
        restate(platform, campaigns, APRIL, date(2026, 9, 30))
        simulator.queries.clear()
        yield found


@pytest.mark.parametrize(
    ("make_platform", "make_simulator", "kind"),
    [
        (empty_platform, RecordingGoogleAds, "SEARCH"),
        (empty_meta_platform, MetaAdsSimulator, "OUTCOME_LEADS"),
        (Platform, LinkedInAdsSimulator, "LEAD_GENERATION"),
    ],
    ids=["google_ads", "meta_ads", "linkedin_ads"],
)
def test_what_was_restated_long_ago_is_right_again_and_nothing_else_changes(
    tmp_path: Path,
    make_platform: Callable[[], Platform],
    make_simulator: Callable[[Platform], AdsSimulator],
    kind: str,
) -> None:
    platform = make_platform()
    campaigns = advertise(platform, kind)
    with make_simulator(platform) as simulator:
        ads = AdsCompany(simulator, tmp_path)
        ads.pull()
        before, cursors = ads.delivered(), ads.state.connector_objects()
        restate(platform, campaigns, date(2026, 3, 20), date(2026, 6, 10))
        done = ads.backfill(str(APRIL), str(MAY_END))
        assert done.exit_code == 0, done.output
        inside, outside = between(ads.delivered(), APRIL, MAY_END)
        assert inside == between(ads.told(), APRIL, MAY_END)[0]
        assert outside == between(before, APRIL, MAY_END)[1]
        assert between(ads.told(), APRIL, MAY_END)[1] != outside, "more was restated than asked for"
        assert ads.state.connector_objects() == cursors
        assert "2 slices of ads read" in done.output
        run = ads.state.latest_run(kind="backfill")
        assert run is not None
        assert (run.status, run.selection) == ("succeeded", "ads 2026-04-01 to 2026-05-31 by month")


def test_killed_in_the_middle_it_goes_on_with_the_slices_that_are_left(ads: Google) -> None:
    words = ("backfill", "ads", "--from", "2026-04-01", "--to", "2026-09-30")
    kill_at = ASKED_FIRST + 2 * ASKED_OF_SLICE + 4
    process = ads.process(*words)
    killed = faults.event("kill -9", lambda: os.kill(process.pid, signal.SIGKILL))
    ads.google.faults.plan(killed, SEARCH, at=kill_at)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    shown = ads.command("doctor")
    assert shown.exit_code == 1
    assert "2 of 6 slices read" in shown.output
    assert "2 of 6 slices read" in ads.command("status").output
    ads.google.faults.clear()
    ads.google.queries.clear()
    again = ads.command(*words)
    assert again.exit_code == 0, again.output
    assert ads.google.months() == ["2026-06", "2026-07", "2026-08", "2026-09"]
    assert "4 slices of ads read (2 before)" in again.output
    assert ads.delivered() == ads.told()
    assert [run.status for run in ads.state.runs()] == ["succeeded", "interrupted"]
    assert ads.command("doctor").exit_code == 0


def test_a_slice_that_fails_is_named_keeps_its_rows_and_does_not_lose_the_others(
    ads: Google,
) -> None:
    second = ads.platform.accounts["2223334445"]
    june = (date(2026, 6, 1), date(2026, 6, 30))
    before = between(ads.delivered(), *june)[0]
    ads.platform.tell_apart(second, date(2026, 6, 17), Decimal("0.01"))
    failed = ads.backfill("2026-04-01", "2026-09-30")
    assert failed.exit_code == 1
    assert "1 of 6 slices not read" in failed.output
    assert "2026-06-01 to 2026-06-30: account 2223334445" in failed.output
    assert "Traceback" not in failed.output
    inside, outside = between(ads.delivered(), *june)
    assert inside == before, "not the account's that adds up either: a slice is whole"
    assert outside == between(ads.told(), *june)[1]
    assert "5 of 6 slices read" in ads.command("status").output
    assert "account 2223334445" in ads.command("status").output
    ads.platform.tell_apart(second, date(2026, 6, 17), Decimal(0))
    ads.google.queries.clear()
    assert ads.backfill("2026-04-01", "2026-09-30").exit_code == 0
    assert ads.google.months() == ["2026-06"]
    assert ads.delivered() == ads.told()


def test_a_used_up_quota_ends_it_and_the_next_day_goes_on(ads: Google) -> None:
    ads.google.use_up(left=ASKED_FIRST + ASKED_OF_SLICE + 1)
    stopped = ads.backfill("2026-04-01", "2026-09-30")
    assert stopped.exit_code == 1
    assert "5 of 6 slices not read" in stopped.output
    assert ads.google.months() == ["2026-04"]
    ads.platform.clock.advance(timedelta(days=1))
    assert ads.backfill("2026-04-01", "2026-09-30").exit_code == 0
    inside = between(ads.told(), APRIL, date(2026, 9, 30))[0]
    assert between(ads.delivered(), APRIL, date(2026, 9, 30))[0] == inside


def test_the_budget_is_that_of_the_whole_backfill(ads: Google) -> None:
    ads.options["request_budget"] = 2 * (ASKED_OF_SLICE + 1) + 3
    ads.write()
    stopped = ads.backfill("2026-04-01", "2026-09-30")
    assert stopped.exit_code == 1
    assert "budget" in stopped.output
    assert "4 of 6 slices not read" in stopped.output
    assert "4 of 6 slices read" not in ads.command("status").output
    assert ads.backfill("2026-04-01", "2026-09-30").exit_code == 1
    assert "4 of 6 slices read" in ads.command("status").output


def test_a_finished_one_is_read_again_only_when_asked_for(ads: Google) -> None:
    assert ads.backfill("2026-04-01", "2026-04-30").exit_code == 0
    ads.google.queries.clear()
    same = ads.backfill("2026-04-01", "2026-04-30")
    assert same.exit_code == 0
    assert "read before; `--again`" in same.output
    assert ads.google.queries == []
    other = ads.backfill("2026-04-01", "2026-04-30", "--by", "week")
    assert "5 slices of ads read" in other.output
    assert (
        "3 slices of ads read"
        in ads.backfill("2026-04-01", "2026-04-30", "--slice-days", "12").output
    )
    (account, *_) = ads.platform.accounts.values()
    (campaign,) = ads.platform.campaigns_of(account)
    ads.platform.tell(campaign, date(2026, 4, 9), None)
    assert "1 rows changed" in ads.backfill("2026-04-01", "2026-04-30", "--again").output
    april = between(ads.told(), APRIL, date(2026, 4, 30))[0]
    assert between(ads.delivered(), APRIL, date(2026, 4, 30))[0] == april


@pytest.mark.parametrize("is_first", [True, False])
def test_the_daily_run_asks_what_it_would_have_asked_without(
    tmp_path: Path, is_first: bool
) -> None:
    asked, rows = [], []
    for has_backfill in (False, True):
        platform = empty_platform()
        advertise(platform, "SEARCH")
        with RecordingGoogleAds(platform) as simulator:
            ads = AdsCompany(simulator, tmp_path / str(has_backfill))
            if not is_first:
                ads.pull()
            if has_backfill:
                # Days that the daily run has read, the last of them, and none between.
                assert ads.backfill("2026-04-01", "2026-04-30").exit_code == 0
                assert ads.backfill("2026-10-30", "2026-10-30", "--by", "day").exit_code == 0
            platform.clock.advance(timedelta(days=3))
            simulator.queries.clear()
            ads.pull()
            asked.append(simulator.queries)
            rows.append(ads.delivered())
            assert ads.delivered() == ads.told()
    assert asked[0] == asked[1]
    assert rows[0] == rows[1]


def test_days_that_are_not_told_are_refused_before_anything_is_read(ads: Google) -> None:
    refused = ads.backfill("2026-02-01", "2026-11-30")
    assert refused.exit_code == 1
    # It is the first of November in Berlin and still October in Los Angeles.
    assert "2026-02-01 is before 2026-03-01: options.start_date begins there" in refused.output
    assert "2026-11-30 is after 2026-10-30: it is the last day that is over" in refused.output
    assert "Days from 2026-03-01 to 2026-10-30 can be read again" in refused.output
    assert ads.google.months() == []
    assert ads.state.unfinished_backfills() == []


def test_before_the_platforms_limit(tmp_path: Path) -> None:
    platform = Platform()
    advertise(platform, "OUTCOME_LEADS")
    with MetaAdsSimulator(platform) as simulator:
        ads = AdsCompany(simulator, tmp_path, {"start_date": "2020-01-01"})
        refused = ads.backfill("2021-01-01", "2021-01-31")
        assert refused.exit_code == 1
        assert "2021-01-01 is before 2023-10-02: the platform tells no day before" in refused.output


def test_everything_wrong_with_the_command_is_said_at_once(ads: Google) -> None:
    ads.more_sources = {
        "crm_export": {
            "loader": "file_drop",
            "options": {"folder": "."},
            "datasets": {
                "products": {
                    "entity": "products",
                    "files": "products.csv",
                    "optional": True,
                    "columns": {"product_id": "id", "product_name": "name"},
                }
            },
        },
    }
    ads.write()
    wrong = ads.command("backfill", "adz", "--from", "2026-13-01", "--to", "soon")
    assert wrong.exit_code == 2, wrong.output
    assert "'adz' is no source in sources.yml (did you mean 'ads'?)" in wrong.output
    assert "these can be backfilled: ads\n" in wrong.output
    assert "--from is '2026-13-01'; give a day such as" in wrong.output
    assert "--to is 'soon'" in wrong.output
    assert ads.backfill("2026-05-02", "2026-05-01").exit_code == 2
    said = ads.command("backfill", "crm_export", "--from", "2026-04-01", "--to", "2026-04-30")
    assert said.exit_code == 2
    assert "crm_export cannot be backfilled" in said.output
    assert "reads whole files" in said.output
    without = ads.backfill("2026-04-01", "2026-04-30", "--object", "Opportunity")
    assert without.exit_code == 2
    assert "ads has no objects: its loader is google_ads; leave out --object" in without.output


def test_refused_credentials_are_said_without_a_secret(ads: Google) -> None:
    ads.environment["GOOGLE_ADS_REFRESH_TOKEN"] = "planted-secret"  # noqa: S105
    said = ads.backfill("2026-04-01", "2026-04-30")
    assert said.exit_code == 1
    assert "GOOGLE_ADS_REFRESH_TOKEN" in said.output
    assert "planted" not in said.output


def test_one_run_at_a_time(ads: Google) -> None:
    with run_lock(ads.settings.lock_path):
        assert ads.backfill("2026-04-01", "2026-04-30").exit_code == 4
    assert ads.google.queries == []


def test_doctor_forgets_a_backfill_that_is_half_done(ads: Google) -> None:
    ads.google.use_up(left=ASKED_FIRST + ASKED_OF_SLICE + 1)
    ads.backfill("2026-04-01", "2026-05-31")
    cleared = ads.command("doctor", "--clear")
    assert cleared.exit_code == 0, cleared.output
    assert "1 backfills forgotten" in cleared.output
    ads.platform.clock.advance(timedelta(days=1))
    ads.google.queries.clear()
    ads.backfill("2026-04-01", "2026-05-31")
    assert ads.google.months() == ["2026-04", "2026-05"]


@pytest.mark.slow
def test_the_next_run_ingests_what_changed(ads: Google) -> None:
    _ingest(ads)
    assert _raw(ads) != ads.told()
    assert ads.backfill("2026-04-01", "2026-09-30").exit_code == 0
    _ingest(ads)
    assert _raw(ads) == ads.told()


def _ingest(ads: Google) -> None:
    process = ads.process("run", "--select", "raw_file_drop/ad_spend", "--no-publish")
    text, _ = process.communicate(timeout=240)
    assert process.returncode == 0, text


def _raw(ads: Google) -> dict[tuple[str, str, date], tuple[Decimal, int, int]]:
    with duckdb.connect(str(ads.settings.warehouse_path), read_only=True) as connection:
        rows = connection.execute(
            "select platform_account_id, campaign_id, spend_date, spend, impressions, clicks "
            "from raw_file_drop.ad_spend"
        ).fetchall()
    return {row[:3]: row[3:] for row in rows}


def test_doctor_lets_the_next_run_read_all_days_again(ads: Google) -> None:
    assert "reads all of ads again" in ads.command("doctor", "--read-again", "ads").output
    ads.pull()
    assert ads.google.months()[0] == "2026-03"
    assert ads.delivered() == ads.told()


def test_what_was_delivered_and_not_remembered_is_read_once_more(
    ads: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember = StateStore.save_slice_read

    def stop_at_may(store: StateStore, read: BackfillSlice) -> None:
        if read.first_date.month == 5:
            raise OSError("the disk is away")
        remember(store, read)

    with monkeypatch.context() as patched:
        patched.setattr(StateStore, "save_slice_read", stop_at_may)
        assert ads.backfill("2026-04-01", "2026-09-30").exit_code == 1
    assert [run.status for run in ads.state.runs()] == ["failed"]
    ads.google.queries.clear()
    assert ads.backfill("2026-04-01", "2026-09-30").exit_code == 0
    assert ads.google.months()[0] == "2026-05"
    assert ads.delivered() == ads.told()
