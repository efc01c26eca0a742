"""A client that nobody here wrote, Meta's own, understands everything the simulator says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from sample_company.simulators.meta_ads.insights import FIELDS
from sample_company.simulators.meta_ads.sample import empty_platform
from sample_company.simulators.meta_ads.simulator import MetaAdsSimulator
from tests.sample_company.simulators.test_meta_ads import OCTOBER, Advertiser


@pytest.fixture
def velmora() -> Iterator[Advertiser]:
    with MetaAdsSimulator(empty_platform()) as running:
        yield Advertiser(running)


@pytest.fixture
def api(velmora: Advertiser, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(FacebookSession, "GRAPH", velmora.simulator.url)
    return FacebookAdsApi(FacebookSession(access_token=velmora.simulator.token))


DAILY = {"level": "campaign", "time_increment": 1, "time_range": OCTOBER, "limit": 2}


def test_it_reads_insights_over_pages(velmora: Advertiser, api: Any) -> None:
    rows = list(AdAccount("act_42", api=api).get_insights(fields=["spend"], params=DAILY))
    assert [type(row) for row in rows] == [AdsInsights] * 3
    assert sum(Decimal(row["spend"]) for row in rows) == Decimal("15.75")
    assert velmora.simulator.count("GET .*/insights") == 2


def test_it_knows_every_field(velmora: Advertiser, api: Any) -> None:
    assert set(FIELDS) <= {
        value for name, value in vars(AdsInsights.Field).items() if not name.startswith("_")
    }
    params = DAILY | {"level": "ad", "action_attribution_windows": ["7d_click", "1d_view"]}
    row = AdAccount("act_42", api=api).get_insights(fields=list(FIELDS), params=params)[0]
    assert (row["ad_id"], row["adset_id"]) == (velmora.guide.ads[0].id, f"{velmora.guide.id}90")
    (click, lead) = row["actions"]
    assert (click["action_type"], click["value"], click["7d_click"]) == ("link_click", "6", "6")
    assert lead["value"] == "4"


def test_it_runs_a_job_to_its_end(velmora: Advertiser, api: Any) -> None:
    velmora.simulator.jobs.polls_needed = 2
    job = AdAccount("act_42", api=api).get_insights(
        fields=["campaign_id", "spend"], params=DAILY, is_async=True
    )
    assert type(job) is AdReportRun
    states = []
    while not states or states[-1] != "Job Completed":
        job = job.api_get()
        states.append(job[AdReportRun.Field.async_status])
    assert states == ["Job Not Started", "Job Completed"]
    assert job[AdReportRun.Field.async_percent_completion] == 100
    rows = list(job.get_insights(params={"limit": 1}))
    assert [row["spend"] for row in rows] == ["10.75", "3.00", "2.00"]


def test_it_reads_accounts_and_edges(velmora: Advertiser, api: Any) -> None:
    fields = ["currency", "timezone_name", "account_status"]
    (listed,) = User("me", api=api).get_ad_accounts(fields=fields)
    account = AdAccount("act_42", api=api).api_get(fields=fields)
    for found in (listed, account):
        assert (found["currency"], found["timezone_name"]) == ("GBP", "Europe/London")
        assert found["account_status"] == 1
    velmora.platform.remove(velmora.test)
    assert [each["name"] for each in account.get_campaigns(fields=["name"])] == ["Guide"]
    states = {"effective_status": ["ACTIVE", "DELETED"]}
    named = account.get_campaigns(fields=["name", "effective_status"], params=states)
    assert {each["name"]: each["effective_status"] for each in named} == {
        "Guide": "ACTIVE", "Test": "DELETED",
    }  # fmt: skip
    assert len(list(account.get_ads(fields=["id"]))) == 2
    assert len(list(account.get_ad_sets(fields=["id"]))) == 1


def test_it_understands_refusals(velmora: Advertiser, api: Any) -> None:
    account = AdAccount("act_42", api=api)
    velmora.simulator.limits.use_up("42", minutes=9)
    with pytest.raises(FacebookRequestError) as refused:
        account.get_insights(params=DAILY)
    error = refused.value
    assert (error.http_status(), error.api_error_code()) == (400, 80000)
    assert error.api_error_subcode() == 2446079
    (usage,) = json.loads(error.http_headers()["X-Business-Use-Case-Usage"])["42"]
    assert usage["estimated_time_to_regain_access"] == 9
    velmora.simulator.token_problem = 463
    with pytest.raises(FacebookRequestError) as refused:
        account.api_get()
    assert (refused.value.api_error_code(), refused.value.api_error_subcode()) == (190, 463)
    assert refused.value.api_error_type() == "OAuthException"
