"""What SOQL means: each condition against the rows that a person would expect."""

from __future__ import annotations

import pytest

from sample_company.simulators.salesforce.organisation import Organisation
from tests.sample_company.simulators.plain_client import PlainClient

NAMES = [f"Deal {number}" for number in range(1, 6)]


def picked(*numbers: int) -> list[str]:
    return [f"Deal {number}" for number in numbers]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Amount > 300.29", picked(3, 4, 5)),
        ("Amount = 200.2", picked(2)),
        ("Amount <= 2.002e2", None),
        ("SystemModstamp >= 2026-11-01T06:04:00Z", picked(4, 5)),
        ("SystemModstamp < 2026-11-01T08:02:00.000%2B0200", picked(1)),
        ("SystemModstamp = TODAY", []),
        ("CreatedDate >= LAST_N_DAYS:3", picked(1, 2, 3, 4, 5)),
        ("CloseDate IN (2026-12-01, 2026-12-05)", picked(1, 5)),
        ("CloseDate > 2026-12-03 AND IsWon = true", picked(4)),
        ("(IsWon = TRUE OR LeadSource = null) AND Amount < 500", picked(2, 4)),
        ("NOT (IsWon = true)", picked(1, 3, 5)),
        ("LeadSource = 'WEB FORM'", picked(1, 2, 3, 4)),
        ("LeadSource != 'Web form'", picked(5)),
        ("LeadSource != null", picked(1, 2, 3, 4)),
        ("LeadSource NOT IN ('Event', 'Web form')", picked(5)),
        ("Name LIKE '%l 3'", picked(3)),
        ("Opportunity.Name = 'Deal 2'", picked(2)),
        ("name = 'deal 2'", picked(2)),
        ("CurrencyIsoCode IN ('USD')", picked(4, 5)),
        ("IsDeleted = true", []),
    ],
)
@pytest.mark.usefixtures("deals")
def test_conditions(client: PlainClient, where: str, expected: list[str] | None) -> None:
    soql = f"SELECT Name FROM Opportunity WHERE {where} ORDER BY Name"
    if expected is None:
        assert client.query(soql).code == "MALFORMED_QUERY"
    else:
        assert client.column(soql.replace("%2B", "+")) == expected


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("ORDER BY Amount DESC LIMIT 2", picked(5, 4)),
        ("ORDER BY LeadSource, Name DESC", picked(5, 4, 3, 2, 1)),
        ("ORDER BY LeadSource NULLS LAST, Name", picked(1, 2, 3, 4, 5)),
        ("ORDER BY LeadSource DESC, Name LIMIT 1 OFFSET 4", picked(5)),
        ("ORDER BY CloseDate ASC LIMIT 1", picked(1)),
    ],
)
@pytest.mark.usefixtures("deals")
def test_order_and_limit(client: PlainClient, tail: str, expected: list[str]) -> None:
    assert client.column(f"SELECT Name FROM Opportunity {tail}") == expected


def test_ids_of_fifteen_and_eighteen(client: PlainClient, deals: list[str]) -> None:
    for form in (deals[0], deals[0][:15]):
        assert client.column(f"SELECT Id FROM Opportunity WHERE Id = '{form}'") == deals[:1]
    assert client.column(f"SELECT Id FROM Opportunity WHERE Id > '{deals[2]}'") == deals[3:]


@pytest.mark.usefixtures("deals")
def test_counts_and_aggregates(client: PlainClient) -> None:
    count = client.query("SELECT COUNT() FROM Opportunity WHERE IsWon = true").json
    assert count == {"totalSize": 2, "done": True, "records": []}
    (record,) = client.query(
        "SELECT COUNT(Id) rows, MAX(SystemModstamp), SUM(Amount) FROM Opportunity"
    ).json["records"]
    assert record["attributes"] == {"type": "AggregateResult"}
    assert record["rows"] == 5
    assert record["expr1"] == "2026-11-01T06:05:00.000+0000"
    assert record["expr2"] == pytest.approx(1501.5)


def test_fields_all_and_quotes_in_text(organisation: Organisation, client: PlainClient) -> None:
    organisation.add_field("Account", "Tier__c picklist(A|B)")
    organisation.create("Account", Name="O'Neill \\ Co", Tier__c="A")
    soql = r"SELECT FIELDS(ALL) FROM Account WHERE Name = 'O\'Neill \\ Co' LIMIT 200"
    (record,) = client.query(soql).json["records"]
    assert record["Tier__c"] == "A"
    custom = client.query("SELECT Id, FIELDS(CUSTOM) FROM Account LIMIT 1").json["records"][0]
    assert set(custom) == {"attributes", "Id", "Tier__c"}


def test_fields_of_the_record_that_a_reference_leads_to(
    client: PlainClient, organisation: Organisation
) -> None:
    user = organisation.create("User", Username="a@b.example", LastName="Ng", Name='Al "A" Ng')
    parent = organisation.create("Account", Name="Holding", OwnerId=user)
    organisation.create("Account", Name="Daughter", ParentId=parent, OwnerId=user)
    soql = "SELECT Name, parent.name, Parent.CreatedDate, Owner.Name FROM Account ORDER BY Name"
    daughter, holding = client.query(soql).json["records"]
    assert list(daughter) == ["attributes", "Name", "Parent", "Owner"]
    assert daughter["Parent"]["attributes"] == {
        "type": "Account", "url": f"/services/data/v62.0/sobjects/Account/{parent}",
    }  # fmt: skip
    assert daughter["Parent"]["Name"] == "Holding"
    assert daughter["Parent"]["CreatedDate"].endswith("+0000")
    assert daughter["Owner"]["Name"] == 'Al "A" Ng'
    assert holding["Parent"] is None
    refused = client.query("SELECT Parent.Nome FROM Account")
    assert refused.code == "INVALID_FIELD"
    assert "No such column 'Nome' on entity 'Account'" in refused.json[0]["message"]
