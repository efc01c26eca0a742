"""What a pull of an account brings, and what it asks for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.connectors.accounts import HubSpotPulling, account, hubspot
from tests.connectors.fake_hubspot import FakeAccount

__all__ = ["account", "hubspot"]


def add_deal(account: FakeAccount, record_id: int = 7, **values: object) -> None:
    account.add(
        "deals",
        record_id,
        **{
            "dealname": "Pens",
            "amount": "1234.5",
            "dealstage": "open",
            "pipeline": "default",
            "closedate": "2026-02-03T00:00:00Z",
            "hubspot_owner_id": "1",
            **values,
        },
    )


def test_records_arrive_typed(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    account.add("companies", 5, name="Acme", numberofemployees="12", domain="")
    account.link("deals", 7, "companies", 5, (341, None))
    add_deal(account)
    result = hubspot.settle_and_pull()
    assert result.problems == []
    assert hubspot.rows(
        "opportunities", "opportunity_id, amount, sales_stage, probability, account_id, is_deleted"
    ) == [("7", Decimal("1234.50"), "Engaging", Decimal("0.400000"), "5", False)]
    assert hubspot.rows("accounts", "account_name, employee_count, domain") == [("Acme", 12, None)]


def test_names_and_owners(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    account.add("contacts", 3, firstname="Ann", lastname="Lee", email="ann@example.com")
    account.add("contacts", 4, lastname="Only")
    account.owners = [
        {
            "id": "1",
            "userId": 11,
            "email": "o@example.com",
            "firstName": "Own",
            "lastName": "Er",
            "archived": archived,
            "updatedAt": "2026-01-01T00:00:00Z",
            "teams": [{"id": "9", "name": "East", "primary": True}],
        }
        for archived in (False,)
    ]
    hubspot.settle_and_pull()
    assert hubspot.rows("people", "full_name") == [("Ann Lee",), ("Only",)]
    owners = hubspot.rows("employees", "employee_id, full_name, team, is_active")
    assert owners == [("1", "Own Er", "East", True)]


def test_history_has_a_row_for_each_moment(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    add_deal(account)
    account.pass_time(hours=1)
    account.change("deals", 7, dealstage="won", amount="99")
    hubspot.settle_and_pull()
    rows = hubspot.rows("opportunity_history", "sales_stage, amount, owner_employee_id, changed_by")
    assert rows == [
        ("Engaging", Decimal("1234.50"), "1", "CRM_UI"),
        ("Won", Decimal("99.00"), None, "CRM_UI"),
    ]
    account.pass_time(hours=1)
    account.change("deals", 7, closedate="2026-04-01T00:00:00Z")
    hubspot.settle_and_pull()
    assert len(hubspot.rows("opportunity_history")) == 3


def test_all_pages_arrive(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    account.page = 7
    for number in range(1, 41):
        account.add("contacts", number, email=f"{number}@example.com")
        add_deal(account, number)
    assert hubspot.settle_and_pull().problems == []
    assert len(hubspot.rows("people")) == 40
    assert len(hubspot.rows("opportunities")) == 40


def test_increments_go_beyond_the_end_of_a_search(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    hubspot.settle_and_pull()
    account.cap = 400
    for number in range(1, 950):
        account.add("contacts", number, email=f"{number}@example.com")
    account.requests.clear()
    assert hubspot.settle_and_pull().problems == []
    assert len(hubspot.rows("people")) == 949
    assert sum("contacts/search" in text for text in account.requests) == 5


def test_the_window_has_a_lag_and_an_overlap(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    account.add("companies", 1, name="young")
    hubspot.pull()
    hubspot.settle_and_pull()
    assert hubspot.rows("accounts", "account_name") == [("young",)]
    account.unindexed.add("2")
    account.add("companies", 2, name="indexed late")
    hubspot.settle_and_pull()
    assert len(hubspot.rows("accounts")) == 1
    account.unindexed.clear()
    hubspot.settle_and_pull()
    assert len(hubspot.rows("accounts")) == 2


def test_many_properties_are_read_in_several_answers(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    names = [f"a_property_with_a_long_name_{number:05d}" for number in range(1200)]
    account.properties["companies"] |= dict.fromkeys(names, "string")
    for number in range(1, 4):
        account.add("companies", number, name=f"C{number}", **{names[-1]: f"last {number}"})
    hubspot.options["custom_properties"] = {"companies": names}
    assert hubspot.settle_and_pull().problems == []
    rows = hubspot.rows("accounts", f"account_name, {names[-1]}")
    assert rows == [(f"C{number}", f"last {number}") for number in (1, 2, 3)]


def test_a_quiet_pull_writes_nothing(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    account.add("companies", 1, account.now - timedelta(days=1), name="A")
    hubspot.settle_and_pull()
    before = hubspot.files("accounts")
    account.requests.clear()
    account.pass_time(hours=2)
    hubspot.settle_and_pull()
    assert hubspot.files("accounts") == before
    assert not any("batch/read" in text for text in account.requests)
    assert len(account.requests) <= 40
