"""LinkedIn's accounts, campaigns, adAnalytics and refusals as documented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.linkedin_ads.analytics import FIELDS
from sample_company.simulators.linkedin_ads.sample import empty_platform
from sample_company.simulators.linkedin_ads.simulator import (
    LinkedInAdsSimulator,
    server_error,
    too_many_requests,
)
from tests.sample_company.simulators.ads_client import AdsClient
from tests.sample_company.simulators.plain_client import Answer

FIRST, SECOND = date(2026, 10, 29), date(2026, 10, 30)
ACCOUNTS = "accounts=List(urn%3Ali%3AsponsoredAccount%3A42)"
OCTOBER = "dateRange=(start:(year:2026,month:10,day:1),end:(year:2026,month:10,day:31))"
MONEY = "fields=costInLocalCurrency,costInUsd,pivotValues,dateRange"


class Advertiser:
    """An account in pounds with two campaigns, of two creatives and of one, and a client."""

    def __init__(self, simulator: LinkedInAdsSimulator) -> None:
        self.simulator, self.platform = simulator, simulator.platform
        self.account = self.platform.add_account(
            "Velmora", "GBP", "UTC", account_id="42", usd_rate=Decimal("1.25")
        )
        self.guide = self.platform.add_campaign(self.account, "Guide", "LEAD_GENERATION", ads=2)
        self.talk = self.platform.add_campaign(self.account, "Talk", "ENGAGEMENT")
        cost = Decimal("10.5000000000000042")
        self.platform.tell(self.guide, FIRST, Figures(cost, 130, 6, Decimal(4)), self.guide.ads[0])
        self.platform.tell(self.guide, FIRST, Figures(Decimal("0.25"), 13), self.guide.ads[1])
        self.platform.tell(self.talk, SECOND, Figures(Decimal(2), 13, 1))
        self.client = AdsClient(
            simulator.url,
            Authorization=f"Bearer {simulator.tokens.issue()}",
            LinkedIn_Version="202610",
            X_Restli_Protocol_Version="2.0.0",
        )

    def get(self, path: str, *query: str, **more: Any) -> Answer:
        return self.client.ask("GET", f"/rest/{path}?{'&'.join(query)}", **more)

    def analytics(self, *query: str, pivot: str = "CAMPAIGN", by: str = "DAILY") -> Answer:
        fixed = ("q=analytics", f"pivot={pivot}", f"timeGranularity={by}")
        return self.get("adAnalytics", *fixed, *query)

    def elements(self, *query: str, **more: str) -> list[dict[str, Any]]:
        answer = self.analytics(OCTOBER, ACCOUNTS, *query, **more)
        assert answer.status == 200, answer.body
        return list(answer.json["elements"])

    def error(self, *query: str) -> tuple[int, str]:
        answer = self.analytics(*query)
        assert answer.json["status"] == answer.status
        return answer.status, answer.json["code"]


@pytest.fixture
def velmora() -> Iterator[Advertiser]:
    with LinkedInAdsSimulator(empty_platform()) as running:
        yield Advertiser(running)


def test_costs_are_decimal_text_with_all_their_digits(velmora: Advertiser) -> None:
    first, second = velmora.elements(MONEY)
    assert first == {
        "costInLocalCurrency": "10.7500000000000042",
        "costInUsd": "13.43750000000000525",
        "pivotValues": [f"urn:li:sponsoredCampaign:{velmora.guide.id}"],
        "dateRange": {
            "start": {"month": 10, "day": 29, "year": 2026},
            "end": {"month": 10, "day": 29, "year": 2026},
        },
    }
    assert second["costInLocalCurrency"] == "2"
    assert velmora.elements()[0] == {"impressions": 143, "clicks": 6}, "what is told unasked"


def test_pivots_and_granularities(velmora: Advertiser) -> None:
    creatives = velmora.elements("fields=pivotValues,impressions", pivot="CREATIVE")
    assert [each["impressions"] for each in creatives] == [130, 13, 13]
    assert creatives[0]["pivotValues"] == [f"urn:li:sponsoredCreative:{velmora.guide.ads[0].id}"]
    (account,) = velmora.elements(MONEY, pivot="ACCOUNT", by="ALL")
    assert account["costInLocalCurrency"] == "12.7500000000000042"
    assert account["dateRange"]["start"]["day"] == 1
    velmora.platform.tell_apart(velmora.account, SECOND, Decimal("0.01"))
    (account,) = velmora.elements(MONEY, pivot="ACCOUNT", by="ALL")
    assert account["costInLocalCurrency"] == "12.7600000000000042"
    (only,) = velmora.elements(f"campaigns=List(urn%3Ali%3AsponsoredCampaign%3A{velmora.talk.id})")
    assert only["impressions"] == 13


def test_reach_does_not_add_up(velmora: Advertiser) -> None:
    velmora.platform.tell(velmora.talk, FIRST, Figures(Decimal(2), 130, 1))
    days = velmora.elements("fields=approximateMemberReach,pivotValues")
    whole = velmora.elements("fields=approximateMemberReach,pivotValues", by="ALL")
    of = [each["approximateMemberReach"] for each in days
          if each["pivotValues"][0].endswith(velmora.talk.id)]  # fmt: skip
    assert 0 < whole[-1]["approximateMemberReach"] < sum(of)


def test_elements_are_cut_without_a_word(velmora: Advertiser) -> None:
    velmora.simulator.most_elements = 1
    answer = velmora.analytics(OCTOBER, ACCOUNTS).json
    assert len(answer["elements"]) == 1
    assert answer["paging"] == {"start": 0, "count": 10, "links": []}


def test_other_peoples_and_closed_accounts_are_empty(velmora: Advertiser) -> None:
    other = "accounts=List(urn%3Ali%3AsponsoredAccount%3A43)"
    assert velmora.analytics(OCTOBER, other).json["elements"] == []
    assert velmora.get("adAccounts/43").json["code"] == "ACCESS_DENIED"
    velmora.account.is_open = False
    assert velmora.elements() == []
    assert velmora.get("adAccounts/42").json["status"] == "CANCELED"


@pytest.mark.parametrize(
    "query",
    [
        (OCTOBER, "accounts=List(urn:li:sponsoredAccount:42)"),
        (OCTOBER, "accounts=List%28urn%3Ali%3AsponsoredAccount%3A42%29"),
        (OCTOBER.replace("(", "%28").replace(")", "%29"), ACCOUNTS),
        (OCTOBER.replace("))", ")"), ACCOUNTS),
        (OCTOBER.replace("day:31", "day:32"), ACCOUNTS),
(OCTOBER.replace("start:(year:2026,month:10", "start:(year:2026,month:11"), ACCOUNTS),
        (OCTOBER,),
        ("dateRange=(end:(year:2026,month:10,day:1))", ACCOUNTS),
        (OCTOBER, ACCOUNTS, "fields=nonsense"),
        (OCTOBER, "accounts=List(42)"),
        (ACCOUNTS,),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for(velmora: Advertiser, query: tuple[str, ...]) -> None:
    assert velmora.error(*query) == (400, "ILLEGAL_ARGUMENT")


def test_no_more_than_twenty_metrics(velmora: Advertiser) -> None:
    metrics = [name for name in FIELDS if name not in ("dateRange", "pivotValues")]
    assert velmora.error(OCTOBER, ACCOUNTS, f"fields={','.join(metrics[:21])}")[0] == 400
    fields = f"fields={','.join([*metrics[:20], 'dateRange', 'pivotValues'])}"
    assert len(velmora.elements(fields)) == 2


def test_accounts_and_campaigns_over_pages(velmora: Advertiser) -> None:
    (account,) = velmora.get("adAccounts", "q=search").json["elements"]
    assert (account["id"], account["currency"], account["status"]) == (42, "GBP", "ACTIVE")
    path = "adAccounts/42/adCampaigns"
    first = velmora.get(path, "q=search", "pageSize=1").json
    token = first["metadata"]["nextPageToken"]
    second = velmora.get(path, "q=search", "pageSize=1", f"pageToken={token}").json
    assert [each["name"] for each in first["elements"] + second["elements"]] == ["Guide", "Talk"]
    assert second["metadata"] == {}
    assert second["elements"][0]["account"] == "urn:li:sponsoredAccount:42"
    assert velmora.get(path, "q=search", "start=0").status == 400
    assert velmora.get(path).status == 400
    assert velmora.get(f"{path}/{velmora.talk.id}").json["name"] == "Talk"
    assert velmora.get(f"{path}/1").status == 404


def test_removed_campaigns_are_found_by_their_status_and_told_in_figures(
    velmora: Advertiser,
) -> None:
    velmora.platform.remove(velmora.talk)
    velmora.guide.is_running = False
    path = "adAccounts/42/adCampaigns"
    (left,) = velmora.get(path, "q=search").json["elements"]
    assert (left["name"], left["status"]) == ("Guide", "PAUSED")
    states = "search=(status:(values:List(REMOVED,ACTIVE)),test:false)"
    (removed,) = velmora.get(path, "q=search", states).json["elements"]
    assert removed["status"] == "REMOVED"
    assert len(velmora.elements()) == 2


def test_versions_are_sunset_after_a_year(velmora: Advertiser) -> None:
    def status(version: str) -> tuple[int, str, str]:
        answer = velmora.get("adAccounts", "q=search", LinkedIn_Version=version)
        if answer.status == 200:
            return 200, "", ""
        return answer.status, answer.json["code"], answer.json["message"]

    assert status("202511") == status("202611") == (200, "", "")
    assert status("202510") == (
        426, "NONEXISTENT_VERSION", "Requested version 20251001 is not active",
    )  # fmt: skip
    assert status("202612")[0] == status("20261101")[0] == 426
    velmora.platform.clock.advance(timedelta(days=31))
    assert status("202511")[0] == 426
    missing = velmora.get("adAccounts", "q=search", without="LinkedIn-Version")
    assert (missing.status, missing.json["code"]) == (400, "VERSION_MISSING")
    plain = velmora.get("adAccounts", "q=search", without="X-Restli-Protocol-Version")
    assert plain.status == 400


def test_tokens_end_after_sixty_days_and_can_be_renewed(velmora: Advertiser) -> None:
    def refused() -> tuple[int, str]:
        answer = velmora.get("adAccounts", "q=search")
        return answer.status, answer.json.get("code", "")

    velmora.platform.clock.advance(timedelta(days=60))
    assert refused() == (401, "EXPIRED_ACCESS_TOKEN")
    tokens = velmora.simulator.tokens
    form = {
        "grant_type": "refresh_token", "refresh_token": tokens.refresh_token,
        "client_id": tokens.client_id, "client_secret": tokens.client_secret,
    }  # fmt: skip
    given = velmora.client.ask("POST", "/oauth/v2/accessToken", form=form).json
    assert (given["expires_in"], given["refresh_token_expires_in"]) == (5_184_000, 26_352_000)
    velmora.client.headers["Authorization"] = f"Bearer {given['access_token']}"
    assert velmora.get("adAccounts", "q=search").status == 200
    tokens.revoke_all()
    assert refused() == (401, "REVOKED_ACCESS_TOKEN")
    velmora.client.headers["Authorization"] = "Bearer x"
    assert refused() == (401, "INVALID_ACCESS_TOKEN")
    wrong = velmora.client.ask("POST", "/oauth/v2/accessToken", form=form | {"client_secret": "x"})
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")
    velmora.platform.clock.advance(timedelta(days=305))
    old = velmora.client.ask("POST", "/oauth/v2/accessToken", form=form)
    assert (old.status, old.json["error"]) == (400, "invalid_grant")


def test_the_days_limit_ends_at_midnight_utc(velmora: Advertiser) -> None:
    velmora.simulator.use_up(left=1)
    velmora.elements()
    answer = velmora.analytics(OCTOBER, ACCOUNTS)
    assert answer.json == {
        "status": 429,
        "serviceErrorCode": 101,
        "code": "TOO_MANY_REQUESTS",
        "message": "Resource level throttle APPLICATION DAY limit for calls to this resource is "
        "reached.",
    }
    assert "retry-after" not in answer.headers
    velmora.platform.clock.advance(timedelta(hours=18))
    velmora.elements()


def test_faults_shapes_and_restatements(velmora: Advertiser) -> None:
    velmora.simulator.faults.plan(server_error(503))
    assert velmora.error(OCTOBER, ACCOUNTS)[0] == 503
    velmora.simulator.faults.plan(too_many_requests("Too many requests"))
    assert velmora.analytics(OCTOBER, ACCOUNTS).json["message"] == "Too many requests"
    velmora.simulator.faults.plan(velmora.simulator.tokens_die())
    assert velmora.error(OCTOBER, ACCOUNTS) == (401, "EXPIRED_ACCESS_TOKEN")
    velmora.client.headers["Authorization"] = f"Bearer {velmora.simulator.tokens.issue()}"
    before = velmora.platform.clock.now()
    velmora.platform.clock.advance(timedelta(days=9))
    velmora.platform.tell(velmora.talk, SECOND, None)
    velmora.simulator.shape.add("newMetric", 1)
    velmora.simulator.shape.change("impressions", str)
    assert velmora.elements() == [{"impressions": "143", "clicks": 6, "newMetric": 1}]
    assert (velmora.talk.id, SECOND) in velmora.platform.truth_of(velmora.account, before)
    assert (velmora.talk.id, SECOND) not in velmora.platform.truth_of(velmora.account)
