"""What HubSpot may answer instead of an answer, and what comes of it."""

from __future__ import annotations

import time

import pytest

from orchestration.connectors.errors import ConnectorError
from orchestration.state import StateStore
from tests.connectors.accounts import HubSpotPulling, account, hubspot
from tests.connectors.fake_hubspot import (
    TOKEN,
    FakeAccount,
    Fault,
    Reply,
    error,
    limit,
    missing_scope,
)
from tests.connectors.test_hubspot_pull import add_deal

__all__ = ["account", "hubspot"]


def times(count: int, reply: Reply, part: str = "objects/companies?") -> Fault:
    """Give a reply to the first requests whose address has a part in it."""
    left = [count]

    def fault(method: str, target: str) -> Reply | None:
        if part not in target or left[0] == 0:
            return None
        left[0] -= 1
        return reply

    return fault


@pytest.mark.parametrize(
    "reply",
    [
        error(500, "INTERNAL_ERROR"),
        error(503, "DOWN", headers={"Retry_After": "0"}),
        limit("SECONDLY"),
        limit("TEN_SECONDLY_ROLLING", Retry_After="0"),
        error(423, "LOCKED"),
        Reply(524, b"<html>A timeout occurred</html>"),
        Reply(200, b'{"results": [{"id": '),
        Reply(200, b'{"results": [{"id": "1", "properties": {}}]}', is_cut=True),
        Reply(200, b"<html>we are down for maintenance</html>"),
    ],
    ids=["500", "503", "secondly", "rolling", "locked", "524", "truncated", "cut", "html"],
)
def test_what_may_work_in_a_moment_is_tried_again(
    account: FakeAccount, hubspot: HubSpotPulling, reply: Reply
) -> None:
    account.add("companies", 1, name="A")
    account.faults = [times(3, reply)]
    assert hubspot.settle_and_pull().problems == []
    assert len(hubspot.rows("accounts")) == 1


def test_the_asked_for_wait_is_kept(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    account.faults = [times(1, limit("SECONDLY", Retry_After="1"))]
    begun = time.monotonic()
    hubspot.settle_and_pull()
    assert time.monotonic() - begun >= 1


def test_a_used_up_day_stops_at_once(account: FakeAccount, hubspot: HubSpotPulling) -> None:
    account.faults = [times(-1, limit("DAILY", Retry_After="1"))]
    with pytest.raises(ConnectorError, match="of this day are used up"):
        hubspot.settle_and_pull()
    assert sum("objects/companies?" in text for text in account.requests) == 1


def test_the_account_s_own_use_and_the_budget_are_limits_too(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    account.daily = (200_001, 250_000)
    with pytest.raises(ConnectorError, match="200,001 of 250,000"):
        hubspot.settle_and_pull()
    account.daily = None
    hubspot.options["request_budget"] = 3
    with pytest.raises(ConnectorError, match="budget of 3 requests"):
        hubspot.settle_and_pull()


@pytest.mark.parametrize("status", [401, 530])
def test_a_refused_token_names_the_variable_and_not_its_value(
    account: FakeAccount, hubspot: HubSpotPulling, status: int
) -> None:
    hubspot.variables["HUBSPOT_TOKEN"] = "wrong-secret"  # noqa: S105
    if status == 530:
        account.faults = [times(-1, Reply(530, b"error code: 1016 wrong-secret"), "")]
    with pytest.raises(ConnectorError, match="refused the token of HUBSPOT_TOKEN") as caught:
        hubspot.settle_and_pull()
    assert "wrong-secret" not in str(caught.value)
    assert len(account.requests) == 1


def test_a_missing_token_names_the_variable(hubspot: HubSpotPulling) -> None:
    hubspot.variables.clear()
    with pytest.raises(ConnectorError, match="HUBSPOT_TOKEN is not set"):
        hubspot.pull()


def test_what_hubspot_repeats_of_the_token_is_not_repeated(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    account.faults = [times(-1, error(400, "STRANGE", f"you sent {TOKEN}"), "companies")]
    problems = hubspot.settle_and_pull().problems
    assert problems
    assert not any(TOKEN in text for text in problems)


def test_a_missing_scope_leaves_the_object_out_and_names_the_scope(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    add_deal(account)
    refused = missing_scope("crm.objects.leads.read", "crm.objects.leads.write")
    account.faults = [times(-1, refused, "leads")]
    result = hubspot.settle_and_pull()
    assert result.problems == []
    assert any("crm.objects.leads.read" in note for note in result.notes)
    assert "crm.objects.leads.read" in (hubspot.known("leads").note or "")
    assert len(hubspot.rows("opportunities")) == 1


def test_a_scope_that_was_there_and_is_gone_is_a_problem(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    add_deal(account)
    hubspot.settle_and_pull()
    account.faults = [times(-1, missing_scope("crm.objects.deals.read"), "objects/deals")]
    (problem,) = hubspot.settle_and_pull().problems
    assert "object deals: it was read before" in problem
    assert "crm.objects.deals.read" in problem


def test_an_object_that_the_account_lacks_is_left_out(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    del account.properties["goal_targets"]
    result = hubspot.settle_and_pull()
    assert result.problems == []
    assert any("object goal_targets: left out" in note for note in result.notes)


def test_an_address_that_is_too_long_is_cut_again(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    account.add("companies", 1, name="A")

    def short(method: str, target: str) -> Reply | None:
        return Reply(414, b"") if len(target) > 800 else None

    account.faults = [short]
    names = [f"a_property_{number:03d}" for number in range(300)]
    account.properties["companies"] |= dict.fromkeys(names, "string")
    account.records["companies"]["1"]["properties"][names[-1]] = "last"
    hubspot.options["custom_properties"] = {"companies": names}
    assert hubspot.settle_and_pull().problems == []
    assert hubspot.rows("accounts", names[-1]) == [("last",)]


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("deals", "amount", "n/a"),
        ("deals", "closedate", "soon"),
        ("companies", "numberofemployees", "1-10"),
        ("contacts", "createdate", "1572480000000"),
    ],
)
def test_a_value_that_does_not_fit_is_red_and_stores_nothing(
    account: FakeAccount, hubspot: HubSpotPulling, name: str, field: str, value: str
) -> None:
    add_deal(account)
    account.add("companies", 1, name="A")
    account.add("contacts", 1, email="a@example.com")
    account.change(name, {"deals": 7}.get(name, 1), **{field: value})
    (problem,) = hubspot.settle_and_pull().problems
    assert f"object {name}" in problem
    assert value in problem
    assert hubspot.known(name).cursor_at is None
    good = {"amount": "1", "closedate": "2026-01-01", "numberofemployees": "3"}
    account.change(name, {"deals": 7}.get(name, 1), **{field: good.get(field, "2026-01-01")})
    result = hubspot.settle_and_pull()
    assert result.problems == []
    assert any(value in note for note in result.notes) == (name == "deals")


def test_a_property_that_vanishes_or_changes_its_type_is_an_alarm(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    hubspot.options["custom_properties"] = {"deals": ["my_region"]}
    account.properties["deals"]["my_region"] = "string"
    add_deal(account, my_region="north")
    hubspot.settle_and_pull()
    account.properties["deals"]["amount"] = "string"
    region = account.properties["deals"].pop("my_region")
    account.change("deals", 7, dealname="changed")
    (problem,) = hubspot.settle_and_pull().problems
    assert "field amount was number and is string now" in problem
    assert "field my_region was string and is gone" in problem
    assert hubspot.rows("opportunities", "opportunity_name, my_region") == [("Pens", "north")]
    account.properties["deals"] |= {"amount": "number", "my_region": region}
    assert hubspot.settle_and_pull().problems == []
    assert hubspot.rows("opportunities", "opportunity_name, my_region") == [("changed", "north")]


def test_a_company_s_property_that_does_not_exist_is_named(
    account: FakeAccount, hubspot: HubSpotPulling
) -> None:
    hubspot.options["fields"] = {"companies": {"segment": "segment_typo"}}
    (problem,) = hubspot.settle_and_pull().problems
    assert "object companies: field segment_typo does not exist" in problem


def test_a_kill_before_the_cursor_gives_the_same_rows_again(
    account: FakeAccount, hubspot: HubSpotPulling, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.add("companies", 1, name="A")
    hubspot.options["leave_out"] = [name for name in account.properties if name != "companies"]
    hubspot.options["leave_out"] += ["campaigns", "forms", "form_submissions", "owners"]
    real = StateStore.save_connector_object

    def killed(store: StateStore, record: object) -> None:
        if getattr(record, "pending", None) is None:
            raise KeyboardInterrupt
        real(store, record)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(StateStore, "save_connector_object", killed)
        with pytest.raises(KeyboardInterrupt):
            hubspot.settle_and_pull()
    delivered = hubspot.files("accounts")
    assert len(delivered) == 1
    assert hubspot.known("companies").cursor_at is None
    hubspot.settle_and_pull()
    assert hubspot.files("accounts") == delivered
