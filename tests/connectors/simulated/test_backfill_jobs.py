"""Dagster's partitions read months of a platform again, and share their notes with the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration.dagster_home import dagster_instance
from orchestration.definitions import DAILY_JOB, build_definitions
from orchestration.ingest.backfill_job import build_month_jobs
from orchestration.steps import release_home
from sample_company.simulators.google_ads.sample import empty_platform
from tests.connectors.simulated.ads_company import (
    AdsCompany,
    RecordingGoogleAds,
    advertise,
    between,
    restate,
)


@contextmanager
def restated(folder: Path) -> Iterator[tuple[AdsCompany, RecordingGoogleAds]]:
    """A home that has read everything, before three months were told otherwise."""
    platform = empty_platform()
    campaigns = advertise(platform, "SEARCH")
    with RecordingGoogleAds(platform) as simulator:
        ads = AdsCompany(simulator, folder, {"start_date": "2026-03-15"})
        ads.pull()
        restate(platform, campaigns, date(2026, 3, 15), date(2026, 5, 31))
        simulator.queries.clear()
        yield ads, simulator


def run_month(ads: AdsCompany, month: str) -> dg.ExecuteInProcessResult:
    """What Dagster does with a partition of a range that somebody launched."""
    (job,) = build_month_jobs(ads.settings, ads.company)
    try:
        with dagster_instance(ads.settings) as instance:
            result = job.execute_in_process(
                partition_key=month, instance=instance, raise_on_error=False
            )
            run = instance.get_run_by_id(result.run_id)
            assert run is not None
            assert run.tags["dagster/partition"] == month
            return result
    finally:
        release_home(ads.settings)


def test_two_partitions_give_what_the_command_gives(tmp_path: Path) -> None:
    with restated(tmp_path / "command") as (ads, _):
        assert ads.backfill("2026-04-01", "2026-05-31").exit_code == 0
        by_command, cursors = ads.delivered(), ads.state.connector_objects()
    with restated(tmp_path / "dagster") as (ads, _):
        for month in ("2026-05-01", "2026-04-01"):
            assert run_month(ads, month).success
        assert ads.delivered() == by_command
        assert ads.state.connector_objects() == cursors
        inside = between(ads.told(), date(2026, 4, 1), date(2026, 5, 31))[0]
        assert between(by_command, date(2026, 4, 1), date(2026, 5, 31))[0] == inside
        assert [run.kind for run in ads.state.runs()] == ["backfill", "backfill"]


def test_a_partition_that_is_run_again_reads_again(tmp_path: Path) -> None:
    with restated(tmp_path) as (ads, google):
        assert run_month(ads, "2026-04-01").success
        account = ads.platform.accounts["1112223334"]
        (campaign,) = ads.platform.campaigns_of(account)
        ads.platform.tell(campaign, date(2026, 4, 9), None)
        google.queries.clear()
        again = run_month(ads, "2026-04-01")
        assert google.months() == ["2026-04"]
        assert again.output_for_node("read_month_of_ads")["rows_changed"] == 1


def test_the_first_month_begins_with_the_company(tmp_path: Path) -> None:
    with restated(tmp_path) as (ads, google):
        assert run_month(ads, "2026-03-01").success
        (_, query) = google.queries[-1]
        assert "'2026-03-15' AND '2026-03-31'" in query


def test_the_command_and_partitions_share_what_is_read(tmp_path: Path) -> None:
    with restated(tmp_path) as (ads, google):
        google.use_up(left=3)
        assert ads.backfill("2026-04-01", "2026-05-31").exit_code == 1
        google.use_up(left=15_000)
        assert run_month(ads, "2026-04-01").success
        assert "1 of 2 slices read" in ads.command("status").output
        google.queries.clear()
        assert ads.backfill("2026-04-01", "2026-05-31").exit_code == 0
        assert google.months() == ["2026-05"]


def test_a_partition_that_fails_says_why_and_can_be_run_again(tmp_path: Path) -> None:
    with restated(tmp_path) as (ads, google):
        before = ads.delivered()
        google.tokens.refresh_token = "another"  # noqa: S105
        failed = run_month(ads, "2026-04-01")
        assert not failed.success
        said = [event.step_failure_data for event in failed.all_events if event.is_step_failure]
        words = said[0].user_failure_data
        assert words is not None
        assert "GOOGLE_ADS_REFRESH_TOKEN" in (words.description or "")
        assert ads.delivered() == before
        google.tokens.refresh_token = ads.variables["GOOGLE_ADS_REFRESH_TOKEN"]
        assert run_month(ads, "2026-04-01").success
        assert ads.command("doctor").exit_code == 0


@pytest.mark.slow
def test_definitions_have_a_partitioned_job_per_source_and_a_daily_job_without(
    tmp_path: Path,
) -> None:
    with restated(tmp_path) as (ads, _):
        definitions = build_definitions(ads.settings)
        dg.Definitions.validate_loadable(definitions)
        job = definitions.resolve_job_def("backfill_ads")
        assert job.partitions_def is not None
        assert job.partitions_def.get_first_partition_key() == "2026-03-01"
        daily = definitions.resolve_job_def(DAILY_JOB)
        assert daily.partitions_def is None
        assert not [name for name in daily.graph.node_dict if "month" in name or "again" in name]
