"""What happens in a HubSpot account: archives, deletes, merges, and the truth afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.record import Record
from tests.sample_company.simulators.hubspot_client import HubSpotClient

CONTACTS = "/crm/v3/objects/contacts"


def test_archived_records_stay_90_days(hs: HubSpotClient, portal: Portal) -> None:
    kept = portal.create("contacts", email="kept@x.example")
    gone = portal.create("contacts", email="gone@x.example")
    portal.clock.advance(timedelta(days=1))
    portal.archive("contacts", gone)
    assert hs.ids("contacts") == [kept]
    (record,) = hs.objects("contacts", archived="true")
    assert (record["id"], record["archived"]) == (gone, True)
    assert record["archivedAt"] == "2026-11-02T06:00:00Z"
    assert record["updatedAt"] == "2026-11-01T06:00:00Z"
    assert hs.get(f"{CONTACTS}/{gone}").status == 404
    assert hs.get(f"{CONTACTS}/{gone}", archived="true").status == 200
    with pytest.raises(KeyError):
        portal.update("contacts", gone, email="new@x.example")
    portal.clock.advance(timedelta(days=89))
    assert hs.ids("contacts", archived="true") == [gone]
    portal.clock.advance(timedelta(days=1))
    assert hs.ids("contacts", archived="true") == []
    assert [row["id"] for row in portal.truth_of("contacts")] == [kept]


def test_restored_records_are_modified(hs: HubSpotClient, portal: Portal) -> None:
    person = portal.create("contacts", email="a@x.example")
    portal.archive("contacts", person)
    portal.clock.advance(timedelta(hours=1))
    portal.restore("contacts", person)
    (record,) = hs.objects("contacts")
    assert record["updatedAt"] == "2026-11-01T07:00:00Z"
    with pytest.raises(KeyError):
        portal.restore("contacts", person)


def test_gdpr_deletes_leave_nothing(hs: HubSpotClient, portal: Portal) -> None:
    person = portal.create("contacts", email="a@x.example")
    company = portal.create("companies", name="Elsen")
    portal.associate(("contacts", person), ("companies", company))
    portal.clock.advance(timedelta(hours=1))
    portal.gdpr_delete("contacts", person)
    assert hs.ids("contacts") == hs.ids("contacts", archived="true") == []
    assert hs.get(f"{CONTACTS}/{person}", archived="true").status == 404
    assert hs.associated("companies", "contacts", company) == {}
    assert list(portal.truth_of("contacts")) == []
    before = portal.clock.now() - timedelta(minutes=1)
    assert [row["id"] for row in portal.truth_of("contacts", before)] == [person]
    assert len(portal.links("contacts", "companies", before)) == 1


def test_a_merge_leaves_one_record_that_both_ids_find(hs: HubSpotClient, portal: Portal) -> None:
    kept = portal.create("contacts", email="kept@x.example", lastname="Kern")
    lost = portal.create("contacts", email="lost@x.example", lastname="Korn", jobtitle="CFO")
    company = portal.create("companies", name="Elsen")
    portal.associate(("contacts", lost), ("companies", company), "Primary")
    portal.clock.advance(timedelta(hours=1))
    assert portal.merge("contacts", kept, lost) == kept
    names = "email,lastname,jobtitle,hs_merged_object_ids,hs_calculated_merged_vids," \
        "hs_additional_emails"  # fmt: skip
    (record,) = hs.objects("contacts", properties=names)
    assert record["updatedAt"] == "2026-11-01T07:00:00Z"
    assert (
        record["properties"]
        | {
            "email": "kept@x.example",
            "lastname": "Kern",
            "jobtitle": "CFO",
            "hs_merged_object_ids": lost,
            "hs_calculated_merged_vids": f"{lost}:1793516400000",
            "hs_additional_emails": "lost@x.example",
        }
        == record["properties"]
    )
    assert hs.ids("contacts", archived="true") == []
    assert hs.get(f"{CONTACTS}/{lost}").json["id"] == kept
    batch = hs.ask("POST", f"{CONTACTS}/batch/read", {"inputs": [{"id": lost}, {"id": kept}]})
    assert [each["id"] for each in batch.json["results"]] == [kept]
    assert hs.associated("contacts", "companies", kept) == {company: [None, "Primary"]}
    assert hs.associated("companies", "contacts", company) == {kept: [None, "Primary"]}
    history = hs.get(f"{CONTACTS}/{kept}", propertiesWithHistory="jobtitle").json
    (version,) = history["propertiesWithHistory"]["jobtitle"]
    assert (version["sourceType"], version["sourceId"]) == ("MERGE_OBJECTS", lost)


def test_merges_go_on_and_may_make_a_new_record(hs: HubSpotClient, portal: Portal) -> None:
    first, second, third = (portal.create("deals", dealname=f"D{each}") for each in range(3))
    portal.merge("deals", second, third)
    assert portal.merge("deals", first, second) == first
    (record,) = hs.objects("deals", properties="hs_merged_object_ids")
    assert record["properties"]["hs_merged_object_ids"] == f"{third};{second}"
    assert hs.get(f"/crm/v3/objects/deals/{third}").json["id"] == first
    other = portal.create("deals", dealname="D4", amount=4)
    new = portal.merge("deals", first, other, as_new=True)
    assert new not in (first, other)
    (record,) = hs.objects("deals", properties="hs_merged_object_ids,dealname,amount")
    assert record["id"] == new
    assert record["properties"]["hs_merged_object_ids"] == f"{third};{second};{first};{other}"
    assert (record["properties"]["dealname"], record["properties"]["amount"]) == ("D0", "4")
    for each in (first, second, third, other):
        assert hs.get(f"/crm/v3/objects/deals/{each}").json["id"] == new
    for wrong in ((new, new), (new, first)):
        with pytest.raises((KeyError, ValueError)):
            portal.merge("deals", *wrong)
    with pytest.raises(ValueError, match="does not merge"):
        portal.merge("products", "1", "2")


def test_the_truth_is_what_was_stamped_up_to_a_moment(portal: Portal, hs_deals: list[str]) -> None:
    moment = portal.clock.now()
    portal.clock.advance(timedelta(minutes=1))
    portal.update("deals", hs_deals[0], amount="1")
    portal.archive("deals", hs_deals[1])
    portal.create("deals", dealname="later")
    before = {row["id"]: row for row in portal.truth_of("deals", moment)}
    after = {row["id"]: row for row in portal.truth_of("deals")}
    assert list(before) == hs_deals
    assert before[hs_deals[0]]["properties"]["amount"] == "100.10"
    assert after[hs_deals[0]]["properties"]["amount"] == "1"
    assert (before[hs_deals[1]]["archived"], after[hs_deals[1]]["archived"]) == (False, True)
    assert len(after) == 6
    assert [row[2] for row in portal.history_of("deals", "amount", moment)] == [
        "100.10", "200.20", "300.30", "400.40", "500.50",
    ]  # fmt: skip


def test_calculated_values_move_no_stamp(
    hs: HubSpotClient, portal: Portal, hs_deals: list[str]
) -> None:
    before = hs.get(f"/crm/v3/objects/deals/{hs_deals[0]}").json["updatedAt"]
    portal.clock.advance(timedelta(hours=1))
    portal.set_calculated("deals", hs_deals[0], hs_projected_amount="20")
    record = hs.get(f"/crm/v3/objects/deals/{hs_deals[0]}", properties="hs_projected_amount").json
    assert record["updatedAt"] == before
    assert record["properties"]["hs_projected_amount"] == "20"
    with pytest.raises(ValueError, match="not calculated"):
        portal.set_calculated("deals", hs_deals[0], amount="20")


def test_properties_come_and_go(hs: HubSpotClient, portal: Portal, hs_deals: list[str]) -> None:
    portal.add_property("deals", "region enumeration")
    portal.update("deals", hs_deals[0], region="DACH")
    names = {each["name"] for each in hs.get("/crm/v3/properties/deals").json["results"]}
    assert "region" in names
    portal.remove_property("deals", "region")
    record = hs.get(f"/crm/v3/objects/deals/{hs_deals[0]}", properties="region").json
    assert "region" not in record["properties"]
    for wrong in ("amount number", "other money"):
        with pytest.raises(ValueError, match="amount|money"):
            portal.add_property("deals", wrong)
    with pytest.raises(ValueError, match="no property"):
        portal.create("deals", nothing="1")


def test_a_merge_of_a_list_that_is_read(portal: Portal) -> None:
    people = [portal.create("contacts", lastname=str(number)) for number in range(4)]
    reader = portal.listed("contacts")
    seen: list[Record] = [next(reader)]
    portal.merge("contacts", people[0], people[2])
    seen += reader
    assert [record.id for record in seen] == [people[0], people[1], people[3]]
