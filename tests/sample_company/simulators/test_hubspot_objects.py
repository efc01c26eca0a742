"""Lists, single records, batches and associations of the HubSpot simulator, as documented."""

from __future__ import annotations

from datetime import timedelta

from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.record import Source
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from tests.sample_company.simulators.hubspot_client import HubSpotClient

DEALS = "/crm/v3/objects/deals"


def test_a_record_is_text_and_its_own_properties(hs: HubSpotClient, hs_deals: list[str]) -> None:
    record = hs.get(f"{DEALS}/{hs_deals[0]}").json
    assert record == {
        "id": hs_deals[0],
        "properties": {
            "amount": "100.10",
            "closedate": None,
            "createdate": "2026-11-01T06:01:00Z",
            "dealname": "Deal 1",
            "dealstage": "appointmentscheduled",
            "hs_lastmodifieddate": "2026-11-01T06:01:00Z",
            "hs_object_id": hs_deals[0],
            "pipeline": "default",
        },
        "createdAt": "2026-11-01T06:01:00Z",
        "updatedAt": "2026-11-01T06:01:00Z",
        "archived": False,
    }
    for name in ("deal", "0-3", "DEALS"):
        assert hs.get(f"/crm/v3/objects/{name}/{hs_deals[0]}").json == record


def test_asked_properties_come_with_three_of_every_record(
    hs: HubSpotClient, hs_deals: list[str]
) -> None:
    query = "properties=amount,nothing&properties=dealname"
    record = hs.ask("GET", f"{DEALS}/{hs_deals[0]}?{query}").json
    always = {"createdate", "hs_lastmodifieddate", "hs_object_id"}
    assert set(record["properties"]) == {"amount", "dealname"} | always


def test_contacts_have_their_own_name_for_modified(hs: HubSpotClient, portal: Portal) -> None:
    person = portal.create("contacts", email="a@x.example")
    portal.clock.advance(timedelta(milliseconds=1500))
    portal.update("contacts", person, firstname="Ada")
    record = hs.get(f"/crm/v3/objects/contacts/{person}").json
    assert record["properties"]["lastmodifieddate"] == "2026-11-01T06:00:01.500Z"
    assert record["updatedAt"] == "2026-11-01T06:00:01.500Z"
    assert "hs_lastmodifieddate" not in record["properties"]


def test_pages_go_on_where_they_ended(
    hs: HubSpotClient, portal: Portal, hs_deals: list[str]
) -> None:
    first = hs.get(DEALS, limit=2).json
    assert [each["id"] for each in first["results"]] == hs_deals[:2]
    after = first["paging"]["next"]["after"]
    assert f"after={after}" in first["paging"]["next"]["link"]
    portal.archive("deals", hs_deals[2])
    second = hs.get(DEALS, limit=2, after=after).json
    assert [each["id"] for each in second["results"]] == hs_deals[3:]
    assert "paging" not in second


def test_pages_are_at_most_100_and_50_with_histories(
    hs: HubSpotClient, hs_deals: list[str]
) -> None:
    assert hs.get(DEALS, limit=100).status == 200
    refused = hs.get(DEALS, limit=101)
    assert (refused.status, refused.json["category"]) == (400, "VALIDATION_ERROR")
    assert hs.get(DEALS, limit=50, propertiesWithHistory="amount").status == 200
    assert hs.get(DEALS, limit=51, propertiesWithHistory="amount").status == 400
    for query in ({"limit": "many"}, {"after": "none"}):
        assert hs.get(DEALS, **query).status == 400


def test_a_history_is_newest_first_with_its_sources(
    hs: HubSpotClient, portal: Portal, hs_deals: list[str]
) -> None:
    deal = hs_deals[0]
    portal.update("deals", deal, amount="5", source=Source("INTEGRATION", "4711"))
    portal.update("deals", deal, amount=None)
    path = f"{DEALS}/{deal}"
    history = hs.get(path, propertiesWithHistory="amount,hs_is_closed").json
    versions = history["propertiesWithHistory"]["amount"]
    assert [(each["value"], each["sourceType"]) for each in versions] == [
        ("", "CRM_UI"), ("5", "INTEGRATION"), ("100.10", "CRM_UI"),
    ]  # fmt: skip
    assert versions[1] == {
        "value": "5",
        "timestamp": "2026-11-01T06:06:00Z",
        "sourceType": "INTEGRATION",
        "sourceId": "4711",
    }
    calculated = history["propertiesWithHistory"]["hs_is_closed"]
    assert [each["timestamp"] for each in calculated] == ["2026-11-01T06:06:00Z"]
    portal.clock.advance(timedelta(hours=1))
    again = hs.get(path, propertiesWithHistory="hs_is_closed").json["propertiesWithHistory"]
    assert again["hs_is_closed"][0]["timestamp"] == "2026-11-01T07:06:00Z"
    assert again["hs_is_closed"][0]["sourceType"] == "CALCULATED"


def test_stages_leave_dates(hs: HubSpotClient, portal: Portal, hs_deals: list[str]) -> None:
    portal.update("deals", hs_deals[0], dealstage="closedwon")
    names = (
        "hs_v2_date_entered_closedwon",
        "hs_v2_date_exited_appointmentscheduled",
        "hs_is_closed_won",
        "hs_deal_stage_probability",
        "hs_v2_date_entered_closedlost",
    )
    record = hs.get(f"{DEALS}/{hs_deals[0]}", properties=",".join(names)).json
    at = "2026-11-01T06:06:00Z"
    assert [record["properties"][name] for name in names] == [at, at, "true", "1.0", None]


def test_batches_answer_what_is_there(
    hs: HubSpotClient, portal: Portal, hs_deals: list[str]
) -> None:
    def batch(*ids: str, **more: object) -> tuple[int, dict[str, object]]:
        body = {"inputs": [{"id": each} for each in ids], **more}
        answer = hs.ask("POST", f"{DEALS}/batch/read", body)
        return answer.status, answer.json

    status, whole = batch(*hs_deals, properties=["amount"])
    assert (status, whole["status"], "errors" in whole) == (200, "COMPLETE", False)
    portal.archive("deals", hs_deals[0])
    status, part = batch(*hs_deals[:2], "77")
    assert (status, part["numErrors"]) == (207, 1)
    assert part["errors"][0]["context"] == {"ids": [hs_deals[0], "77"]}  # type: ignore[index]
    assert batch(*map(str, range(101)))[0] == 400
    status, refused = batch(*map(str, range(51)), propertiesWithHistory=["amount"])
    assert (status, "property histories is 50" in str(refused["message"])) == (400, True)


def test_associations_keep_types_and_move_no_stamp(
    hs: HubSpotClient, portal: Portal, hs_deals: list[str]
) -> None:
    company = portal.create("companies", name="Elsen")
    before = hs.get(f"{DEALS}/{hs_deals[0]}").json
    portal.clock.advance(timedelta(hours=1))
    portal.associate(("deals", hs_deals[0]), ("companies", company), "Primary")
    assert hs.get(f"{DEALS}/{hs_deals[0]}").json == before
    assert hs.associated("deals", "companies", hs_deals[0]) == {company: [None, "Primary"]}
    assert hs.associated("companies", "deals", company) == {hs_deals[0]: [None, "Primary"]}
    listed = hs.get(f"{DEALS}/{hs_deals[0]}", associations="companies").json
    assert listed["associations"] == {
        "companies": {
            "results": [
                {"id": company, "type": "deal_to_company_unlabeled"},
                {"id": company, "type": "deal_to_company"},
            ]
        }
    }
    portal.dissociate(("deals", hs_deals[0]), ("companies", company), "Primary")
    assert hs.associated("deals", "companies", hs_deals[0]) == {company: [None]}
    portal.archive("companies", company)
    assert hs.associated("deals", "companies", hs_deals[0]) == {}
    portal.restore("companies", company)
    assert hs.associated("deals", "companies", hs_deals[0]) == {company: [None]}
    assert portal.links("deals", "companies") == {
        (hs_deals[0], company, "HUBSPOT_DEFINED", 341, "")
    }


def test_many_associations_come_in_pages(
    hs: HubSpotClient, hubspot: HubSpotSimulator, portal: Portal, hs_deals: list[str]
) -> None:
    hubspot.associations.page_size = 4
    people = [portal.create("contacts", email=f"{number}@x.example") for number in range(10)]
    for person in people:
        portal.associate(("contacts", person), ("deals", hs_deals[0]))
    found: list[str] = []
    given = {"id": hs_deals[0]}
    sizes = []
    while given:
        path = "/crm/v4/associations/deals/contacts/batch/read"
        (result,) = hs.ask("POST", path, {"inputs": [given]}).json["results"]
        sizes.append(len(result["to"]))
        found += [str(each["toObjectId"]) for each in result["to"]]
        following = result.get("paging")
        given = {"id": hs_deals[0], "after": following["next"]["after"]} if following else {}
    assert (found, sizes) == (people, [4, 4, 2])
    many = {"inputs": [{"id": str(number)} for number in range(1001)]}
    assert hs.ask("POST", "/crm/v4/associations/deals/contacts/batch/read", many).status == 400
