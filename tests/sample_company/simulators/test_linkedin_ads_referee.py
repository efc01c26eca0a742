"""A client that nobody here wrote, LinkedIn's own, asks in Rest.li 2.0 and is understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.restli import client as restli
from linkedin_api.common import constants

from sample_company.simulators.linkedin_ads.sample import empty_platform
from sample_company.simulators.linkedin_ads.simulator import LinkedInAdsSimulator
from tests.sample_company.simulators.test_linkedin_ads import Advertiser

SPAN = {
    "start": {"year": 2026, "month": 10, "day": 1},
    "end": {"year": 2026, "month": 10, "day": 31},
}
VERSION = "202610"


@pytest.fixture
def velmora() -> Iterator[Advertiser]:
    with LinkedInAdsSimulator(empty_platform()) as running:
        yield Advertiser(running)


@pytest.fixture
def official(velmora: Advertiser, monkeypatch: pytest.MonkeyPatch) -> Any:
    url = velmora.simulator.url
    monkeypatch.setattr(constants, "OAUTH_BASE_URL", f"{url}/oauth/v2")
    monkeypatch.setattr(constants, "VERSIONED_BASE_URL", f"{url}/rest")
    return restli.RestliClient()


def finder(velmora: Advertiser, official: Any, path: str, name: str, **query: Any) -> Any:
    token = velmora.client.headers["Authorization"].removeprefix("Bearer ")
    return official.finder(
        resource_path=path,
        finder_name=name,
        query_params=query,
        access_token=token,
        version_string=VERSION,
    )


def test_it_reads_analytics(velmora: Advertiser, official: Any) -> None:
    answer = finder(
        velmora, official, "/adAnalytics", "analytics",
        pivot="CAMPAIGN", timeGranularity="DAILY", dateRange=SPAN,
        accounts=["urn:li:sponsoredAccount:42"], fields="costInLocalCurrency,pivotValues",
    )  # fmt: skip
    assert answer.status_code == 200
    assert [each["costInLocalCurrency"] for each in answer.elements] == ["10.7500000000000042", "2"]
    assert answer.paging.start == 0


def test_it_reads_ads_beside_their_campaigns(velmora: Advertiser, official: Any) -> None:
    answer = finder(
        velmora, official, "/adAnalytics", "statistics",
        pivots=["CAMPAIGN", "CREATIVE"], timeGranularity="DAILY", dateRange=SPAN,
        accounts=["urn:li:sponsoredAccount:42"], fields="costInLocalCurrency,pivotValues",
    )  # fmt: skip
    assert answer.status_code == 200
    campaign, ad = answer.elements[0]["pivotValues"]
    assert campaign == f"urn:li:sponsoredCampaign:{velmora.guide.id}"
    assert ad == f"urn:li:sponsoredCreative:{velmora.guide.ads[0].id}"


def test_it_asks_for_more_campaigns_than_an_address_holds(
    velmora: Advertiser, official: Any
) -> None:
    urns = [f"urn:li:sponsoredCampaign:{number}" for number in range(200)]
    answer = finder(
        velmora, official, "/adAnalytics", "analytics",
        pivot="CAMPAIGN", timeGranularity="DAILY", dateRange=SPAN,
        campaigns=[*urns, f"urn:li:sponsoredCampaign:{velmora.talk.id}"],
    )  # fmt: skip
    assert answer.elements == [{"impressions": 13, "clicks": 1}]
    assert velmora.simulator.count("POST /rest/adAnalytics") == 1


def test_it_searches(velmora: Advertiser, official: Any) -> None:
    velmora.platform.remove(velmora.talk)
    answer = finder(velmora, official, "/adAccounts", "search",
                    search={"status": {"values": ["ACTIVE"]}, "test": False})  # fmt: skip
    assert [each["id"] for each in answer.elements] == [42]
    answer = finder(velmora, official, "/adAccounts/42/adCampaigns", "search",
                    search={"status": {"values": ["ACTIVE", "REMOVED"]}}, pageSize=1)  # fmt: skip
    following = answer.response.json()["metadata"]["nextPageToken"]
    answer = finder(velmora, official, "/adAccounts/42/adCampaigns", "search",
                    search={"status": {"values": ["ACTIVE", "REMOVED"]}}, pageSize=1,
                    pageToken=following)  # fmt: skip
    assert [(each["name"], each["status"]) for each in answer.elements] == [("Talk", "REMOVED")]


def test_it_renews_a_token(velmora: Advertiser, official: Any) -> None:
    tokens = velmora.simulator.tokens
    client = AuthClient(tokens.client_id, tokens.client_secret)
    given = client.exchange_refresh_token_for_access_token(tokens.refresh_token)
    assert given.expires_in == 5_184_000
    answer = official.get(
        resource_path="/adAccounts/{id}",
        path_keys={"id": 42},
        access_token=given.access_token,
        version_string=VERSION,
    )
    assert answer.entity["currency"] == "GBP"


def test_it_reads_refusals(velmora: Advertiser, official: Any) -> None:
    velmora.simulator.tokens.expire_all()
    answer = finder(velmora, official, "/adAccounts", "search")
    assert answer.status_code == 401
    assert answer.response.json()["code"] == "EXPIRED_ACCESS_TOKEN"
