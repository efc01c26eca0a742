"""What a pull of an org brings, and what it asks for."""

from __future__ import annotations

from decimal import Decimal

from orchestration.connectors.salesforce.bulk import csv_rows
from tests.connectors.conftest import Pulling
from tests.connectors.fake_salesforce import FakeOrg


def test_records_arrive_typed(org: FakeOrg, pulling: Pulling) -> None:
    org.add(
        "Opportunity",
        "006000000000001AAA",
        Name="Pens",
        Amount=1234.5,
        StageName="Won",
        CloseDate="2026-02-03",
        Probability=40.0,
        AccountId="001000000000001AAA",
    )
    result = pulling.settle_and_pull()
    assert result.problems == []
    assert pulling.rows(
        "opportunities", "opportunity_id, amount, sales_stage, probability, is_deleted"
    ) == [("006000000000001AAA", Decimal("1234.50"), "Won", Decimal("0.400000"), False)]


def test_all_pages_arrive(org: FakeOrg, pulling: Pulling) -> None:
    org.batch = 7
    for number in range(40):
        org.add("Account", f"001{number:015d}", Name=f"Account {number}")
    assert pulling.settle_and_pull().problems == []
    assert len(pulling.rows("accounts")) == 40


def test_bulk_gives_what_rest_gives(org: FakeOrg, pulling: Pulling) -> None:
    org.batch = 10
    for number in range(40):
        org.add("Account", f"001{number:015d}", Name=f'A "{number}",\nline', NumberOfEmployees=3)
    pulling.options["bulk_threshold"] = 20
    assert pulling.settle_and_pull().problems == []
    assert any("/jobs/query" in request for request in org.requests)
    rows = pulling.rows("accounts", "account_name, employee_count, parent_account_id")
    assert rows[5] == ('A "5",\nline', 3, None)
    assert len(rows) == 40


def test_a_page_without_a_header_is_read_too() -> None:
    with_header = csv_rows(b'"Id","Name"\n"1","A\nB"\n"2",""\n', ["Id", "Name"])
    without = csv_rows(b'"1","A\nB"\n"2",""\n', ["Id", "Name"])
    assert with_header.to_pylist() == without.to_pylist()
    assert without.to_pylist()[1] == {"Id": "2", "Name": None}
