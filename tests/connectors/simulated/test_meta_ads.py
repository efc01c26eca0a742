"""The real connector meets the simulated Meta; `CONCORD_PROPERTY_SEEDS=100:130` runs more seeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors import limits
from orchestration.connectors.ads.windows import months_before
from orchestration.connectors.errors import CredentialsRefused, FixConfiguration, StopForToday
from sample_company.simulators import faults
from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.life import Life
from sample_company.simulators.advertising.platform import Account, Campaign
from sample_company.simulators.meta_ads.sample import empty_platform, sample_platform
from sample_company.simulators.meta_ads.simulator import (
    LESS_DATA,
    TOO_MUCH_DATA,
    MetaAdsSimulator,
    server_error,
    too_many_calls,
)
from sample_company.story import tell_story
from tests.connectors.simulated.ads_meeting import AdsMeeting, Rules
from tests.connectors.simulated.test_property import _seeds

RULES = Rules(
    engagements=lambda figures: 2 * figures.clicks,
    reach=lambda impressions, days: max(1, impressions * 10 // (12 + days)),
    first_told=lambda today: months_before(today, 37) + timedelta(days=1),
)


def meet(simulator: MetaAdsSimulator, home: Path, **options: Any) -> AdsMeeting:
    simulator.app_secret = "planted-app-secret"  # noqa: S105
    variables = {
        "META_ADS_ACCESS_TOKEN": simulator.token,
        "META_ADS_APP_SECRET": simulator.app_secret,
    }
    return AdsMeeting("meta_ads", simulator, home, variables, RULES, options)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ATTEMPTS", 20)


@pytest.fixture
def young(tmp_path: Path) -> Iterator[AdsMeeting]:
    platform = empty_platform()
    platform.add_account("Velmora", "EUR", "Europe/Berlin", account_id="300")
    platform.add_account("Velmora US", "USD", "America/Los_Angeles", account_id="400")
    with MetaAdsSimulator(platform) as simulator:
        windows = ["week", "month"]
        yield meet(simulator, tmp_path, start_date="2026-09-20", reach_windows=windows)


def spent(young: AdsMeeting, days: int = 6) -> tuple[Account, Campaign]:
    """A campaign that spent on each of the last days, pulled."""
    account = young.platform.accounts["300"]
    campaign = young.platform.add_campaign(account, "Leads", "OUTCOME_LEADS")
    for number in range(1, days + 1):
        day = young.platform.today(account) - timedelta(days=number)
        young.platform.tell(campaign, day, Figures(Decimal(5), 90, 9, Decimal(2), Decimal(7)))
    young.clean_pull()
    assert young.assert_equal() == days
    return account, campaign


def test_the_sample_companys_spend_row_by_row(tmp_path: Path) -> None:
    with MetaAdsSimulator(sample_platform()) as simulator:
        windows = ["week", "month", "quarter"]
        young = meet(simulator, tmp_path, start_date="2023-11-01", reach_windows=windows)
        young.clean_pull()
        assert young.assert_equal() > 300
        weeks = [week for week in tell_story().ad_weeks if week.platform == "meta_ads"]
        columns = "campaign_name, source_field, currency_code, platform_time_zone"
        assert young.rows(f"distinct {columns}") == [
            ("Webinar invitations", "OUTCOME_LEADS", "GBP", "Europe/London")
        ]
        spend, impressions, clicks = young.rows("sum(spend), sum(impressions), sum(clicks)")[0]
        assert spend == sum(week.spend for week in weeks)
        assert impressions == sum(week.impressions for week in weeks)
        assert clicks == sum(week.clicks for week in weeks)
        assert young.asked_with_nothing_new() <= 10
        assert set(young.clean_pull(is_full=True).changed.values()) == {0}
        young.assert_replay_is_identical()
        assert simulator.token.encode() not in young.everything_written()


def test_days_that_are_told_no_more_keep_the_name_under_which_they_were_read(
    young: AdsMeeting,
) -> None:
    """37 months before 6 December 2026 is 6 November 2023; with a day of margin, the 7th."""
    account = young.platform.accounts["300"]
    campaign = young.platform.add_campaign(account, "Leads", "OUTCOME_LEADS")
    first = date(2023, 11, 3)
    for number in range(8):
        day = first + timedelta(days=number)
        young.platform.tell(campaign, day, Figures(Decimal("5.25"), 90, 9, Decimal(2), Decimal(7)))
    young.options |= {"start_date": str(first)}
    young.clean_pull()
    assert young.assert_equal() == 8
    spend = young.spend()
    young.platform.clock.advance(timedelta(days=35))
    assert young.platform.today(account) == date(2026, 12, 6)
    young.platform.rename(campaign, "Leads, corrected")
    note = "days before 2023-11-07 are not told any more; those that were read before are kept"
    assert any(note in text for text in young.clean_pull(is_full=True).notes)
    assert young.assert_equal() == 8
    names = {when.day: name for when, name in young.rows("spend_date, campaign_name")}
    assert names == dict.fromkeys(range(3, 7), "Leads") | dict.fromkeys(
        range(7, 11), "Leads, corrected"
    )
    assert young.spend() == spend
    young.assert_replay_is_identical()


@pytest.mark.parametrize("seed", _seeds())
def test_whatever_is_restated_the_newest_pull_is_the_truth(young: AdsMeeting, seed: int) -> None:
    life = Life(young.platform, seed, ("OUTCOME_LEADS", "OUTCOME_AWARENESS"))
    simulator = young.simulator
    assert isinstance(simulator, MetaAdsSimulator)
    simulator.jobs.polls_needed = 1 + seed % 3
    young.options |= {"days_at_once": (7, 90)[seed % 2], "sync_days": (31, 3)[seed // 2 % 2]}

    def set_problem(subcode: int | None) -> None:
        simulator.token_problem = subcode

    def job_ends_badly() -> None:
        simulator.jobs.fail_next, simulator.jobs.skip_next = life.random.choice(((1, 0), (0, 1)))

    harms = [
        server_error(1), server_error(2), too_many_calls(17), too_many_calls(80000, 5),
        too_many_calls(80004, 0), too_many_calls(613, 0), LESS_DATA, TOO_MUCH_DATA,
        faults.event("a job ends badly", job_ends_badly),
    ]  # fmt: skip
    if seed % 2:
        # It ends in the middle of a pull, and a person renews it before the next.
        harms.append(faults.event("the token expires", lambda: set_problem(463)))
    young.live(seed, life, harms, mend=lambda: set_problem(None))


def test_a_token_that_expires_in_the_middle_is_red_and_the_next_run_goes_on(
    young: AdsMeeting,
) -> None:
    spent(young)
    simulator = young.simulator
    assert isinstance(simulator, MetaAdsSimulator)
    young.platform.clock.advance(timedelta(days=1))

    def set_problem(subcode: int | None) -> None:
        simulator.token_problem = subcode

    simulator.faults.plan(faults.event("expires", lambda: set_problem(463)), at=4)
    with pytest.raises(CredentialsRefused, match="subcode 463.*it has expired"):
        young.pull()
    set_problem(None)
    young.clean_pull()
    young.assert_equal()


def test_the_proof_of_another_apps_secret_is_red(young: AdsMeeting) -> None:
    young.variables["META_ADS_APP_SECRET"] = "another-apps"  # noqa: S105
    with pytest.raises(FixConfiguration, match="Invalid appsecret_proof"):
        young.pull()
    del young.variables["META_ADS_APP_SECRET"]
    young.clean_pull()


def test_an_account_that_does_not_add_up_is_red(young: AdsMeeting) -> None:
    account, _ = spent(young)
    day = young.platform.today(account) - timedelta(days=2)
    young.platform.tell_apart(account, day, Decimal("0.01"))
    named = (f"account {account.id}: on {day}", "adds up to 5.00", "tells 5.01")
    young.assert_red_until_mended(
        named, lambda: young.platform.tell_apart(account, day, Decimal(0))
    )


@pytest.mark.parametrize(
    ("field", "value", "was"),
    [
        ("spend", {"amount": "5"}, "a number"),
        ("impressions", "9.5", "a whole number"),
        ("inline_link_clicks", None, "a whole number"),
        ("campaign_id", {"id": "7"}, "a text"),
        ("campaign_name", ["a"], "a text"),
        ("objective", {"a": 1}, "a text"),
        ("actions", "2", "a list"),
        ("date_start", "01/02/2026", "a day"),
        ("reach", "many", "a whole number"),
    ],
)
def test_a_type_that_changes_is_red(young: AdsMeeting, field: str, value: Any, was: str) -> None:
    account, _ = spent(young, days=40)
    shape = young.simulator.shape  # type: ignore[attr-defined]
    shape.change(field, lambda _: value)
    named = (f"account {account.id}: ", f"field {field} is ", f"and was {was}")
    young.assert_red_until_mended(named, shape.restore)


@pytest.mark.parametrize(
    "field",
    [
        "campaign_id", "campaign_name", "objective", "spend", "impressions",
        "inline_link_clicks", "inline_post_engagement", "actions", "date_start", "date_stop",
        "reach", "frequency",
    ],
)  # fmt: skip
def test_a_field_that_vanishes_is_red(young: AdsMeeting, field: str) -> None:
    account, _ = spent(young, days=40)
    shape = young.simulator.shape  # type: ignore[attr-defined]
    shape.drop(field)
    named = (f"account {account.id}: ", f"field {field} is not there")
    young.assert_red_until_mended(named, shape.restore)


def test_a_new_field_is_no_matter(young: AdsMeeting) -> None:
    spent(young)
    young.simulator.shape.add("new_field", "7")  # type: ignore[attr-defined]
    young.clean_pull()
    young.assert_equal()


def test_a_status_that_nobody_knows_is_red(young: AdsMeeting) -> None:
    account, campaign = spent(young)

    def mend() -> None:
        account.status = campaign.status = None

    account.status = "555"
    named = (f"account {account.id}: ", 'field account_status is "555"', "was one of 1, 2, 3")
    young.assert_red_until_mended(named, mend)
    campaign.status = "HIBERNATING"
    named = (
        f"account {account.id}: ", f"campaign {campaign.id}: field effective_status is "
        '"HIBERNATING"', "was one of ACTIVE, PAUSED",
    )  # fmt: skip
    young.assert_red_until_mended(named, mend)


def test_calls_that_are_used_up_for_hours_stop_and_the_next_day_goes_on(young: AdsMeeting) -> None:
    account, _ = spent(young)
    simulator = young.simulator
    assert isinstance(simulator, MetaAdsSimulator)
    young.platform.clock.advance(timedelta(days=1))
    simulator.limits.use_up(account.id, minutes=600)
    asked = simulator.count()
    with pytest.raises(StopForToday, match="comes back in 600 minutes"):
        young.pull()
    assert simulator.count() - asked <= 3
    assert young.waits == []
    young.platform.clock.advance(timedelta(days=1))
    young.clean_pull()
    young.assert_equal()
