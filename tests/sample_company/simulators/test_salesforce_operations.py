"""What the outside world does to an organisation, and what clients then see of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sample_company.simulators.salesforce.fields import Field, number_text, read_back, stored
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.volume import add_opportunities
from tests.sample_company.simulators.plain_client import PlainClient

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def shown(organisation: Organisation, name: str, record: str) -> dict[str, Any]:
    return next(row for row in organisation.truth_of(name) if row["Id"] == record)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0.0"),
        ("9576.00", "9576.0"),
        ("-43995.60", "-43995.6"),
        ("1234567.89", "1234567.89"),
        ("9999999.99", "9999999.99"),
        ("10000000", "1.0E7"),
        ("139000000", "1.39E8"),
        ("12345678901234.56", "1.234567890123456E13"),
        ("0.001", "0.001"),
        ("0.0001", "1.0E-4"),
    ],
)
def test_numbers_are_written_as_java_writes_them(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text
    field = Field("Amount", "currency")
    assert read_back(field, stored(field, Decimal(number))) == Decimal(number)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("date", datetime(2026, 1, 1)), ("datetime", date(2026, 1, 1)), ("currency", 1.5),  # noqa: DTZ001
     ("boolean", "true"), ("int", True), ("string", 5), ("currency", Decimal("nan"))],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        stored(Field("Any", kind), value)


def test_changes_move_stamps_and_leave_history(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    organisation.clock.advance(DAY)
    organisation.update(
        "Opportunity", deals[0], StageName="Closed Won", Amount=Decimal(90), NextStep="sign"
    )
    row = shown(organisation, "Opportunity", deals[0])
    assert row["SystemModstamp"] == row["LastModifiedDate"] == organisation.clock.now()
    assert (row["IsWon"], row["Probability"], row["ForecastCategory"]) == (True, 100, "Closed")
    where = f"WHERE OpportunityId = '{deals[0]}' ORDER BY CreatedDate"
    fields = "StageName, Amount, PrevAmount, PrevCloseDate, Probability"
    stages = client.query(f"SELECT {fields} FROM OpportunityHistory {where}").json["records"]
    assert [(s["StageName"], s["Amount"], s["PrevAmount"]) for s in stages] == [
        ("Proposal", 100.1, None), ("Closed Won", 90.0, 100.1),
    ]  # fmt: skip
    changed = client.query(
        f"SELECT Field, OldValue, NewValue FROM OpportunityFieldHistory {where}"
    ).json["records"]
    assert {(c["Field"], c["OldValue"], c["NewValue"]) for c in changed} == {
        ("created", None, None), ("StageName", "Proposal", "Closed Won"), ("Amount", 100.1, 90.0),
        ("Probability", 50.0, 100.0),
    }  # fmt: skip
    # What is not tracked leaves nothing.
    organisation.update("Opportunity", deals[0], NextStep="wait")
    assert len(list(organisation.truth_of("OpportunityHistory"))) == 6


def test_leads_leave_history_of_status_and_owner(organisation: Organisation) -> None:
    lead = organisation.create("Lead", FirstName="Eva", LastName="Roth", Company="x", Status="New")
    user = organisation.create("User", LastName="Vogel", Username="v")
    organisation.update("Lead", lead, Status="MQL", OwnerId=user, Title="Head")
    notes = [(n["Field"], n["NewValue"]) for n in organisation.truth_of("LeadHistory")]
    assert notes == [("created", None), ("Status", "MQL"), ("Owner", user)]
    assert shown(organisation, "Lead", lead)["Name"] == "Eva Roth"


def test_unknown_fields_objects_and_records_are_refused(organisation: Organisation) -> None:
    with pytest.raises(ValueError, match="no field Colour"):
        organisation.create("Account", Name="x", Colour="red")
    with pytest.raises(KeyError, match="no object"):
        organisation.create("Colour", Name="x")
    with pytest.raises(KeyError, match="not there"):
        organisation.update("Account", "001000000000000AAA", Name="x")
    with pytest.raises(ValueError, match="Account"):
        organisation.load("Account", [{"Id": "a", "Name": "x"}, {"Id": "a", "Name": "x"}])
    assert list(organisation.truth_of("Account")) == []


def test_the_bin_keeps_for_fifteen_days(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    organisation.clock.advance(MINUTE)
    line = organisation.create("OpportunityLineItem", OpportunityId=deals[0], Quantity=Decimal(1))
    organisation.delete("Opportunity", deals[0])
    query = f"SELECT Id FROM Opportunity WHERE Id = '{deals[0]}'"
    assert client.column(query) == []
    assert client.column(query, "queryAll") == deals[:1]
    row = shown(organisation, "Opportunity", deals[0])
    assert (row["IsDeleted"], row["SystemModstamp"]) == (True, organisation.clock.now())
    # Lines and history went with it.
    assert shown(organisation, "OpportunityLineItem", line)["IsDeleted"]
    history = f"SELECT Id FROM OpportunityHistory WHERE OpportunityId = '{deals[0]}'"
    assert client.column(history) == []
    assert len(client.column(history, "queryAll")) == 1
    with pytest.raises(KeyError):
        organisation.update("Opportunity", deals[0], Name="x")

    organisation.clock.advance(DAY)
    organisation.undelete("Opportunity", deals[0])
    assert not shown(organisation, "OpportunityLineItem", line)["IsDeleted"]
    organisation.delete("Opportunity", deals[0])
    organisation.clock.advance(15 * DAY)
    for name in ("Opportunity", "OpportunityLineItem", "OpportunityHistory"):
        ids = {row["Id"] for row in organisation.truth_of(name)}
        assert not ids & {deals[0], line}
    with pytest.raises(KeyError):
        organisation.undelete("Opportunity", deals[0])


def test_a_hard_delete_leaves_nothing(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    organisation.hard_delete("Opportunity", deals[1])
    assert client.column("SELECT Id FROM Opportunity", "queryAll") == [deals[0], *deals[2:]]
    assert len(client.column("SELECT Id FROM OpportunityHistory", "queryAll")) == 4


def test_members_of_campaigns_vanish_with_their_lead(organisation: Organisation) -> None:
    campaign = organisation.create("Campaign", Name="Fair")
    lead = organisation.create("Lead", LastName="Roth", Company="x", Status="New")
    organisation.create("CampaignMember", CampaignId=campaign, LeadId=lead)
    organisation.delete("Lead", lead)
    assert list(organisation.truth_of("CampaignMember")) == []
    assert shown(organisation, "Lead", lead)["IsDeleted"]


def test_a_merge_gives_the_children_to_the_master(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    loser = client.column("SELECT AccountId FROM Opportunity LIMIT 1")[0]
    master = organisation.create("Account", Name="Elsen Devices GmbH")
    contact = organisation.create("Contact", LastName="Roth", AccountId=loser)
    made = organisation.clock.now()
    organisation.clock.advance(DAY)
    organisation.merge("Account", master, [loser])
    gone = shown(organisation, "Account", loser)
    assert (gone["IsDeleted"], gone["MasterRecordId"]) == (True, master)
    for name, record in (("Opportunity", deals[0]), ("Contact", contact)):
        child = shown(organisation, name, record)
        assert child["AccountId"] == master
        assert not child["IsDeleted"]
        assert child["SystemModstamp"] == organisation.clock.now()
        assert child["LastModifiedDate"] <= made
    assert shown(organisation, "Account", master)["SystemModstamp"] == organisation.clock.now()
    with pytest.raises(ValueError, match="cannot be merged"):
        organisation.merge("Opportunity", deals[0], deals[1:2])


def test_a_lead_is_converted_once(organisation: Organisation) -> None:
    campaign = organisation.create("Campaign", Name="Fair")
    lead = organisation.create(
        "Lead",
        FirstName="Eva",
        LastName="Roth",
        Company="Roth AG",
        Status="New",
        LeadSource="Event",
    )
    organisation.create("CampaignMember", CampaignId=campaign, LeadId=lead)
    account, contact, deal = organisation.convert_lead(
        lead, opportunity={"Name": "x", "StageName": "Discovery", "CloseDate": date(2026, 12, 1)}
    )
    row = shown(organisation, "Lead", lead)
    assert (row["IsConverted"], row["ConvertedDate"]) == (True, date(2026, 11, 1))
    made = [row[f"Converted{name}Id"] for name in ("Account", "Contact", "Opportunity")]
    assert made == [account, contact, deal]
    assert shown(organisation, "Opportunity", deal)["LeadSource"] == "Event"
    (role,) = organisation.truth_of("OpportunityContactRole")
    assert (role["ContactId"], role["IsPrimary"]) == (contact, True)
    (member,) = organisation.truth_of("CampaignMember")
    assert member["ContactId"] == contact
    assert "leadConverted" in {note["Field"] for note in organisation.truth_of("LeadHistory")}
    with pytest.raises(ValueError, match="converted already"):
        organisation.convert_lead(lead)


def test_columns_come_go_hide_and_change_type(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    def names() -> dict[str, str]:
        fields = client.get("/sobjects/Opportunity/describe").json["fields"]
        return {field["name"]: field["type"] for field in fields}

    soql = "SELECT Region__c FROM Opportunity"
    assert client.query(soql).code == "INVALID_FIELD"
    organisation.add_field("Opportunity", "Region__c string(80)")
    organisation.add_field("Opportunity", "Is_Large__c boolean")
    organisation.update("Opportunity", deals[0], Region__c="12.5")
    organisation.update("Opportunity", deals[1], Region__c="DACH")
    stamps = client.column("SELECT SystemModstamp FROM Opportunity")
    assert client.column(soql) == ["12.5", "DACH", None, None, None]
    assert client.column("SELECT Is_Large__c FROM Opportunity") == [False] * 5
    organisation.change_type("Opportunity", "Region__c currency(16,2)")
    assert names()["Region__c"] == "currency"
    assert client.column(soql) == [12.5, None, None, None, None]
    assert client.column("SELECT SystemModstamp FROM Opportunity") == stamps
    hidden = organisation.hide_field("Opportunity", "Amount")
    assert "Amount" not in names()
    assert client.query("SELECT Amount FROM Opportunity").code == "INVALID_FIELD"
    organisation.show_field("Opportunity", hidden)
    assert client.column("SELECT Amount FROM Opportunity")[0] == 100.1
    organisation.drop_field("Opportunity", "Region__c")
    assert client.query(soql).code == "INVALID_FIELD"
    with pytest.raises(ValueError, match="already"):
        organisation.add_field("Opportunity", "Amount currency(16,2)")
    with pytest.raises(ValueError, match="no field definition"):
        organisation.add_field("Opportunity", "what is this?")


def test_a_column_that_goes_between_two_pages_is_an_error(
    organisation: Organisation, client: PlainClient
) -> None:
    organisation.load(
        "Account", [{"Id": organisation.next_id("Account"), "Name": "x"} for _ in range(2001)]
    )
    organisation.add_field("Account", "Tier__c string(1)")
    page = client.query("SELECT Tier__c FROM Account").json["nextRecordsUrl"]
    organisation.drop_field("Account", "Tier__c")
    assert client.get(page).code == "INVALID_FIELD"


def test_a_feature_that_is_off_has_no_object(
    organisation: Organisation, client: PlainClient
) -> None:
    assert client.query("SELECT Id FROM Case").status == 200
    organisation.remove_object("Case")
    assert client.query("SELECT Id FROM Case").code == "INVALID_TYPE"
    assert client.get("/sobjects/Case/describe").status == 404


def test_a_formula_changes_without_a_stamp(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    organisation.add_field("Opportunity", "Health__c string(20) calculated")
    before = client.column("SELECT SystemModstamp FROM Opportunity")
    organisation.clock.advance(DAY)
    organisation.set_formula("Opportunity", deals[0], Health__c="red")
    assert client.column("SELECT Health__c FROM Opportunity")[0] == "red"
    assert client.column("SELECT SystemModstamp FROM Opportunity") == before
    with pytest.raises(ValueError, match="no formula"):
        organisation.set_formula("Opportunity", deals[0], Amount=Decimal(1))


def test_a_late_commit_appears_below_the_cursor(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    now = organisation.clock.advance(timedelta(hours=1))
    cursor = "SELECT Name FROM Opportunity WHERE SystemModstamp >= 2026-11-01T07:00:00Z"
    late = {"StageName": "Proposal", "CloseDate": date(2026, 12, 9)}
    organisation.create("Opportunity", late, Name="late", at=now - 20 * MINUTE)
    organisation.update("Opportunity", deals[0], Name="late too", at=now - 15 * MINUTE)
    assert client.column(cursor) == []
    assert set(client.column("SELECT Name FROM Opportunity")) >= {"late", "late too"}


def amounts(organisation: Organisation, as_of: datetime | None = None) -> dict[str, Decimal]:
    return {row["Id"]: row["Amount"] for row in organisation.truth_of("Opportunity", as_of)}


def test_the_truth_as_of_a_moment(organisation: Organisation, deals: list[str]) -> None:
    start = organisation.clock.now()
    first = amounts(organisation)
    organisation.clock.advance(MINUTE)
    organisation.update("Opportunity", deals[0], Amount=Decimal(1))
    organisation.clock.advance(MINUTE)
    organisation.update("Opportunity", deals[0], Amount=Decimal(2))
    organisation.delete("Opportunity", deals[1])
    organisation.hard_delete("Opportunity", deals[2])
    assert amounts(organisation, start) == first
    assert amounts(organisation, start + MINUTE) == {**first, deals[0]: Decimal(1)}
    present = amounts(organisation)
    assert present == amounts(organisation, start + 2 * MINUTE)
    assert present == {
        **{record: amount for record, amount in first.items() if record != deals[2]},
        deals[0]: Decimal(2),
    }
    assert amounts(organisation, start - 4 * MINUTE) == {deals[0]: first[deals[0]]}


def test_what_clients_read_is_the_truth(
    organisation: Organisation, client: PlainClient, deals: list[str]
) -> None:
    readers: dict[str, Callable[[Any], Any]] = {
        "currency": lambda value: Decimal(str(value)),
        "percent": lambda value: Decimal(str(value)),
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
    }
    kind = organisation.kind("Opportunity")
    organisation.delete("Opportunity", deals[3])
    names = ", ".join(kind.fields)
    records = client.query(f"SELECT {names} FROM Opportunity", "queryAll").json["records"]
    read = [
        {
            name: readers.get(field.type, lambda value: value)(record[name])
            if record[name] is not None
            else None
            for name, field in kind.fields.items()
        }
        for record in records
    ]
    assert read == list(organisation.truth_of("Opportunity"))


def test_emptying_the_bin_does_not_look_at_records_outside_it(organisation: Organisation) -> None:
    """Every request empties the bin first: looking at all records made large orgs quadratic."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def steps_of_a_purge() -> int:
        nonlocal steps
        organisation.clock.advance(MINUTE)
        steps = 0
        organisation.purge()
        return steps

    organisation.store._connection.set_progress_handler(count, 1)
    before = steps_of_a_purge()
    add_opportunities(organisation, 500)
    assert steps_of_a_purge() == before > 0
