"""Who may ask HubSpot, how often and how long: tokens, scopes, limits, errors and faults."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from sample_company.simulators.faults import CUT, TRUNCATED
from sample_company.simulators.hubspot.auth import Auth
from sample_company.simulators.hubspot.limits import Limits
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.simulator import (
    UNAUTHORISED,
    HubSpotSimulator,
    malformed_token,
    server_error,
    too_many_requests,
)
from tests.sample_company.simulators.hubspot_client import HubSpotClient

DEALS = "/crm/v3/objects/deals"
FORM = "application/x-www-form-urlencoded"


def test_tokens_that_nobody_gave(hs: HubSpotClient) -> None:
    for token in ("", "pat-eu1-unknown"):
        hs.token = token
        refused = hs.get(DEALS)
        assert (refused.status, refused.json["category"]) == (401, "INVALID_AUTHENTICATION")
        assert {"status", "message", "correlationId"} <= set(refused.json)
    hs.token = "pat eu1 broken"  # noqa: S105
    assert hs.get(DEALS).status == 530


def test_oauth_tokens_die_after_half_an_hour(hubspot: HubSpotSimulator, hs: HubSpotClient) -> None:
    given = {
        "grant_type": "refresh_token",
        "client_id": hubspot.auth.client_id,
        "client_secret": hubspot.auth.client_secret,
        "refresh_token": hubspot.auth.refresh_token,
    }
    answer = hs.ask("POST", "/oauth/v1/token", urlencode(given), FORM)
    assert (answer.status, answer.json["expires_in"]) == (200, 1800)
    hs.token = answer.json["access_token"]
    assert hs.get(DEALS).status == 200
    hubspot.portal.clock.advance(timedelta(minutes=30))
    expired = hs.get(DEALS)
    assert (expired.status, expired.json["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert expired.json["context"] == {"expire time": ["2026-11-01T06:30:00Z"]}
    for name, status in (
        ("grant_type", "BAD_GRANT_TYPE"),
        ("client_id", "BAD_CLIENT_ID"),
        ("client_secret", "BAD_CLIENT_SECRET"),
        ("refresh_token", "BAD_REFRESH_TOKEN"),
    ):
        refused = hs.ask("POST", "/oauth/v1/token", urlencode(given | {name: "x"}), FORM)
        assert (refused.status, refused.json["status"]) == (400, status)


def test_tokens_die_between_pages(
    hubspot: HubSpotSimulator, hs: HubSpotClient, hs_deals: list[str]
) -> None:
    hs.token = hubspot.auth.issue()
    hubspot.faults.plan(hubspot.tokens_die(), "objects/deals", at=2)
    after = hs.get(DEALS, limit=2).json["paging"]["next"]["after"]
    assert hs.get(DEALS, limit=2, after=after).status == 401
    hs.token = hubspot.auth.private_token
    assert hs.get(DEALS, limit=2, after=after).status == 200
    hubspot.auth.revoke_private()
    assert hs.get(DEALS).status == 401


def test_scopes(portal: Portal) -> None:
    auth = Auth(portal.clock, scopes=["crm.objects.contacts.read", "oauth"])
    with (
        HubSpotSimulator(portal, auth) as running,
        HubSpotClient(running.url, auth.private_token) as client,
    ):
        assert client.get("/crm/v3/objects/contacts").status == 200
        assert client.get("/account-info/v3/details").status == 200
        for path, scope in (
            (DEALS, "crm.objects.deals.read"),
            ("/crm/v3/owners", "crm.objects.owners.read"),
            ("/marketing/v3/forms", "forms"),
            ("/marketing/v3/campaigns", "marketing.campaigns.read"),
        ):
            refused = client.get(path)
            assert (refused.status, refused.json["category"]) == (403, "MISSING_SCOPES")
            context = refused.json["errors"][0]["context"]
            assert context == {"requiredGranularScopes": [scope]}


def test_limits_speak_as_hubspot_does(portal: Portal) -> None:
    limits = Limits(portal.clock, ten_secondly=4, searches_a_second=1, tells_retry_after=True)
    with (
        HubSpotSimulator(portal, limits=limits) as running,
        HubSpotClient(running.url, running.auth.private_token) as client,
    ):
        first = client.search("deals")
        assert (first.status, "x-hubspot-ratelimit-max" in first.headers) == (200, False)
        second = client.search("deals")
        assert (second.status, second.headers["retry-after"]) == (429, "1")
        assert (
            second.json
            | {
                "status": "error",
                "errorType": "RATE_LIMIT",
                "policyName": "SECONDLY",
                "message": "You have reached your secondly limit.",
            }
            == second.json
        )
        headers = client.get(DEALS).headers
        assert headers["x-hubspot-ratelimit-max"] == "4"
        assert headers["x-hubspot-ratelimit-remaining"] == "2"
        assert headers["x-hubspot-ratelimit-interval-milliseconds"] == "10000"
        assert headers["x-hubspot-ratelimit-daily-remaining"] == "649998"
        for _ in range(2):
            assert client.get(DEALS).status == 200
        assert client.get(DEALS).json["policyName"] == "TEN_SECONDLY_ROLLING"


def test_a_day_that_is_used_up_ends_at_midnight_of_the_account(
    hubspot: HubSpotSimulator, hs: HubSpotClient
) -> None:
    hubspot.limits.use_up(left=1)
    assert hs.get(DEALS).headers["x-hubspot-ratelimit-daily-remaining"] == "0"
    refused = hs.get(DEALS)
    assert (refused.status, refused.json["policyName"]) == (429, "DAILY")
    assert "retry-after" not in refused.headers
    hubspot.portal.clock.advance(timedelta(hours=17))
    assert hs.get(DEALS).status == 200
    hs.token = hubspot.auth.issue()
    assert "x-hubspot-ratelimit-daily" not in hs.get(DEALS).headers


def test_long_addresses_are_refused(hs: HubSpotClient) -> None:
    names = ",".join(f"property_{number}" for number in range(1400))
    assert hs.ask("GET", f"{DEALS}?properties={names[:15_000]}").status == 200
    assert hs.ask("GET", f"{DEALS}?properties={names}").status == 414


def test_unknown_things(hs: HubSpotClient) -> None:
    for path, status in (
        (f"{DEALS}/123", 404),
        ("/crm/v3/objects/nothings", 400),
        ("/crm/v3/nothing", 404),
        ("/crm/v3/pipelines/contacts", 400),
        ("/crm/v3/properties/deals/nothing", 404),
        ("/form-integrations/v1/submissions/forms/none", 404),
    ):
        refused = hs.get(path)
        assert (refused.status, refused.json["status"]) == (status, "error"), path
    assert hs.ask("POST", f"{DEALS}/search", "{").json["category"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (too_many_requests(), 429),
        (too_many_requests("SECONDLY", 1), 429),
        (server_error(), 500),
        (server_error(502), 502),
        (malformed_token(), 530),
        (UNAUTHORISED, 401),
    ],
)
def test_planned_faults_happen_once(
    hubspot: HubSpotSimulator, hs: HubSpotClient, fault: object, status: int
) -> None:
    hubspot.faults.plan(fault, "objects/deals")  # type: ignore[arg-type]
    assert [hs.get(DEALS).status for _ in range(2)] == [status, 200]
    assert hubspot.log[0].status == status


def test_bodies_that_are_cut(
    hubspot: HubSpotSimulator, hs: HubSpotClient, hs_deals: list[str]
) -> None:
    for fault in (CUT, TRUNCATED):
        hubspot.faults.clear()
        hubspot.faults.plan(fault)
        with pytest.raises((OSError, ValueError, EOFError)):
            hs.get(DEALS).json  # noqa: B018
        hs.connection.close()
        assert hs.get(DEALS).status == 200
