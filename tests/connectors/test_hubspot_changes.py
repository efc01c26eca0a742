"""Deletes, merges, associations, sweeps: what changes in the account changes here."""

from __future__ import annotations

from decimal import Decimal

from orchestration.company.sources import HubSpotSource
from orchestration.connectors.hubspot.replay import replay
from tests.connectors.accounts import HubSpotPulling, account, hubspot, pipeline
from tests.connectors.fake_hubspot import FakeAccount
from tests.connectors.test_hubspot_pull import add_deal

__all__ = ["account", "hubspot"]


def deals(hubspot: HubSpotPulling) -> list[tuple[object, ...]]:
    return hubspot.rows("opportunities", "opportunity_id, is_deleted")


def test_an_archived_deal_is_marked_by_the_next_run(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    add_deal(account)
    hubspot.settle_and_pull()
    account.delete("deals", 7)
    hubspot.settle_and_pull()
    assert deals(hubspot) == [("7", True)]
    assert len(hubspot.rows("opportunity_history")) == 1
    account.restore("deals", 7)
    account.pass_time(days=8)
    hubspot.pull()
    assert deals(hubspot) == [("7", False)]


def test_a_first_pull_brings_what_is_in_the_bin(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    add_deal(account)
    add_deal(account, 8)
    account.delete("deals", 7)
    hubspot.settle_and_pull()
    assert deals(hubspot) == [("7", True), ("8", False)]
    assert hubspot.rows("opportunities", "amount")[0] == (Decimal("1234.50"),)


def test_a_record_erased_for_good_is_found_by_the_sweep(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    for number in (1, 2):
        account.add("contacts", number, email=f"{number}@example.com")
        account.add("products", number, name=f"P{number}")
    hubspot.settle_and_pull()
    account.purge("contacts", 1)
    account.purge("products", 1)
    hubspot.settle_and_pull()
    assert hubspot.rows("people", "is_deleted") == [(False,), (False,)]
    account.pass_time(days=7)
    result = hubspot.pull()
    assert hubspot.rows("people", "is_deleted") == [(True,), (False,)]
    assert hubspot.rows("products", "product_name") == [("P2",)]
    assert any("object contacts: the sweep found 1 records gone" in note for note in result.notes)


def test_a_record_that_a_list_left_out_is_not_gone(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    account.page = 2
    for number in (1, 2, 3):
        account.add("companies", number, name=f"C{number}")
    hubspot.settle_and_pull()
    hidden = account.records["companies"].pop("2")

    def back_when_its_page_is_over(method: str, target: str) -> None:
        if "objects/companies?" in target and "archived=true" in target:
            account.records["companies"]["2"] = hidden

    account.faults = [back_when_its_page_is_over]
    hubspot.settle_and_pull(is_full=True)
    assert hubspot.rows("accounts", "is_deleted") == [(False,)] * 3


def test_a_merge_is_mapped_and_the_loser_is_gone_at_once(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    for number in (1, 2, 3):
        account.add("companies", number, name=f"C{number}")
        account.add("contacts", number, email=f"{number}@example.com")
        add_deal(account, number)
    hubspot.settle_and_pull()
    for name in ("companies", "contacts", "deals"):
        account.merge(name, 1, 2)
    hubspot.settle_and_pull()
    merge = [("accounts", "1", "2")]
    assert hubspot.rows("company_merges", "entity, losing_id, surviving_id") == merge
    assert hubspot.rows("contact_merges", "losing_id, surviving_id") == [("1", "2")]
    assert deals(hubspot) == [("1", True), ("2", False), ("3", False)]
    assert hubspot.rows("accounts", "is_deleted") == [(True,), (False,), (False,)]
    when = hubspot.rows("company_merges", "merged_at")
    account.change("companies", 2, name="changed")
    account.merge("companies", 2, 3)
    account.pass_time(days=8)
    hubspot.pull()
    assert hubspot.rows("company_merges", "losing_id, surviving_id") == [("1", "2"), ("2", "3")]
    assert hubspot.rows("company_merges", "merged_at")[0] == when[0]


def test_the_primary_company_counts_and_a_sweep_sees_that_it_moved(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    hubspot.options["overlap_minutes"] = 0
    for number in (3, 4, 12):
        account.add("companies", number, name=f"C{number}")
    account.add("contacts", 1, email="a@example.com")
    account.link("contacts", 1, "companies", 3, (279, None))
    account.link("contacts", 1, "companies", 12, (279, None), (1, "Contact with Primary Company"))
    hubspot.settle_and_pull()
    assert hubspot.rows("people", "account_id") == [("12",)]
    account.link("contacts", 1, "companies", 12, (279, None))
    account.link("contacts", 1, "companies", 4, (279, None))
    account.pass_time(hours=2)
    hubspot.settle_and_pull()
    assert hubspot.rows("people", "account_id") == [("12",)]
    account.pass_time(days=7)
    hubspot.pull()
    assert hubspot.rows("people", "account_id") == [("3",)]


def test_contacts_of_a_deal_have_their_labels(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    account.link_page = 2
    add_deal(account)
    for number in range(1, 6):
        account.add("contacts", number, email=f"{number}@example.com")
        account.link("deals", 7, "contacts", number, (3, None))
    account.link("deals", 7, "contacts", 2, (3, None), (1001, "Decision maker"))
    hubspot.settle_and_pull()
    columns = "contact_role_id, opportunity_id, person_id, role"
    assert hubspot.rows("opportunity_contact_roles", columns)[:2] == [
        ("7-1", "7", "1", None),
        ("7-2-1001", "7", "2", "Decision maker"),
    ]
    assert len(hubspot.rows("opportunity_contact_roles")) == 5
    account.unlink("deals", 7, "contacts", 1)
    account.change("deals", 7, amount="1")
    hubspot.settle_and_pull()
    assert len(hubspot.rows("opportunity_contact_roles")) == 4
    account.unlink("deals", 7, "contacts", 2)
    account.pass_time(days=7)
    hubspot.pull()
    assert len(hubspot.rows("opportunity_contact_roles")) == 3


def test_lines_of_nothing_are_no_lines(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    add_deal(account)
    for number in (1, 2):
        account.add("line_items", number, amount="10", quantity="2", hs_product_id="9")
    account.link("line_items", 1, "deals", 7, (20, None))
    hubspot.settle_and_pull()
    columns = "opportunity_line_id, opportunity_id, amount, is_deleted"
    assert hubspot.rows("opportunity_lines", columns) == [("1", "7", Decimal("10.00"), False)]
    account.unlink("line_items", 1, "deals", 7)
    account.pass_time(days=7)
    hubspot.pull()
    assert hubspot.rows("opportunity_lines", columns) == [("1", "7", Decimal("10.00"), True)]


def test_a_renamed_stage_is_renamed_everywhere(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    add_deal(account)
    hubspot.settle_and_pull()
    account.pipelines["deals"] = [pipeline(("open", "Talking", "0.5", False))]
    hubspot.settle_and_pull()
    assert hubspot.rows("opportunities", "sales_stage, probability") == [
        ("Talking", Decimal("0.500000"))
    ]
    assert hubspot.rows("opportunity_history", "sales_stage") == [("Talking",)]


def test_owners_campaigns_forms_and_goals(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    hubspot.options["overlap_minutes"] = 0
    owner = {"id": "1", "userId": 11, "firstName": "Ann", "updatedAt": "2026-01-01T00:00:00Z"}
    account.owners = [{**owner, "archived": False}]
    stamped = {"createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-02T00:00:00Z"}
    named = {"hs_name": "Spring", "hs_start_date": "2026-03-01"}
    account.campaigns = [{"id": "c-1", "properties": named, **stamped}]
    account.add(
        "goal_targets",
        4,
        hs_goal_name="Revenue",
        hs_target_amount="500",
        hs_start_datetime="2026-01-01T00:00:00Z",
        hs_end_datetime="2026-03-31T23:59:59.999Z",
        hs_assignee_user_id="11",
    )
    submitted = int(account.now.timestamp() * 1000)
    account.forms["guid-1"] = [
        {
            "conversionId": f"s-{number}",
            "submittedAt": submitted - number,
            "pageUrl": "https://acme.example/demo?utm_source=news&gclid=x#top",
            "values": [{"name": "email", "value": "a@example.com"}],
        }
        for number in range(120)
    ]
    assert hubspot.settle_and_pull().problems == []
    assert hubspot.rows("campaigns", "campaign_name") == [("Spring",)]
    quota = hubspot.rows("quotas", "employee_id, quota_amount, cast(valid_to as varchar)")
    assert quota == [("1", Decimal("500.00"), "2026-04-01")]
    assert len(hubspot.rows("form_submissions")) == 120
    columns = "email, landing_page, utm_source, click_id_type, content_asset_id"
    assert hubspot.rows("form_submissions", columns)[0] == (
        "a@example.com",
        "https://acme.example/demo",
        "news",
        "gclid",
        "guid-1",
    )
    account.owners = [{**owner, "archived": True}]
    account.campaigns = []
    account.requests.clear()
    account.pass_time(hours=3)
    hubspot.settle_and_pull()
    assert hubspot.rows("employees", "is_active") == [(False,)]
    assert hubspot.rows("campaigns", "is_deleted") == [(True,)]
    assert sum("submissions" in text for text in account.requests) == 1


def test_a_replay_gives_what_the_pulls_gave(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    for number in (1, 2, 3):
        add_deal(account, number)
        account.add("contacts", number, email=f"{number}@example.com")
        account.link("deals", number, "contacts", number, (3, None))
    hubspot.settle_and_pull()
    account.change("deals", 1, dealstage="won")
    account.delete("deals", 2)
    account.merge("contacts", 1, 2)
    hubspot.settle_and_pull()
    account.purge("contacts", 3)
    account.pass_time(days=8)
    hubspot.pull()
    names = ("opportunities", "opportunity_history", "opportunity_contact_roles", "people")
    columns = "* exclude (filename)"
    before = {name: hubspot.rows(name, columns) for name in (*names, "contact_merges")}
    connector = hubspot.source.connector
    assert isinstance(connector, HubSpotSource)
    account.requests.clear()
    replay(hubspot.context(), connector)
    assert account.requests == []
    assert {name: hubspot.rows(name, columns) for name in before} == before
