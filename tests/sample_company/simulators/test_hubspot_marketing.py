"""Set-up and marketing paths of the HubSpot simulator, as documented."""

from __future__ import annotations

from datetime import timedelta

from sample_company.simulators.hubspot.portal import Portal
from tests.sample_company.simulators.hubspot_client import HubSpotClient


def test_owners_come_in_pages_and_two_lists(hs: HubSpotClient, portal: Portal) -> None:
    ids = [portal.owners[0].id]
    ids += [portal.add_owner(f"{number}@x.example", "A", "B") for number in range(4)]
    portal.archive_owner(ids[2])
    found = list(hs.pages("/crm/v3/owners", limit=2))
    assert [each["id"] for each in found] == ids[:2] + ids[3:]
    assert [each["userId"] == each["userIdIncludingInactive"] for each in found] == [True] * 4
    (left,) = hs.pages("/crm/v3/owners", archived="true")
    assert (left["id"], "userId" in left, left["archived"]) == (ids[2], False, True)
    assert hs.get("/crm/v3/owners", limit=501).status == 400
    user = str(portal.owners[1].user_id)
    assert hs.get(f"/crm/v3/owners/{user}", idProperty="userId").json["id"] == ids[1]


def test_the_account_tells_of_itself(hs: HubSpotClient, portal: Portal) -> None:
    details = hs.get("/account-info/v3/details").json
    assert (details["portalId"], details["timeZone"], details["companyCurrency"]) == (
        portal.portal_id, "Europe/Berlin", "EUR",
    )  # fmt: skip
    assert (details["utcOffset"], details["utcOffsetMilliseconds"]) == ("+01:00", 3_600_000)
    usage = hs.get("/account-info/v3/api-usage/daily/private-apps").json["results"][0]
    assert usage["currentUsage"] == 2
    assert hs.get("/crm/v3/schemas").json == {"results": []}
    assert hs.get("/crm/v3/schemas/deals").json["objectTypeId"] == "0-3"


def test_goals_and_splits_are_objects(hs: HubSpotClient, portal: Portal) -> None:
    goal = portal.create("goal_targets", hs_goal_name="Q4", hs_target_amount="100000")
    deal, split = portal.create("deals", amount=4), portal.create("deal_splits")
    portal.associate(("deals", deal), ("deal_splits", split))
    (record,) = hs.objects("goal_targets", properties="hs_target_amount")
    assert (record["id"], record["properties"]["hs_target_amount"]) == (goal, "100000")
    assert hs.associated("deals", "deal_splits", deal) == {split: [None]}


def test_submissions_are_newest_first(hs: HubSpotClient, portal: Portal) -> None:
    form = portal.marketing.add_form("Demo", ("email",))
    for number in range(60):
        portal.clock.advance(timedelta(seconds=1))
        portal.marketing.submit(form, "https://v.example/demo", email=f"{number}@x.example")
    path = f"/form-integrations/v1/submissions/forms/{form}"
    first = hs.get(path, limit=50).json
    assert first["results"][0]["values"] == [
        {"name": "email", "value": "59@x.example", "objectTypeId": "0-1"}
    ]
    assert first["results"][0]["submittedAt"] == 1793512860000
    found = list(hs.pages(path, limit=50))
    assert len({each["conversionId"] for each in found}) == 60
    assert hs.get(path, limit=51).status == 400


def test_emails_count_what_happened(hs: HubSpotClient, portal: Portal) -> None:
    marketing = portal.marketing
    email = marketing.add_email("Letter", "News", marketing.add_campaign("Spring"))
    for person in range(4):
        marketing.note(email, "SENT", f"{person}@x.example")
        marketing.note(email, "DELIVERED" if person else "BOUNCE", f"{person}@x.example")
    for _ in range(2):
        marketing.note(email, "CLICK", "1@x.example", url="https://v.example")
    marketing.note(email, "STATUSCHANGE", "2@x.example")
    stats = hs.get(f"/marketing/v3/emails/{email}/statistics").json
    assert stats["counters"] == {
        "sent": 4, "delivered": 3, "open": 0, "click": 1, "bounce": 1, "unsubscribed": 1,
        "dropped": 0, "spamreport": 0,
    }  # fmt: skip
    assert stats["ratios"]["clickratio"] == 33.333
    (listed,) = hs.pages("/marketing/v3/emails", includeStats="true")
    assert listed["stats"] == stats
    whole = hs.get("/marketing/v3/emails/statistics/list").json
    assert whole["aggregate"]["counters"]["sent"] == 4


def test_email_events_by_offset_and_time(hs: HubSpotClient, portal: Portal) -> None:
    email = portal.marketing.add_email("Letter", "News")
    for _ in range(5):
        portal.clock.advance(timedelta(minutes=1))
        portal.marketing.note(email, "CLICK", "a@x.example")
    path, created, offset = "/email/public/v1/events", [], ""
    while True:
        page = hs.get(path, limit=2, **({"offset": offset} if offset else {})).json
        created += [event["created"] for event in page["events"]]
        if not page["hasMore"]:
            break
        offset = page["offset"]
    assert created == sorted(created, reverse=True)
    assert len(created) == 5
    since = hs.get(path, startTimestamp=created[1], eventType="CLICK").json["events"]
    assert [event["created"] for event in since] == created[:2]
    assert hs.get(path, eventType="OPEN").json["events"] == []


def test_campaigns_show_only_what_is_asked_for(hs: HubSpotClient, portal: Portal) -> None:
    campaign = portal.marketing.add_campaign("Spring", budget_items_sum_amount="1200.00")
    email = portal.marketing.add_email("Letter", "News", campaign)
    (bare,) = hs.pages("/marketing/v3/campaigns")
    assert (bare["id"], bare["properties"]) == (campaign, {})
    named = hs.get(f"/marketing/v3/campaigns/{campaign}", properties="hs_name").json
    assert named["properties"] == {"hs_name": "Spring"}
    path = f"/marketing/v3/campaigns/{campaign}"
    assert hs.get(f"{path}/assets/MARKETING_EMAIL").json["results"][0]["id"] == email
    assert hs.get(f"{path}/budget/totals").json["budgetTotal"] == 1200.0


def test_marketing_events_and_archived_things(hs: HubSpotClient, portal: Portal) -> None:
    now = portal.clock.now()
    event = portal.marketing.add_event("Fair", now, now + timedelta(hours=8), attendees=12)
    (found,) = hs.pages("/marketing/v3/marketing-events")
    assert (found["objectId"], found["attendees"]) == (event, 12)
    form = portal.marketing.add_form("Demo", ("email",))
    portal.marketing.archive(portal.marketing.forms, form)
    assert list(hs.pages("/marketing/v3/forms")) == []
    assert [each["id"] for each in hs.pages("/marketing/v3/forms", archived="true")] == [form]
