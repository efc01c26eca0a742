"""The real connector meets the simulated LinkedIn; `CONCORD_PROPERTY_SEEDS=100:130` runs more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors import limits
from orchestration.connectors.errors import CredentialsRefused, StopForToday
from orchestration.connectors.linkedin_ads import pull as linkedin_pull
from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.life import Life
from sample_company.simulators.advertising.platform import Account, Campaign
from sample_company.simulators.linkedin_ads.sample import empty_platform, sample_platform
from sample_company.simulators.linkedin_ads.simulator import (
    LinkedInAdsSimulator,
    server_error,
    too_many_requests,
)
from sample_company.story import tell_story
from tests.connectors.simulated.ads_meeting import AdsMeeting, Rules
from tests.connectors.simulated.test_property import _seeds

RULES = Rules(
    engagements=lambda figures: 2 * figures.clicks,
    reach=lambda impressions, days: impressions * 10 // (12 + days),
)


class LinkedInMeeting(AdsMeeting):
    """LinkedIn's kind of a campaign is its type, and all that the simulator has are of one."""

    simulator: LinkedInAdsSimulator

    def kind_of(self, kind: str) -> str:
        return "SPONSORED_UPDATES"


def meet(simulator: LinkedInAdsSimulator, home: Path, **options: Any) -> LinkedInMeeting:
    tokens = simulator.tokens
    variables = {
        "LINKEDIN_ADS_CLIENT_ID": tokens.client_id,
        "LINKEDIN_ADS_CLIENT_SECRET": tokens.client_secret,
        "LINKEDIN_ADS_REFRESH_TOKEN": tokens.refresh_token,
    }
    options["token_url"] = f"{simulator.url}/oauth/v2/accessToken"
    return LinkedInMeeting("linkedin_ads", simulator, home, variables, RULES, options)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ATTEMPTS", 20)


@pytest.fixture
def young(tmp_path: Path) -> Iterator[LinkedInMeeting]:
    platform = empty_platform()
    platform.add_account("Velmora", "EUR", "UTC", account_id="200")
    platform.add_account("Velmora US", "USD", "UTC", account_id="201")
    with LinkedInAdsSimulator(platform) as simulator:
        windows = ["week", "month"]
        yield meet(simulator, tmp_path, start_date="2026-09-20", reach_windows=windows)


def spent(young: LinkedInMeeting, days: int = 6) -> tuple[Account, Campaign]:
    """A campaign that spent on each of the last days, pulled."""
    account = young.platform.accounts["200"]
    campaign = young.platform.add_campaign(account, "Guide", "LEAD_GENERATION")
    for number in range(1, days + 1):
        day = young.platform.today(account) - timedelta(days=number)
        young.platform.tell(campaign, day, Figures(Decimal(5), 90, 9, Decimal(2), Decimal(7)))
    young.clean_pull()
    assert young.assert_equal() == days
    return account, campaign


def test_the_sample_companys_spend_row_by_row(tmp_path: Path) -> None:
    with LinkedInAdsSimulator(sample_platform()) as simulator:
        windows = ["week", "month"]
        young = meet(simulator, tmp_path, start_date="2023-11-01", reach_windows=windows)
        young.clean_pull()
        assert young.assert_equal() > 300
        weeks = [week for week in tell_story().ad_weeks if week.platform == "linkedin_ads"]
        columns = "campaign_name, source_field, currency_code, platform_time_zone"
        assert young.rows(f"distinct {columns}") == [
            ("Guide for finance chiefs", "SPONSORED_UPDATES", "USD", "UTC")
        ]
        spend, impressions, clicks = young.rows("sum(spend), sum(impressions), sum(clicks)")[0]
        assert spend == sum(week.spend for week in weeks)
        assert impressions == sum(week.impressions for week in weeks)
        assert clicks == sum(week.clicks for week in weeks)
        assert young.asked_with_nothing_new() <= 10
        assert set(young.clean_pull(is_full=True).changed.values()) == {0}
        young.assert_replay_is_identical()
        written = young.everything_written()
        for secret in (simulator.tokens.client_secret, simulator.tokens.refresh_token):
            assert secret.encode() not in written


@pytest.mark.parametrize("seed", _seeds())
def test_whatever_is_restated_the_newest_pull_is_the_truth(
    young: LinkedInMeeting, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(young.platform, seed, ("LEAD_GENERATION", "BRAND_AWARENESS"))
    young.options |= {"days_at_once": (7, 90)[seed % 2]}
    if seed // 2 % 2:
        # So few that answers are cut and their days are halved.
        young.simulator.most_elements = 60
        monkeypatch.setattr(linkedin_pull, "ELEMENTS_AT_MOST", 60)
    harms = [
        server_error(500), server_error(503), server_error(504), young.simulator.tokens_die(),
        too_many_requests(), too_many_requests("Too many metric values in a 5 minute window"),
    ]  # fmt: skip
    young.live(seed, life, harms)


def test_a_token_that_ends_in_the_middle_is_renewed_and_a_plain_one_is_red(
    young: LinkedInMeeting,
) -> None:
    spent(young)
    simulator = young.simulator
    young.platform.clock.advance(timedelta(days=1))
    simulator.faults.plan(simulator.tokens_die(), "adAnalytics", at=2)
    young.clean_pull()
    assert simulator.count("accessToken") == 3
    young.variables = {"LINKEDIN_ADS_ACCESS_TOKEN": simulator.tokens.issue()}
    young.clean_pull()
    for end, words in (
        (simulator.tokens.expire_all, "the access token has expired"),
        (simulator.tokens.revoke_all, "the access token was revoked"),
    ):
        end()
        with pytest.raises(CredentialsRefused, match=words):
            young.pull()
    young.variables["LINKEDIN_ADS_ACCESS_TOKEN"] = "never-was-one"  # noqa: S105
    with pytest.raises(CredentialsRefused, match="the access token is not valid"):
        young.pull()
    young.assert_equal()


def test_an_account_that_does_not_add_up_is_red(young: LinkedInMeeting) -> None:
    account, _ = spent(young)
    day = young.platform.today(account) - timedelta(days=2)
    young.platform.tell_apart(account, day, Decimal("0.01"))
    named = (f"account {account.id}: on {day}", "adds up to 5", "tells 5.01")
    young.assert_red_until_mended(
        named, lambda: young.platform.tell_apart(account, day, Decimal(0))
    )


@pytest.mark.parametrize(
    ("field", "value", "was"),
    [
        ("costInLocalCurrency", {"amount": "5"}, "a number"),
        ("impressions", 9.5, "a whole number"),
        ("clicks", "nine", "a whole number"),
        ("totalEngagements", None, "a whole number"),
        ("externalWebsiteConversions", "two", "a number"),
        ("pivotValues", "urn:li:sponsoredCampaign:1", "a list"),
        ("pivotValues", ["urn:li:campaign:1"], "one urn:li:sponsoredCampaign"),
        ("approximateMemberReach", "many", "a whole number"),
        ("name", {"localized": "a"}, "a text"),
    ],
)
def test_a_type_that_changes_is_red(
    young: LinkedInMeeting, field: str, value: Any, was: str
) -> None:
    account, _ = spent(young, days=40)
    young.simulator.shape.change(field, lambda _: value)
    named = (f"account {account.id}: ", f"field {field} is ", f"and was {was}")
    young.assert_red_until_mended(named, young.simulator.shape.restore)


@pytest.mark.parametrize(
    "field",
    [
        "dateRange", "pivotValues", "costInLocalCurrency", "impressions", "clicks",
        "totalEngagements", "externalWebsiteConversions", "approximateMemberReach",
        "name", "type", "id",
    ],
)  # fmt: skip
def test_a_field_that_vanishes_is_red(young: LinkedInMeeting, field: str) -> None:
    account, _ = spent(young, days=40)
    young.simulator.shape.drop(field)
    field = {"dateRange": "dateRange.start.year"}.get(field, field)
    named = (f"account {account.id}: ", f"field {field} is not there")
    young.assert_red_until_mended(named, young.simulator.shape.restore)


def test_a_new_field_is_no_matter(young: LinkedInMeeting) -> None:
    spent(young)
    young.simulator.shape.add("newField", 7)
    young.clean_pull()
    young.assert_equal()


def test_a_status_that_nobody_knows_is_red(young: LinkedInMeeting) -> None:
    account, campaign = spent(young)

    def mend() -> None:
        account.status = campaign.status = None

    account.status = "FROZEN"
    named = (f"account {account.id}: ", 'field status is "FROZEN"', "was one of ACTIVE")
    young.assert_red_until_mended(named, mend)
    campaign.status = "HIBERNATING"
    named = (
        f"account {account.id}: campaign {campaign.id}: ",
        'field status is "HIBERNATING"',
        "was one of ACTIVE, PAUSED",
    )
    young.assert_red_until_mended(named, mend)


def test_rights_that_are_lost_are_red(young: LinkedInMeeting) -> None:
    account, _ = spent(young)

    def mend() -> None:
        account.is_open = True

    account.is_open = False
    named = (f"account {account.id}: nothing is told", "r_ads_reporting")
    young.assert_red_until_mended(named, mend)


def test_a_used_up_day_stops_and_the_next_one_goes_on(young: LinkedInMeeting) -> None:
    spent(young)
    young.platform.clock.advance(timedelta(days=1))
    young.simulator.use_up(left=3)
    asked = young.simulator.count("/rest/")
    with pytest.raises(StopForToday, match="until midnight UTC"):
        young.pull()
    assert young.simulator.count("/rest/") - asked == 4
    assert young.waits == []
    young.platform.clock.advance(timedelta(days=1))
    young.clean_pull()
    young.assert_equal()
