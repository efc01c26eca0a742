"""Google's own client library reads everything that the simulator says.

Its calls go over gRPC, so that it cannot be pointed at a REST server; its messages are made of the
same definitions as REST's JSON, and read it strictly: an unknown field or a wrong type is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from google.ads.googleads.v23.enums.types.advertising_channel_type import (
    AdvertisingChannelTypeEnum,
)
from google.ads.googleads.v23.enums.types.campaign_status import CampaignStatusEnum
from google.ads.googleads.v23.errors.types.errors import GoogleAdsFailure
from google.ads.googleads.v23.services.types.google_ads_service import (
    SearchGoogleAdsStreamResponse,
)
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from orchestration.connectors.google_ads.pull import _ADS
from sample_company.simulators.advertising.figures import Figures
from sample_company.simulators.google_ads.fields import RESOURCES
from sample_company.simulators.google_ads.sample import empty_platform
from sample_company.simulators.google_ads.simulator import GoogleAdsSimulator, too_many_requests
from tests.sample_company.simulators.test_google_ads_search import DAY, IN_OCTOBER, Advertiser


@pytest.fixture
def simulator() -> Iterator[GoogleAdsSimulator]:
    with GoogleAdsSimulator(empty_platform()) as running:
        yield running


@pytest.fixture
def velmora(simulator: GoogleAdsSimulator) -> Advertiser:
    return Advertiser(simulator)


def rows(velmora: Advertiser, query: str, customer: str = "") -> list[Any]:
    batches = [
        SearchGoogleAdsStreamResponse.from_json(json.dumps(batch), ignore_unknown_fields=False)
        for batch in velmora.ask(query, customer).json
    ]
    assert all(batch.request_id for batch in batches)
    return [row for batch in batches for row in batch.results]


def failure(velmora: Advertiser, query: str) -> Any:
    (body,) = velmora.ask(query).json
    details = {name: x for name, x in body["error"]["details"][0].items() if name != "@type"}
    return GoogleAdsFailure.from_json(json.dumps(details), ignore_unknown_fields=False)


def test_it_reads_a_day_of_a_campaign(velmora: Advertiser) -> None:
    velmora.platform.tell(
        velmora.max, DAY, Figures(Decimal("7.000001"), 10, 0, Decimal("0.25"), Decimal("4.5"))
    )
    velmora.platform.remove(velmora.max)
    (row,) = rows(
        velmora,
        "SELECT campaign.id, campaign.name, campaign.status, campaign.advertising_channel_type, "
        "segments.date, metrics.cost_micros, metrics.clicks, metrics.impressions, "
        "metrics.conversions, metrics.conversions_value "
        f"FROM campaign {IN_OCTOBER} AND campaign.name = 'Max'",
    )
    assert (row.campaign.id, row.campaign.name) == (int(velmora.max.id), "Max")
    assert row.campaign.status == CampaignStatusEnum.CampaignStatus.REMOVED
    kinds = AdvertisingChannelTypeEnum.AdvertisingChannelType
    assert row.campaign.advertising_channel_type == kinds.PERFORMANCE_MAX
    assert date.fromisoformat(row.segments.date) == DAY
    assert (row.metrics.cost_micros, row.metrics.impressions) == (7_000_001, 10)
    assert (row.metrics.clicks, row.metrics.conversions) == (0, 0.25)
    assert row.metrics.conversions_value == 4.5


def test_it_reads_a_day_of_an_ad_as_the_connector_asks_for_it(velmora: Advertiser) -> None:
    campaign = velmora.platform.add_campaign(velmora.account, "Two", "SEARCH", ads=2)
    for number, ad in enumerate(campaign.ads, start=1):
        figures = Figures(Decimal("7.000001") * number, 10 * number, number, Decimal("0.25"))
        velmora.platform.tell(campaign, DAY, figures, ad)
    velmora.platform.remove_ad(campaign.ads[1])
    found = [
        row
        for row in rows(velmora, _ADS.format(start="2026-10-01", end="2026-10-31"))
        if row.campaign.id == int(campaign.id)
    ]
    assert [
        (row.ad_group_ad.ad.id, row.ad_group.id, row.segments.date, row.metrics.cost_micros)
        for row in found
    ] == [
        (int(ad.id), int(ad.id), str(DAY), 7_000_001 * number)
        for number, ad in enumerate(campaign.ads, start=1)
    ]
    assert [row.metrics.interactions for row in found] == [1, 2]


def test_it_reads_the_unique_users_of_a_window(velmora: Advertiser) -> None:
    video = velmora.platform.add_campaign(velmora.account, "Video", "VIDEO")
    for campaign in (video, velmora.max):
        velmora.platform.tell(campaign, DAY, Figures(Decimal(7), 860))
    asked = (
        "SELECT campaign.id, metrics.unique_users, "
        "metrics.average_impression_frequency_per_user FROM campaign WHERE segments.date BETWEEN "
    )
    found = rows(
        velmora,
        f"{asked} '2026-10-01' AND '2026-10-31' AND campaign.advertising_channel_type IN "
        "('DISPLAY', 'VIDEO', 'DEMAND_GEN', 'MULTI_CHANNEL') AND metrics.impressions > 0",
    )
    # 860 impressions in 31 days: 860 * 10 // 43 people.
    told = [(row.campaign.id, row.metrics.unique_users) for row in found]
    assert told == [(int(video.id), 200)]
    assert found[0].metrics.average_impression_frequency_per_user == 4.3
    # Google counts none of Performance Max, and nobody over more than 92 days.
    every = rows(velmora, f"{asked} '2026-08-01' AND '2026-10-31'")
    assert {row.campaign.id: row.metrics.unique_users for row in every}[int(velmora.max.id)] == 0
    refused = failure(velmora, f"{asked} '2026-07-31' AND '2026-10-31'")
    assert refused.errors[0].error_code.query_error.name == "DATE_RANGE_TOO_WIDE"


@pytest.mark.parametrize("resource", sorted(RESOURCES))
@pytest.mark.parametrize("omits_zeros", [True, False])
def test_it_knows_every_field(velmora: Advertiser, resource: str, omits_zeros: bool) -> None:
    velmora.simulator.omits_zeros = omits_zeros
    fields = ", ".join(RESOURCES[resource])
    where = "" if resource == "customer_client" else IN_OCTOBER
    manager = velmora.simulator.manager.id if resource == "customer_client" else ""
    found = rows(velmora, f"SELECT {fields} FROM {resource} {where}", manager)
    assert found
    shown = found[0].customer_client if manager else found[0].customer
    assert (shown.currency_code, shown.resource_name != "") == ("EUR", True)


def test_it_reads_failures(velmora: Advertiser) -> None:
    (unknown,) = failure(velmora, "SELECT campaign.nonsense FROM campaign").errors
    assert unknown.error_code.query_error.name == "UNRECOGNIZED_FIELD"
    velmora.account.is_open = False
    (closed,) = failure(velmora, "SELECT customer.id FROM customer").errors
    assert closed.error_code.authorization_error.name == "CUSTOMER_NOT_ENABLED"
    velmora.simulator.faults.plan(too_many_requests("RESOURCE_EXHAUSTED", 40591))
    quota = failure(velmora, "SELECT customer.id FROM customer")
    (error,) = quota.errors
    assert error.error_code.quota_error.name == "RESOURCE_EXHAUSTED"
    assert error.details.quota_error_details.retry_delay.total_seconds() == 40591
    assert error.details.quota_error_details.rate_scope.name == "DEVELOPER"
    assert quota.request_id
    velmora.simulator.tokens.expire_all()
    (expired,) = failure(velmora, "SELECT customer.id FROM customer").errors
    assert expired.error_code.authentication_error.name == "OAUTH_TOKEN_EXPIRED"


def test_its_credentials_get_a_token(velmora: Advertiser) -> None:
    tokens = velmora.simulator.tokens
    credentials: Any = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=tokens.refresh_token,
        client_id=tokens.client_id,
        client_secret=tokens.client_secret,
        token_uri=f"{velmora.simulator.url}/token",
    )
    credentials.refresh(Request())
    velmora.client.headers["Authorization"] = f"Bearer {credentials.token}"
    assert velmora.rows("SELECT customer.id FROM customer")
