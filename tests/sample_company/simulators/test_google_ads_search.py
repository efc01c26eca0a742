"""searchStream as documented: rows, what they leave out, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.advertising.platform import Account, Campaign, Platform
from sample_company.simulators.google_ads.sample import empty_platform
from sample_company.simulators.google_ads.simulator import (
    GoogleAdsSimulator,
    server_error,
    too_many_requests,
)
from tests.sample_company.simulators.ads_client import AdsClient
from tests.sample_company.simulators.plain_client import Answer

DAY = date(2026, 10, 30)
BY_DAY = "SELECT campaign.id, segments.date, metrics.cost_micros, metrics.clicks FROM campaign"
IN_OCTOBER = "WHERE segments.date BETWEEN '2026-10-01' AND '2026-10-31'"


class Advertiser:
    """An account with a search campaign of two ads and a Performance Max one, and a client."""

    def __init__(self, simulator: GoogleAdsSimulator) -> None:
        self.simulator, self.platform = simulator, simulator.platform
        self.account = self.platform.add_account("Velmora", account_id="1112223334")
        self.search = self.platform.add_campaign(self.account, "Search", "SEARCH", ads=2)
        self.max = self.platform.add_campaign(self.account, "Max", "PERFORMANCE_MAX", ads=0)
        self.platform.tell(self.search, DAY, Figures(Decimal("10.5"), 90, 3), self.search.ads[0])
        self.platform.tell(self.search, DAY, Figures(Decimal("1.000001"), 9), self.search.ads[1])
        self.platform.tell(self.max, DAY, Figures(Decimal(7), 10, 1, Decimal("0.25")))
        self.client = AdsClient(
            simulator.url,
            Authorization=f"Bearer {simulator.tokens.issue()}",
            developer_token=simulator.developer_token,
            login_customer_id=simulator.manager.id,
        )

    def ask(self, query: str, customer: str = "", version: str = "v23", **more: Any) -> Answer:
        path = f"/{version}/customers/{customer or self.account.id}/googleAds:searchStream"
        return self.client.ask("POST", path, {"query": query}, **more)

    def rows(self, query: str, customer: str = "") -> list[dict[str, Any]]:
        answer = self.ask(query, customer)
        assert answer.status == 200, answer.body
        return [row for batch in answer.json for row in batch.get("results", [])]

    def code(self, query: str, **more: Any) -> tuple[int, str, str]:
        answer = self.ask(query, **more)
        (body,) = answer.json
        (failure,) = body["error"]["details"]
        assert failure["@type"].endswith("errors.GoogleAdsFailure")
        assert body["error"]["code"] == answer.status
        ((kind, code),) = failure["errors"][0]["errorCode"].items()
        return answer.status, kind, code


@pytest.fixture
def platform() -> Platform:
    return empty_platform()


@pytest.fixture
def simulator(platform: Platform) -> Iterator[GoogleAdsSimulator]:
    with GoogleAdsSimulator(platform) as running:
        yield running


@pytest.fixture
def velmora(simulator: GoogleAdsSimulator) -> Advertiser:
    return Advertiser(simulator)


def campaign(rows: list[dict[str, Any]], which: Campaign) -> dict[str, Any]:
    (found,) = (row for row in rows if row["campaign"]["id"] == which.id)
    return found


def test_a_row_has_texts_for_long_numbers_and_leaves_zeros_out(velmora: Advertiser) -> None:
    velmora.platform.tell(velmora.max, DAY, Figures(Decimal(0), 5))
    rows = velmora.rows(f"{BY_DAY} {IN_OCTOBER}")
    assert campaign(rows, velmora.search) == {
        "campaign": {
            "resourceName": f"customers/1112223334/campaigns/{velmora.search.id}",
            "id": velmora.search.id,
        },
        "segments": {"date": "2026-10-30"},
        "metrics": {"costMicros": "11500001", "clicks": "3"},
    }
    assert campaign(rows, velmora.max)["metrics"] == {}
    velmora.simulator.omits_zeros = False
    rows = velmora.rows(f"{BY_DAY} {IN_OCTOBER}")
    assert campaign(rows, velmora.max)["metrics"] == {"costMicros": "0", "clicks": "0"}


def test_a_stream_comes_in_batches_and_ends_with_what_it_used(velmora: Advertiser) -> None:
    velmora.simulator.rows_per_batch = 1
    first, last = velmora.ask(f"{BY_DAY} {IN_OCTOBER}").json
    assert first["fieldMask"] == "campaign.id,segments.date,metrics.costMicros,metrics.clicks"
    assert first["requestId"] == last["requestId"]
    assert ("queryResourceConsumption" in first, "queryResourceConsumption" in last) == (
        False,
        True,
    )
    (empty,) = velmora.ask(f"{BY_DAY} WHERE segments.date = '2020-01-01'").json
    assert "results" not in empty


def test_performance_max_has_no_ads_and_the_account_has_it_all(velmora: Advertiser) -> None:
    ads = velmora.rows(
        "SELECT ad_group_ad.ad.id, segments.date, metrics.cost_micros "
        f"FROM ad_group_ad {IN_OCTOBER}"
    )
    assert [row["metrics"]["costMicros"] for row in ads] == ["10500000", "1000001"]
    assert ads[0]["adGroupAd"]["ad"]["id"] == velmora.search.ads[0].id
    (total,) = velmora.rows(f"SELECT segments.date, metrics.cost_micros FROM customer {IN_OCTOBER}")
    assert total["metrics"]["costMicros"] == "18500001"
    velmora.platform.tell_apart(velmora.account, DAY, Decimal("0.5"))
    (total,) = velmora.rows(f"SELECT segments.date, metrics.cost_micros FROM customer {IN_OCTOBER}")
    assert total["metrics"]["costMicros"] == "19000001"


def test_removed_campaigns_stay_unless_they_are_filtered(velmora: Advertiser) -> None:
    velmora.platform.remove(velmora.search)
    query = f"SELECT campaign.id, campaign.status, metrics.cost_micros FROM campaign {IN_OCTOBER}"
    rows = velmora.rows(query)
    assert [row["campaign"]["status"] for row in rows] == ["REMOVED", "ENABLED"]
    assert rows[0]["metrics"]["costMicros"] == "11500001"
    (left,) = velmora.rows(f"{query} AND campaign.status != 'REMOVED'")
    assert left["campaign"]["id"] == velmora.max.id


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("segments.date = '2026-10-30'", 2),
        ("segments.date >= '2026-10-31' AND segments.date <= '2026-11-30'", 0),
        ("segments.date > '2026-10-29' AND segments.date < '2026-10-31'", 2),
        ("segments.date > '2026-10-28' AND segments.date < '2026-10-30'", 0),
        ("segments.date > '2026-10-30' AND segments.date < '2026-11-02'", 0),
        ("segments.date DURING LAST_7_DAYS", 2),
        ("segments.date DURING YESTERDAY", 0),
        ("segments.date BETWEEN '2026-10-30' AND '2026-10-30' AND metrics.clicks > 1", 1),
        ("segments.date DURING THIS_MONTH", 0),
        ("segments.date DURING LAST_MONTH AND campaign.advertising_channel_type IN ('SEARCH')", 1),
    ],
)
def test_conditions(velmora: Advertiser, where: str, count: int) -> None:
    assert len(velmora.rows(f"{BY_DAY} WHERE {where}")) == count


def test_order_and_limit(velmora: Advertiser) -> None:
    query = f"{BY_DAY} {IN_OCTOBER} ORDER BY metrics.cost_micros"
    costs = [row["metrics"]["costMicros"] for row in velmora.rows(query)]
    assert costs == ["7000000", "11500001"]
    (dearest,) = velmora.rows(f"{query} DESC LIMIT 1")
    assert dearest["metrics"]["costMicros"] == "11500001"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("FETCH campaign.id FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id", "EXPECTED_FROM"),
        ("SELECT campaign.id FROM keyword_view", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT campaign.nonsense FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT ad_group.id FROM campaign", "PROHIBITED_FIELD_COMBINATION_IN_SELECT_CLAUSE"),
        (BY_DAY, "EXPECTED_FILTERS_ON_DATE_RANGE"),
        (f"{BY_DAY} WHERE segments.date >= '2026-10-01'", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        (f"{BY_DAY} WHERE segments.date = '30.10.2026'", "INVALID_DATE_FORMAT"),
        (f"{BY_DAY} WHERE segments.date ~ 1", "BAD_SYMBOL"),
        (f"{BY_DAY} {IN_OCTOBER} LIMIT 0", "BAD_LIMIT_VALUE"),
        (f"{BY_DAY} {IN_OCTOBER} ORDER BY campaign.name",
         "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
    ],
)  # fmt: skip
def test_queries_that_cannot_be_answered(velmora: Advertiser, query: str, code: str) -> None:
    assert velmora.code(query) == (400, "queryError", code)


def test_the_manager_lists_its_clients_and_has_no_metrics(velmora: Advertiser) -> None:
    closed = velmora.platform.add_account("Old", "USD", "America/New_York", account_id="1000000009")
    closed.is_open = False
    manager = velmora.simulator.manager.id
    rows = velmora.rows(
        "SELECT customer_client.id, customer_client.status FROM customer_client "
        "WHERE customer_client.manager = FALSE",
        manager,
    )
    found = {row["customerClient"]["id"]: row["customerClient"]["status"] for row in rows}
    assert found == {"1112223334": "ENABLED", "1000000009": "CLOSED"}
    query = f"{BY_DAY} {IN_OCTOBER}"
    assert velmora.code(query, customer=manager)[2] == "REQUESTED_METRICS_FOR_MANAGER"
    assert velmora.code(query, customer=closed.id) == (
        403, "authorizationError", "CUSTOMER_NOT_ENABLED",
    )  # fmt: skip


def test_headers_versions_and_tokens(velmora: Advertiser) -> None:
    query = "SELECT customer.currency_code, customer.time_zone FROM customer"
    (row,) = velmora.rows(query)
    assert row["customer"]["currencyCode"] == "EUR"
    assert row["customer"]["timeZone"] == "Europe/Berlin"
    assert velmora.code(query, without="developer-token") == (
        400, "requestError", "DEVELOPER_TOKEN_PARAMETER_MISSING",
    )  # fmt: skip
    assert velmora.code(query, without="login-customer-id") == (
        403, "authorizationError", "USER_PERMISSION_DENIED",
    )  # fmt: skip
    assert velmora.code(query, version="v19") == (400, "requestError", "UNSUPPORTED_VERSION")
    assert velmora.code(query, customer="12")[2] == "INVALID_CUSTOMER_ID"
    velmora.platform.clock.advance(timedelta(hours=1))
    assert velmora.code(query) == (401, "authenticationError", "OAUTH_TOKEN_EXPIRED")


def test_the_token_endpoint(velmora: Advertiser) -> None:
    tokens = velmora.simulator.tokens
    form = {
        "grant_type": "refresh_token",
        "client_id": tokens.client_id,
        "client_secret": tokens.client_secret,
        "refresh_token": tokens.refresh_token,
    }
    answer = velmora.client.ask("POST", "/token", form=form)
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 3599)
    assert tokens.standing(answer.json["access_token"]) == "good"
    old = velmora.client.ask("POST", "/token", form=form | {"refresh_token": "old"})
    assert (old.status, old.json["error"]) == (400, "invalid_grant")
    wrong = velmora.client.ask("POST", "/token", form=form | {"client_secret": "x"})
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")


def test_quotas_tell_how_long_to_wait(velmora: Advertiser) -> None:
    simulator, query = velmora.simulator, "SELECT customer.id FROM customer"
    simulator.faults.plan(too_many_requests("RESOURCE_TEMPORARILY_EXHAUSTED", 5))
    (body,) = velmora.ask(query).json
    assert body["error"]["status"] == "RESOURCE_EXHAUSTED"
    (error,) = body["error"]["details"][0]["errors"]
    assert error["details"]["quotaErrorDetails"]["retryDelay"] == "5s"
    simulator.use_up(left=1)
    velmora.rows(query)
    assert velmora.code(query) == (429, "quotaError", "RESOURCE_EXHAUSTED")
    (error,) = velmora.ask(query).json[0]["error"]["details"][0]["errors"]
    assert error["details"]["quotaErrorDetails"]["retryDelay"] == f"{18 * 3600}s"
    velmora.platform.clock.advance(timedelta(days=1))
    simulator.tokens.life = timedelta(days=2)
    velmora.client.headers["Authorization"] = f"Bearer {simulator.tokens.issue()}"
    velmora.rows(query)
    simulator.faults.plan(server_error(503))
    assert velmora.code(query) == (503, "internalError", "TRANSIENT_ERROR")


def test_what_is_restated_was_told_otherwise_before(velmora: Advertiser) -> None:
    before = velmora.platform.clock.now()
    velmora.platform.clock.advance(timedelta(days=20))
    velmora.simulator.tokens.life = timedelta(days=1)
    velmora.client.headers["Authorization"] = f"Bearer {velmora.simulator.tokens.issue()}"
    velmora.platform.tell(velmora.max, DAY, None)
    (row,) = velmora.rows(f"{BY_DAY} {IN_OCTOBER}")
    assert row["campaign"]["id"] == velmora.search.id
    key = (velmora.max.id, DAY)
    assert velmora.platform.truth_of(velmora.account, before)[key].cost == 7
    assert key not in velmora.platform.truth_of(velmora.account)


def test_rows_change_their_shape(velmora: Advertiser) -> None:
    query = f"{BY_DAY} {IN_OCTOBER}"
    velmora.simulator.shape.change("metrics.costMicros", int)
    velmora.simulator.shape.add("metrics.newMetric", 1.5)
    velmora.simulator.shape.drop("campaign.id")
    metrics = [row["metrics"] for row in velmora.rows(query)]
    assert metrics[0] == {"costMicros": 11500001, "clicks": "3", "newMetric": 1.5}
    assert all("id" not in row["campaign"] for row in velmora.rows(query))


def test_the_day_begins_in_the_accounts_own_zone(
    simulator: GoogleAdsSimulator, platform: Platform
) -> None:
    velmora = Advertiser(simulator)
    far: Account = platform.add_account(
        "Far", "USD", "America/Los_Angeles", account_id="2222222222"
    )
    own = platform.add_campaign(far, "West", "SEARCH")
    today = platform.today(velmora.account)
    platform.tell(own, today, Figures(Decimal(1), 1))
    platform.tell(velmora.max, today, Figures(Decimal(1), 1))
    query = f"{BY_DAY} WHERE segments.date = '{today}'"
    assert (len(velmora.rows(query)), velmora.rows(query, far.id)) == (1, [])
