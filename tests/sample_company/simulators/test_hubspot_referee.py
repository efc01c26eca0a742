"""A client that nobody here wrote, HubSpot's own, understands everything the simulator says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.objects import (
    ApiException,
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
)

from sample_company.simulators.hubspot.auth import Auth
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.simulator import (
    HubSpotSimulator,
    server_error,
    too_many_requests,
)


@pytest.fixture
def official(hubspot: HubSpotSimulator) -> Any:
    return HubSpot(access_token=hubspot.auth.private_token, host=hubspot.url)


def test_it_lists_over_pages(official: Any, portal: Portal) -> None:
    made = [portal.create("contacts", email=f"c{number}@x.example") for number in range(230)]
    page = official.crm.contacts.basic_api.get_page(limit=100, properties=["email", "lastname"])
    assert (len(page.results), page.results[0].properties["email"]) == (100, "c0@x.example")
    assert page.results[0].properties["lastname"] is None
    assert page.results[0].created_at == datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert [each.id for each in official.crm.contacts.get_all()] == made
    portal.archive("contacts", made[3])
    assert [each.id for each in official.crm.contacts.get_all()] == made[:3] + made[4:]
    (gone,) = official.crm.contacts.get_all(archived=True)
    assert (gone.id, gone.archived, gone.archived_at) == (made[3], True, portal.clock.now())


def test_it_reads_property_histories(official: Any, portal: Portal, hs_deals: list[str]) -> None:
    portal.update("deals", hs_deals[0], dealstage="closedwon")
    page = official.crm.deals.basic_api.get_page(limit=50, properties_with_history=["dealstage"])
    won, first = page.results[0].properties_with_history["dealstage"]
    assert (won.value, won.source_type, won.source_id) == ("closedwon", "CRM_UI", "userId:1001")
    assert (first.value, won.timestamp - first.timestamp) == (
        "appointmentscheduled", timedelta(minutes=5),
    )  # fmt: skip


def test_it_searches(official: Any, portal: Portal, hs_deals: list[str]) -> None:
    since = str(int((portal.clock.now() - timedelta(minutes=3)).timestamp() * 1000))
    request = PublicObjectSearchRequest(
        filter_groups=[
            {"filters": [
                {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": since}]}
        ],
        sorts=[{"propertyName": "amount", "direction": "DESCENDING"}],
        properties=["amount"],
        limit=2,
    )  # fmt: skip
    found = official.crm.deals.search_api.do_search(public_object_search_request=request)
    assert (found.total, found.paging.next.after) == (3, "2")
    assert [each.properties["amount"] for each in found.results] == ["500.50", "400.40"]


def test_it_reads_batches(official: Any, hs_deals: list[str]) -> None:
    request = BatchReadInputSimplePublicObjectId(
        inputs=[{"id": hs_deals[1]}, {"id": "1"}], properties=["dealname"],
        properties_with_history=["amount"],
    )  # fmt: skip
    found = official.crm.objects.batch_api.read("deals", request)
    assert (found.status, found.num_errors) == ("COMPLETE", 1)
    assert found.errors[0].category == "OBJECT_NOT_FOUND"
    assert found.errors[0].context == {"ids": ["1"]}
    assert found.results[0].properties_with_history["amount"][0].value == "200.20"


def test_it_reads_associations(
    official: Any, portal: Portal, hubspot: HubSpotSimulator, hs_deals: list[str]
) -> None:
    people = [portal.create("contacts", email=f"c{number}@x.example") for number in range(3)]
    portal.associations.add_label("deals", "contacts", "Decision maker")
    for person in people:
        portal.associate(("deals", hs_deals[0]), ("contacts", person))
    portal.associate(("deals", hs_deals[0]), ("contacts", people[1]), "Decision maker")
    hubspot.associations.page_size = 2
    read = official.crm.associations.v4.batch_api.get_page
    wanted: list[dict[str, str]] = [{"id": hs_deals[0]}, {"id": hs_deals[1]}]
    found = read("deals", "contacts", BatchInputPublicFetchAssociationsBatchRequest(wanted))
    assert found.errors[0].message == f"No contact is associated with deal {hs_deals[1]}."
    (result,) = found.results
    assert [each.to_object_id for each in result.to] == people[:2]
    assert [
        (each.label, each.type_id, each.category) for each in result.to[1].association_types
    ] == [
        (None, 3, "HUBSPOT_DEFINED"),
        ("Decision maker", 1, "USER_DEFINED"),
    ]
    wanted = [{"id": hs_deals[0], "after": result.paging.next.after}]
    rest = read("deals", "contacts", BatchInputPublicFetchAssociationsBatchRequest(wanted))
    assert [each.to_object_id for each in rest.results[0].to] == people[2:]
    assert rest.results[0].paging is None
    single = official.crm.associations.v4.basic_api.get_page("contacts", people[0], "deals")
    assert [each.to_object_id for each in single.results] == hs_deals[:1]


def test_it_reads_the_set_up(official: Any, portal: Portal) -> None:
    left = portal.add_owner("ben.ott@velmora.example", "Ben", "Ott", is_archived=True)
    (owner,) = official.crm.owners.owners_api.get_page().results
    assert (owner.email, owner.teams[0].name, owner.archived) == (
        "mia.keller@velmora.example", "DACH", False,
    )  # fmt: skip
    (former,) = official.crm.owners.owners_api.get_page(archived=True).results
    assert (former.id, former.user_id) == (left, None)
    (line,) = official.crm.pipelines.pipelines_api.get_all("deals").results
    assert [(each.id, each.metadata) for each in line.stages][2:] == [
        ("closedwon", {"isClosed": "true", "probability": "1.0"}),
        ("closedlost", {"isClosed": "true", "probability": "0.0"}),
    ]
    portal.add_property("deals", "region enumeration dach|nordics")
    found = {each.name: each for each in official.crm.properties.core_api.get_all("deals").results}
    assert (found["amount"].type, found["amount"].field_type) == ("number", "number")
    assert (found["amount"].hubspot_defined, found["region"].hubspot_defined) == (True, None)
    assert [each.value for each in found["region"].options] == ["dach", "nordics"]
    assert "closedwon" in {each.value for each in found["dealstage"].options}
    assert found["hs_is_closed_won"].calculated


def test_it_reads_marketing(official: Any, portal: Portal) -> None:
    marketing = portal.marketing
    form = marketing.add_form("Demo", ("email", "company"))
    campaign = marketing.add_campaign("Spring")
    email = marketing.add_email("Letter", "News", campaign)
    for event in ("SENT", "DELIVERED", "CLICK", "CLICK"):
        marketing.note(email, event, "a@x.example")
    (found,) = official.marketing.forms.forms_api.get_page().results
    assert (found.id, found.field_groups[0].fields[1].name) == (form, "company")
    (letter,) = official.marketing.emails.marketing_emails_api.get_page(include_stats=True).results
    assert (letter.id, letter.campaign, letter.stats.counters["click"]) == (email, campaign, 1)


def test_it_refreshes_tokens(hubspot: HubSpotSimulator, official: Any) -> None:
    secrets = {"client_id": "concord", "client_secret": hubspot.auth.client_secret}
    found = official.oauth.tokens_api.create(
        grant_type="refresh_token", refresh_token=hubspot.auth.refresh_token, **secrets
    )
    assert (found.expires_in, found.token_type) == (1800, "bearer")
    client = HubSpot(access_token=found.access_token, host=hubspot.url)
    assert client.crm.deals.basic_api.get_page().results == []
    hubspot.portal.clock.advance(timedelta(minutes=31))
    with pytest.raises(Exception, match="EXPIRED_AUTHENTICATION"):
        client.crm.deals.basic_api.get_page()


def test_it_recognises_errors(
    hubspot: HubSpotSimulator, official: Any, hs_deals: list[str]
) -> None:
    objects = official.crm.objects.basic_api
    with pytest.raises(ApiException) as missing:
        objects.get_by_id("deals", "12345")
    assert missing.value.status == 404
    with pytest.raises(ApiException, match="Unable to infer object type"):
        objects.get_page("nothings")
    for fault, status in (
        (too_many_requests("DAILY"), 429),
        (too_many_requests("SECONDLY"), 429),
        (server_error(), 500),
        (server_error(502), 502),
    ):
        hubspot.faults.plan(fault)
        with pytest.raises(ApiException) as refused:
            objects.get_page("deals")
        assert refused.value.status == status
        hubspot.faults.clear()
    hubspot.faults.plan(too_many_requests("SECONDLY", retry_after=1))
    assert len(objects.get_page("deals").results) == 5, "it waits as it is told"
    wrong = HubSpot(access_token="pat-eu1-unknown", host=hubspot.url)  # noqa: S106
    with pytest.raises(ApiException) as unknown:
        wrong.crm.objects.basic_api.get_page("deals")
    assert unknown.value.status == 401


def test_it_hears_of_missing_scopes(portal: Portal) -> None:
    auth = Auth(portal.clock, scopes=["crm.objects.contacts.read"])
    with HubSpotSimulator(portal, auth) as running:
        client = HubSpot(access_token=auth.private_token, host=running.url)
        assert client.crm.contacts.basic_api.get_page().results == []
        with pytest.raises(Exception, match="MISSING_SCOPES"):
            client.crm.deals.basic_api.get_page()


def test_it_reads_who_took_part_in_marketing_events(official: Any, portal: Portal) -> None:
    now = portal.clock.now()
    event = portal.marketing.add_event("Fair", now, now + timedelta(hours=8))
    for number in range(12):
        state = "REGISTERED" if number % 2 else "ATTENDED"
        portal.marketing.take_part(event, state, f"10{number}", f"p{number}@x.example", now)
    api = official.marketing.events.retrieve_participant_state_api
    page = api.get_participations_breakdown_by_marketing_event_id(int(event), limit=10)
    assert (page.total, len(page.results), page.paging.next.after) == (12, 10, "10")
    first = page.results[0]
    assert (first.properties.attendance_state, first.associations.contact.email) == (
        "ATTENDED", "p0@x.example",
    )  # fmt: skip
    assert first.properties.occurred_at == int(now.timestamp() * 1000)
    assert first.associations.marketing_event.name == "Fair"
    some = api.get_participations_breakdown_by_marketing_event_id(int(event), state="REGISTERED")
    assert some.total == 6
    [found] = official.marketing.events.basic_api.get_all().results
    assert (found.object_id, found.registrants, found.attendees) == (event, 6, 6)
