"""Windows, deletes, merges, sweeps: what changes in the org changes here, and nothing else does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orchestration.connectors import limits
from tests.connectors.conftest import Pulling
from tests.connectors.fake_salesforce import FakeOrg

ONE, TWO, THREE = (f"00100000000000{number}AAA" for number in (1, 2, 3))
ROLE = "00K000000000001AAA"


def names(pulling: Pulling) -> list[tuple[object, ...]]:
    return pulling.rows("accounts", "account_name, is_deleted")


def queries(org: FakeOrg, name: str) -> list[str]:
    return [request for request in org.requests if f"+FROM+{name}" in request]


def test_the_window_has_a_lag_and_an_overlap(org: FakeOrg, pulling: Pulling) -> None:
    org.add("Account", ONE, Name="young")
    assert pulling.pull().problems == []
    assert names(pulling) == []
    pulling.settle_and_pull()
    assert names(pulling) == [("young", False)]
    org.requests.clear()
    org.add("Account", TWO, org.now - timedelta(minutes=20), Name="committed late")
    pulling.settle_and_pull()
    assert names(pulling) == [("young", False), ("committed late", False)]
    (asked,) = [text for text in org.requests if "FROM+Account+" in text]
    assert "SystemModstamp+>+2026-03-01T11:35:00.000Z" in asked
    assert "SystemModstamp+<=+2026-03-01T12:15:00.000Z" in asked


def test_a_pull_without_news_writes_nothing(org: FakeOrg, pulling: Pulling) -> None:
    org.add("Account", ONE, Name="A")
    pulling.settle_and_pull()
    before = pulling.files("accounts")
    org.requests.clear()
    pulling.settle_and_pull()
    assert pulling.files("accounts") == before
    assert not any("describe" in request for request in org.requests if "Account" not in request)
    assert len(org.requests) <= 20


def test_a_deleted_record_is_marked_and_a_deleted_role_vanishes(
    org: FakeOrg, pulling: Pulling
) -> None:
    org.add("Account", ONE, Name="A")
    for number in (1, 2):
        org.add(
            "OpportunityContactRole",
            f"00K00000000000{number}AAA",
            OpportunityId="006",
            ContactId="003",
        )
    pulling.settle_and_pull()
    org.delete("Account", ONE)
    org.delete("OpportunityContactRole", ROLE)
    pulling.settle_and_pull()
    assert names(pulling) == [("A", True)]
    assert pulling.rows("opportunity_contact_roles", "contact_role_id") == [("00K000000000002AAA",)]
    assert len(pulling.files("opportunity_contact_roles")) == 1


def test_a_merge_is_mapped_and_stays_after_the_loser_is_purged(
    org: FakeOrg, pulling: Pulling
) -> None:
    org.add("Account", ONE, Name="loser")
    org.add("Account", TWO, Name="winner")
    pulling.settle_and_pull()
    assert pulling.rows("account_merges") == []
    org.delete("Account", ONE, MasterRecordId=TWO)
    pulling.settle_and_pull()
    merge = [("accounts", ONE, TWO)]
    assert pulling.rows("account_merges", "entity, losing_id, surviving_id") == merge
    org.purge("Account", ONE)
    org.pass_time(days=8)
    pulling.pull()
    assert pulling.rows("account_merges", "entity, losing_id, surviving_id") == merge
    assert names(pulling) == [("loser", True), ("winner", False)]


def test_a_sweep_finds_hard_deletes_and_missed_records(org: FakeOrg, pulling: Pulling) -> None:
    org.add("Account", ONE, Name="A")
    org.add("Account", TWO, Name="B")
    pulling.settle_and_pull()
    long_ago = org.now - timedelta(hours=5)
    org.purge("Account", ONE)
    org.add("Account", THREE, long_ago, Name="very late")
    org.change("Account", TWO, long_ago, Name="B, changed late")
    pulling.settle_and_pull()
    assert names(pulling) == [("A", False), ("B", False)]
    org.pass_time(days=7)
    result = pulling.pull()
    assert names(pulling) == [("A", True), ("B, changed late", False), ("very late", False)]
    assert any("1 records gone and 2 missed" in note for note in result.notes)


def test_a_sweep_leaves_alone_what_is_younger_than_the_lag(org: FakeOrg, pulling: Pulling) -> None:
    org.add("Account", ONE, Name="A")
    pulling.settle_and_pull()
    org.pass_time(days=8)
    org.change("Account", ONE, Name="A, a moment ago")
    org.add("Account", TWO, Name="B, a moment ago")
    pulling.pull()
    assert names(pulling) == [("A", False)]
    pulling.settle_and_pull()
    assert names(pulling) == [("A, a moment ago", False), ("B, a moment ago", False)]


def test_an_answer_taken_back_is_no_touch_any_more(org: FakeOrg, pulling: Pulling) -> None:
    member = "00v000000000001AAA"
    org.add("CampaignMember", member, HasResponded=True, CampaignId="701", FirstRespondedDate=None)
    org.add("CampaignMember", "00v000000000002AAA", HasResponded=False, CampaignId="701")
    pulling.settle_and_pull()
    assert pulling.rows("campaign_members", "touch_id") == [(member,)]
    org.change("CampaignMember", member, HasResponded=False)
    pulling.settle_and_pull()
    assert pulling.rows("campaign_members") == []


def test_formulas_are_noted_and_read_again_with_a_sweep(org: FakeOrg, pulling: Pulling) -> None:
    pulling.options["fields"] = {"Account": {"segment": "Segment__c"}}
    org.fields["Account"]["Segment__c"] = "string"
    org.formulas.add("Account.Segment__c")
    org.add("Account", ONE, Name="A", Segment__c="small")
    assert any("Segment__c are formulas" in note for note in pulling.settle_and_pull().notes)
    org.records["Account"][ONE]["Segment__c"] = "large"
    org.pass_time(days=7)
    pulling.pull()
    assert pulling.rows("accounts", "segment") == [("large",)]


def test_a_field_that_is_added_is_read_of_all_records(org: FakeOrg, pulling: Pulling) -> None:
    org.fields["Account"]["Segment__c"] = "string"
    org.add("Account", ONE, Name="A", Segment__c="small")
    pulling.settle_and_pull()
    pulling.options["fields"] = {"Account": {"segment": "Segment__c"}}
    pulling.options["custom_fields"] = {"Account": ["Segment__c"]}
    pulling.settle_and_pull()
    assert pulling.rows("accounts", "segment, Segment__c") == [("small", "small")]
    assert len(pulling.files("accounts")) == 1


def test_two_changes_of_one_second_have_a_moment_each(org: FakeOrg, pulling: Pulling) -> None:
    for number in (1, 2):
        org.add(
            "OpportunityHistory",
            f"00800000000000{number}AAA",
            OpportunityId="006",
            StageName=f"stage {number}",
            Amount=1.005,
        )
    pulling.settle_and_pull()
    (first, _), (second, amount) = pulling.rows("opportunity_history", "changed_at, amount")
    assert timedelta(0) < second - first < timedelta(seconds=1)
    assert amount == Decimal("1.01")


def test_many_deliveries_become_few_and_say_the_same(
    org: FakeOrg, pulling: Pulling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MANY_DELIVERIES", 3)
    for number in range(100):
        org.add("Account", f"001{number:012d}AAA", Name="A")
    pulling.settle_and_pull()
    for number in range(12):
        org.change("Account", f"001{number % 5:012d}AAA", Name=f"changed {number}")
        pulling.settle_and_pull()
        assert len(pulling.files("accounts")) <= 4
    assert [row[0] for row in names(pulling)][:6] == [
        *("changed 10", "changed 11", "changed 7", "changed 8", "changed 9"),
        "A",
    ]
    assert len(names(pulling)) == 100


def test_a_standard_field_that_was_never_there_is_blank_with_a_note(
    org: FakeOrg, pulling: Pulling
) -> None:
    del org.fields["Account"]["Industry"]
    org.add("Account", ONE, Name="A")
    result = pulling.settle_and_pull()
    assert result.problems == []
    assert any("object Account: Industry do not exist" in note for note in result.notes)
    org.fields["Account"]["Industry"] = "string"
    org.records["Account"][ONE]["Industry"] = "medical"
    org.pass_time(days=7)
    pulling.pull()
    assert pulling.rows("accounts", "industry") == [("medical",)]


def test_a_field_that_the_company_named_has_to_be_there(org: FakeOrg, pulling: Pulling) -> None:
    pulling.options["fields"] = {"Account": {"segment": "Segment__c"}}
    (problem,) = pulling.settle_and_pull().problems
    assert "object Account: field Segment__c does not exist" in problem


def test_a_value_has_the_company_s_alias_and_its_change_reads_all_again(
    org: FakeOrg, pulling: Pulling
) -> None:
    org.add("Account", ONE, Name="A", Industry="technolgy")
    pulling.options["value_aliases"] = {"Account": {"industry": {"technolgy": "technology"}}}
    assert pulling.settle_and_pull().problems == []
    assert pulling.rows("accounts", "industry") == [("technology",)]
    pulling.options["value_aliases"] = {"Account": {"industry": {"technolgy": "software"}}}
    assert pulling.settle_and_pull().problems == []
    assert pulling.rows("accounts", "industry") == [("software",)]
    del pulling.options["value_aliases"]
    assert pulling.settle_and_pull().problems == []
    assert pulling.rows("accounts", "industry") == [("technolgy",)]
