"""Meta's insights, jobs, edges and refusals as documented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.meta_ads.limits import Limits
from sample_company.simulators.meta_ads.sample import empty_platform
from sample_company.simulators.meta_ads.simulator import (
    LESS_DATA,
    TOKEN_EXPIRED,
    TOO_MUCH_DATA,
    MetaAdsSimulator,
    server_error,
    too_many_calls,
)
from tests.sample_company.simulators.ads_client import AdsClient
from tests.sample_company.simulators.plain_client import Answer

FIRST, SECOND = date(2026, 10, 29), date(2026, 10, 30)
OCTOBER = {"since": "2026-10-01", "until": "2026-10-31"}


class Advertiser:
    """An account with two campaigns, of two ads and of one, and a client."""

    def __init__(self, simulator: MetaAdsSimulator) -> None:
        self.simulator, self.platform = simulator, simulator.platform
        self.account = self.platform.add_account("Velmora", "GBP", "Europe/London", account_id="42")
        self.guide = self.platform.add_campaign(self.account, "Guide", "OUTCOME_LEADS", ads=2)
        self.test = self.platform.add_campaign(self.account, "Test", "OUTCOME_TRAFFIC")
        figures = Figures(Decimal("10.50"), 130, 6, Decimal(4), Decimal(160))
        self.platform.tell(self.guide, FIRST, figures, self.guide.ads[0])
        self.platform.tell(self.guide, FIRST, Figures(Decimal("0.25"), 13), self.guide.ads[1])
        self.platform.tell(self.guide, SECOND, Figures(Decimal(3), 26, 1), self.guide.ads[0])
        self.platform.tell(self.test, SECOND, Figures(Decimal(2), 13, 1))
        self.client = AdsClient(simulator.url, Authorization=f"Bearer {simulator.token}")

    def get(self, path: str, **query: Any) -> Answer:
        return self.client.get(f"/v26.0{path}", **query)

    def rows(self, path: str = "/act_42/insights", **query: Any) -> list[dict[str, Any]]:
        """All pages, by the address of the next one."""
        answer, found = self.get(path, **query), []
        while True:
            assert answer.status == 200, answer.body
            found += answer.json["data"]
            if "next" not in answer.json.get("paging", {}):
                return found
            parts = urlsplit(answer.json["paging"]["next"])
            answer = self.client.ask("GET", f"{parts.path}?{parts.query}")

    def daily(self, level: str, fields: str, **query: Any) -> list[dict[str, Any]]:
        return self.rows(level=level, fields=fields, time_increment=1, time_range=OCTOBER, **query)

    def error(self, path: str = "/act_42/insights", **query: Any) -> tuple[int, int, int]:
        """Status, code and subcode."""
        answer = self.get(path, **query)
        error = answer.json["error"]
        assert error["type"] == "OAuthException"
        return answer.status, error["code"], error.get("error_subcode", 0)


@pytest.fixture
def velmora() -> Iterator[Advertiser]:
    with MetaAdsSimulator(empty_platform()) as running:
        yield Advertiser(running)


def test_numbers_are_texts_and_days_without_anything_are_absent(velmora: Advertiser) -> None:
    rows = velmora.daily(
        "campaign",
        "campaign_id,spend,impressions,clicks,actions,action_values,account_currency",
        action_attribution_windows=["1d_click", "7d_click", "1d_view"],
    )
    assert len(rows) == 3
    assert rows[0] == {
        "campaign_id": velmora.guide.id,
        "spend": "10.75",
        "impressions": "143",
        "clicks": "6",
        "actions": [
            {"action_type": "link_click", "value": "6", "1d_click": "1", "7d_click": "6"},
            {"action_type": "lead", "value": "4", "1d_click": "1", "7d_click": "4"},
        ],
        "action_values": [
            {"action_type": "offsite_conversion.fb_pixel_lead", "value": "160",
             "1d_click": "40", "7d_click": "160"},
        ],
        "account_currency": "GBP",
        "date_start": "2026-10-29",
        "date_stop": "2026-10-29",
    }  # fmt: skip
    assert "actions" in rows[1]
    assert "action_values" not in rows[1]


def test_reach_does_not_add_up_over_days(velmora: Advertiser) -> None:
    days = velmora.daily("campaign", "campaign_id,reach,frequency,impressions")
    of_guide = [int(row["reach"]) for row in days if row["campaign_id"] == velmora.guide.id]
    (window,) = velmora.rows(
        level="campaign", fields="reach,frequency", time_range=OCTOBER,
        filtering=[{"field": "campaign.effective_status", "operator": "IN", "value": ["ACTIVE"]}],
    )[:1]  # fmt: skip
    assert int(window["reach"]) < sum(of_guide)
    assert days[0]["frequency"] == f"{Decimal(143) / Decimal(days[0]['reach']):.6f}"


def test_levels_add_up_to_the_account_unless_a_test_lets_them_differ(velmora: Advertiser) -> None:
    def total(level: str) -> Decimal:
        return sum((Decimal(row["spend"]) for row in velmora.daily(level, "spend")), Decimal(0))

    assert {level: total(level) for level in ("account", "campaign", "adset", "ad")} == (
        dict.fromkeys(("account", "campaign", "adset", "ad"), Decimal("15.75"))
    )
    velmora.platform.tell_apart(velmora.account, SECOND, Decimal("0.01"))
    assert (total("account"), total("campaign")) == (Decimal("15.76"), Decimal("15.75"))


def test_pages_by_cursor_and_by_the_next_address(velmora: Advertiser) -> None:
    first = velmora.get(
        "/act_42/insights", level="ad", fields="ad_id,spend", time_increment=1,
        time_range=OCTOBER, limit=3,
    ).json  # fmt: skip
    assert len(first["data"]) == 3
    second = velmora.get(
        "/act_42/insights", level="ad", fields="ad_id,spend", time_increment=1,
        time_range=OCTOBER, limit=3, after=first["paging"]["cursors"]["after"],
    ).json  # fmt: skip
    assert len(second["data"]) == 1
    assert "next" not in second["paging"]
    assert velmora.daily("ad", "ad_id,spend", limit=1) == first["data"] + second["data"]
    whole = velmora.get("/act_42/insights", level="ad", time_increment=1, time_range=OCTOBER,
                        limit=4).json  # fmt: skip
    assert (len(whole["data"]), "next" in whole["paging"]) == (4, False)
    nothing = velmora.get("/act_42/insights", time_range={"since": "2026-01-01",
                                                          "until": "2026-01-02"})  # fmt: skip
    assert nothing.json == {"data": []}


def test_deleted_ones_are_told_to_those_who_ask_for_them(velmora: Advertiser) -> None:
    velmora.platform.remove(velmora.test)
    every = ["ACTIVE", "PAUSED", "DELETED", "ARCHIVED"]
    shown = velmora.daily("campaign", "campaign_id")
    assert {row["campaign_id"] for row in shown} == {velmora.guide.id}
    filtering = [{"field": "campaign.effective_status", "operator": "IN", "value": every}]
    found = velmora.daily("campaign", "campaign_id", filtering=filtering)
    assert {row["campaign_id"] for row in found} == {velmora.guide.id, velmora.test.id}
    account = sum(Decimal(row["spend"]) for row in velmora.daily("account", "spend"))
    assert account == Decimal("15.75")
    for edge, count in (("campaigns", 2), ("adsets", 2), ("ads", 3)):
        assert len(velmora.rows(f"/act_42/{edge}")) == count - 1
        found = velmora.rows(
            f"/act_42/{edge}", fields="name,effective_status", effective_status=every
        )
        assert len(found) == count
        assert {row["effective_status"] for row in found} == {"ACTIVE", "DELETED"}
    velmora.simulator.hides_deleted = False
    assert len(velmora.daily("campaign", "campaign_id")) == 3


def test_filters_of_other_levels_and_unknown_ones(velmora: Advertiser) -> None:
    velmora.platform.remove_ad(velmora.guide.ads[1])

    def spend(level: str, kind: str, *states: str) -> list[str]:
        by = {"field": f"{kind}.effective_status", "operator": "IN", "value": states}
        rows = velmora.rows(level=level, fields="spend", time_range=OCTOBER, filtering=[by])
        return [row["spend"] for row in rows]

    assert spend("campaign", "ad", "DELETED") == ["0.25"]
    assert spend("campaign", "ad", "ACTIVE") == ["13.50", "2.00"]
    assert spend("account", "ad", "ACTIVE") == ["15.50"]
    assert spend("ad", "campaign", "ACTIVE") == ["13.50", "2.00"]
    assert spend("ad", "ad", "ACTIVE", "DELETED") == ["13.50", "0.25", "2.00"]
    impressions = {"field": "impressions", "operator": "GREATER_THAN", "value": 0}
    assert velmora.error(filtering=[impressions])[:2] == (400, 100)


def test_accounts(velmora: Advertiser) -> None:
    fields = "account_id,name,currency,timezone_name,account_status"
    (found,) = velmora.rows("/me/adaccounts", fields=fields)
    assert found == {
        "account_id": "42", "name": "Velmora", "currency": "GBP",
        "timezone_name": "Europe/London", "account_status": 1, "id": "act_42",
    }  # fmt: skip
    velmora.account.is_open = False
    assert velmora.get("/act_42", fields=fields).json == found | {"account_status": 101}
    assert velmora.error("/act_43") == (400, 100, 33)
    assert velmora.error("/act_42", fields="nonsense") == (400, 100, 0)


def report(velmora: Advertiser) -> str:
    asked = {"level": "campaign", "fields": "spend", "time_range": json.dumps(OCTOBER)}
    answer = velmora.client.ask(
        "POST", "/v26.0/act_42/insights", form=asked,
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status == 200, answer.body
    return str(answer.json["report_run_id"])


def test_a_job_is_asked_after_until_it_is_done(velmora: Advertiser) -> None:
    velmora.simulator.jobs.polls_needed = 3
    run = report(velmora)
    assert velmora.error(f"/{run}/insights")[1] == 2601
    told = [velmora.get(f"/{run}").json for _ in range(3)]
    assert [each["async_status"] for each in told] == [
        "Job Not Started", "Job Running", "Job Completed",
    ]  # fmt: skip
    assert [each["async_percent_completion"] for each in told] == [33, 66, 100]
    velmora.platform.tell(velmora.test, SECOND, Figures(Decimal(99), 1))
    spend = [row["spend"] for row in velmora.rows(f"/{run}/insights", limit=1)]
    assert spend == ["13.75", "2.00"]
    velmora.platform.clock.advance(timedelta(days=31))
    assert velmora.error(f"/{run}") == (400, 100, 33)


@pytest.mark.parametrize(("knob", "status"), [("fail_next", "Job Failed"),
                                              ("skip_next", "Job Skipped")])  # fmt: skip
def test_jobs_that_end_badly(velmora: Advertiser, knob: str, status: str) -> None:
    setattr(velmora.simulator.jobs, knob, 1)
    run = report(velmora)
    assert velmora.get(f"/{run}").json["async_status"] == status
    assert velmora.error(f"/{run}/insights")[1] == 2601
    assert velmora.get(f"/{report(velmora)}").json["async_status"] == "Job Completed"


def test_too_much_for_an_answer_is_not_too_much_for_a_job(velmora: Advertiser) -> None:
    asked = {"level": "campaign", "time_increment": 1, "time_range": OCTOBER}
    velmora.simulator.rows_at_once = 61
    assert velmora.error(**asked) == (500, 1, 0)
    velmora.simulator.rows_at_all = 61
    assert velmora.error(**asked) == (400, 100, 1487534)
    velmora.simulator.rows_at_once = velmora.simulator.rows_at_all = 62
    assert velmora.get("/act_42/insights", **asked).status == 200


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"time_range": {"since": "2023-09-30", "until": "2023-10-02"}}, 3018),
        ({"time_range": {"since": "2026-10-02", "until": "2026-10-01"}}, 100),
        ({"time_range": "yesterday"}, 100),
        ({"level": "creative"}, 100),
        ({"fields": "spend,nonsense"}, 100),
        ({"time_range": OCTOBER, "time_increment": 0}, 100),
        ({"action_attribution_windows": ["9d_click"]}, 100),
    ],
)
def test_what_cannot_be_asked_for(velmora: Advertiser, asked: dict[str, Any], code: int) -> None:
    assert velmora.error(**asked)[:2] == (400, code)


def test_thirty_seven_months_are_kept(velmora: Advertiser) -> None:
    window = {"since": "2023-10-01", "until": "2023-10-02"}
    assert velmora.get("/act_42/insights", time_range=window).json == {"data": []}


def test_tokens(velmora: Advertiser) -> None:
    assert velmora.error(access_token="x") == (400, 190, 0)  # noqa: S106 (no secret)
    assert velmora.client.ask("GET", "/v26.0/act_42", without="Authorization").status == 401
    for subcode in (463, 460, 458):
        velmora.simulator.token_problem = subcode
        assert velmora.error() == (400, 190, subcode)
    velmora.simulator.token_problem = None
    velmora.simulator.faults.plan(TOKEN_EXPIRED)
    assert velmora.error() == (400, 190, 463)
    answer = velmora.client.ask("GET", "/v19.0/act_42")
    assert answer.json["error"]["code"] == 2635


def test_limits_tell_in_headers_when_they_end(velmora: Advertiser) -> None:
    def regain(answer: Answer) -> int:
        (usage,) = json.loads(answer.headers["x-business-use-case-usage"])["42"]
        assert usage["type"] == "ads_insights"
        return int(usage["estimated_time_to_regain_access"])

    good = velmora.get("/act_42/insights")
    assert (good.status, regain(good)) == (200, 0)
    assert "acc_id_util_pct" in json.loads(good.headers["x-ad-account-usage"])
    velmora.simulator.limits.use_up("42", minutes=7)
    refused = velmora.get("/act_42/insights")
    assert (refused.status, refused.json["error"]["code"], regain(refused)) == (400, 80000, 7)
    assert velmora.error("/act_42/campaigns")[:2] == (400, 80004)
    velmora.platform.clock.advance(timedelta(minutes=7))
    assert velmora.get("/act_42/insights").status == 200
    velmora.simulator.limits = Limits(velmora.platform.clock, hourly=2)
    assert [velmora.get("/act_42/insights").status for _ in range(3)] == [200, 200, 400]
    velmora.platform.clock.advance(timedelta(hours=1))
    assert velmora.get("/act_42/insights").status == 200


def test_faults(velmora: Advertiser) -> None:
    faults = velmora.simulator.faults
    for code in (4, 17, 613, 80000, 80004):
        faults.plan(too_many_calls(code))
        assert velmora.error()[:2] == (400, code)
        faults.clear()
    for fault, status, code in (
        (server_error(2), 500, 2), (LESS_DATA, 500, 1), (TOO_MUCH_DATA, 400, 100),
    ):  # fmt: skip
        faults.plan(fault)
        assert velmora.error()[:2] == (status, code)
        faults.clear()


def test_rows_change_their_shape_and_days_their_figures(velmora: Advertiser) -> None:
    before = velmora.platform.clock.now()
    velmora.platform.clock.advance(timedelta(days=3))
    velmora.platform.tell(velmora.test, SECOND, Figures(Decimal("1.99"), 13, 1))
    velmora.simulator.shape.add("new_metric", "7")
    velmora.simulator.shape.change("spend", float)
    row = velmora.daily("campaign", "campaign_id,spend")[-1]
    assert (row["spend"], row["new_metric"]) == (1.99, "7")
    key = (velmora.test.id, SECOND)
    assert velmora.platform.truth_of(velmora.account, before)[key].cost == 2
