"""Unique users of Google's campaigns by window, of the kinds that Google counts them for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.connectors import limits
from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.life import Life
from sample_company.simulators.google_ads.sample import empty_platform, sample_platform
from sample_company.simulators.google_ads.simulator import (
    GoogleAdsSimulator,
    server_error,
    too_many_requests,
)
from tests.connectors.simulated.ads_meeting import AdsMeeting
from tests.connectors.simulated.test_property import _seeds
from tests.connectors.simulated.worlds import google_meeting

WINDOWS = ["week", "month", "quarter"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ATTEMPTS", 20)


@pytest.fixture
def young(tmp_path: Path) -> Iterator[AdsMeeting]:
    platform = empty_platform()
    platform.add_account("Velmora", "EUR", "Europe/Berlin", account_id="1112223334")
    platform.add_account("Velmora US", "USD", "America/Los_Angeles", account_id="2223334445")
    with GoogleAdsSimulator(platform) as simulator:
        yield google_meeting(simulator, tmp_path, start_date="2026-07-01", reach_windows=WINDOWS)


def tell(young: AdsMeeting, kind: str, day: date, impressions: int) -> str:
    account = young.platform.accounts["1112223334"]
    campaign = young.platform.add_campaign(account, kind.title(), kind)
    young.platform.tell(campaign, day, Figures(Decimal(5), impressions, 9))
    return campaign.id


def reach(young: AdsMeeting) -> list[tuple[object, ...]]:
    columns = "entity_type, entity_id, window_start, window_end, reach, frequency"
    return young.rows(columns, "reach_windows")


def test_campaigns_whose_users_are_counted(young: AdsMeeting) -> None:
    day = date(2026, 9, 30)
    shown = [tell(young, kind, day, 900) for kind in ("DISPLAY", "VIDEO", "DEMAND_GEN")]
    app = tell(young, "MULTI_CHANNEL", day, 430)
    unseen = tell(young, "DISPLAY", day, 0)
    few = tell(young, "DISPLAY", day, 1)
    for kind in ("SEARCH", "PERFORMANCE_MAX"):
        tell(young, kind, day, 900)
    young.platform.clock.advance(timedelta(days=8))
    young.options["reach_windows"] = ["month"]
    result = young.clean_pull()
    [note] = result.notes
    assert "those of PERFORMANCE_MAX, SEARCH are skipped" in note
    window = (date(2026, 9, 1), date(2026, 10, 1))
    # 900 impressions in 30 days: 900 * 10 // 42 people, 4.205607 times each.
    expected = [("campaign", name, *window, 214, Decimal("4.205607")) for name in shown]
    expected.append(("campaign", app, *window, 102, Decimal("4.215686")))
    expected.append(("campaign", few, *window, None, None))
    assert reach(young) == sorted(expected)
    assert unseen not in {row[1] for row in reach(young)}
    young.assert_equal()


def test_a_quarter_is_the_longest_window(young: AdsMeeting) -> None:
    campaign = tell(young, "VIDEO", date(2026, 7, 2), 10_400)
    young.platform.clock.advance(timedelta(days=8))
    young.options["reach_windows"] = ["quarter"]
    young.clean_pull()
    # July to September has 92 days: 10,400 * 10 // 104.
    [row] = reach(young)
    assert row[1:5] == (campaign, date(2026, 7, 1), date(2026, 10, 1), 1000)


def test_the_sample_companys_reach(tmp_path: Path) -> None:
    with GoogleAdsSimulator(sample_platform()) as simulator:
        options = {"start_date": "2023-11-01", "reach_windows": ["week", "month"]}
        young = google_meeting(simulator, tmp_path, **options)
        young.clean_pull()
        assert young.assert_equal() > 300
        assert len(reach(young)) > 100
        assert set(young.clean_pull(is_full=True).changed.values()) == {0}
        young.assert_replay_is_identical()


@pytest.mark.parametrize("seed", _seeds())
def test_whatever_is_restated_the_newest_pull_is_the_truth(young: AdsMeeting, seed: int) -> None:
    life = Life(young.platform, seed, ("SEARCH", "DISPLAY", "PERFORMANCE_MAX", "VIDEO"))
    young.options["start_date"] = "2026-09-20"
    harms = [
        server_error(500),
        server_error(503),
        too_many_requests("RESOURCE_TEMPORARILY_EXHAUSTED"),
    ]
    young.live(seed, life, harms)


def test_users_that_are_told_no_more_or_in_another_type(young: AdsMeeting) -> None:
    tell(young, "DISPLAY", date(2026, 9, 30), 900)
    young.platform.clock.advance(timedelta(days=8))
    young.options["reach_windows"] = ["month"]
    young.clean_pull()
    shape = young.simulator.shape  # type: ignore[attr-defined]
    shape.change("metrics.uniqueUsers", lambda _: "many")
    young.assert_red_until_mended(["metrics.uniqueUsers", "many", "a whole number"], shape.restore)
    shape.drop("metrics.uniqueUsers")
    young.assert_red_until_mended(["field metrics.uniqueUsers is not there", "214"], shape.restore)


def test_without_a_window_nobody_asks_for_users(young: AdsMeeting) -> None:
    del young.options["reach_windows"]
    tell(young, "SEARCH", date(2026, 9, 30), 900)
    assert young.clean_pull().notes == []
    assert set(young.source.datasets) == {"ad_spend"}
