"""Objects that no mart asks for: kept as they came, with the sweeps, and nothing else of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from orchestration.connectors.raw_pages import finished_pulls
from orchestration.connectors.salesforce.replay import replay
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample import sample_organisation
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import assert_equal, live_rows

HOUR = timedelta(hours=1)


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Meeting]:
    yield from meet(Organisation(), tmp_path)


def kept(org: Meeting, name: str) -> list[dict[str, Any]]:
    pulls = finished_pulls(org.home / "raw_pages" / "crm" / name)
    bodies = [json.loads(body) for pull in pulls for _, body in pull.pages()]
    return [record for body in bodies for record in body["records"]]


def test_they_come_with_the_sweeps_and_give_no_rows(org: Meeting) -> None:
    make = org.organisation.create
    account = make("Account", Name="Acme")
    order = make(
        "Order",
        AccountId=account,
        Status="Draft",
        EffectiveDate=date(2026, 11, 1),
        TotalAmount=Decimal("99.50"),
    )
    make("CurrencyType", IsoCode="USD", ConversionRate=Decimal("1.1"))
    org.organisation.clock.advance(HOUR)
    org.pull()
    [known] = kept(org, "Order")
    assert (known["Id"], known["AccountId"], known["TotalAmount"]) == (order, account, 99.5)
    assert [record["IsoCode"] for record in kept(org, "CurrencyType")] == ["USD"]
    org.organisation.update("Order", order, Status="Activated")
    org.organisation.update("Account", account, Name="Acme plc")
    org.organisation.clock.advance(HOUR)
    asked = len(org.simulator.log)
    org.pull()
    queries = [unquote_plus(str(entry)) for entry in org.simulator.log[asked:]]
    assert any("FROM Account " in text for text in queries)
    assert not any("FROM Order " in text for text in queries)
    assert live_rows(org, "accounts")[account]["account_name"] == "Acme plc"
    assert [record["Status"] for record in kept(org, "Order")] == ["Draft"]
    org.organisation.clock.advance(timedelta(days=8))
    org.pull()
    assert [record["Status"] for record in kept(org, "Order")] == ["Draft", "Activated"]
    assert_equal(org)
    connector = org.pulling.source.connector
    assert "Order" not in replay(org.pulling.context(), connector)  # type: ignore[arg-type]
    folders = {path.name for path in org.pulling.source.options.folder.iterdir()}
    assert folders == set(org.pulling.source.datasets)


def test_each_of_them_arrives_with_every_field_that_is_named(org: Meeting) -> None:
    """Contracts and orders, team members, roles, currencies and their dated rates."""
    make = org.organisation.create
    day = date(2026, 11, 1)
    account = make("Account", Name="Acme")
    deal = make("Opportunity", Name="Deal", StageName="Discovery", CloseDate=day)
    order = make("Order", AccountId=account, Status="Draft", EffectiveDate=day)
    made = {
        "Contract": make("Contract", AccountId=account, Status="Draft", StartDate=day),
        "Order": order,
        "OrderItem": make("OrderItem", OrderId=order, Quantity=2, UnitPrice=Decimal("49.75")),
        "OpportunityTeamMember": make(
            "OpportunityTeamMember", OpportunityId=deal, UserId=account, TeamMemberRole="Engineer"
        ),
        "UserRole": make("UserRole", Name="Sales DACH"),
        "CurrencyType": make("CurrencyType", IsoCode="USD", ConversionRate=Decimal("1.1")),
        "DatedConversionRate": make(
            "DatedConversionRate", IsoCode="USD", ConversionRate=Decimal("1.12"), StartDate=day
        ),
    }
    org.organisation.clock.advance(HOUR)
    org.pull()
    connector = org.pulling.source.connector
    assert connector is not None
    items = {name: item for name, item in connector.objects().items() if not item.outputs}
    assert items.keys() == made.keys()
    for name, item in items.items():
        [record] = kept(org, name)
        assert record["Id"] == made[name]
        assert set(item.kept) <= record.keys(), name
    [member] = kept(org, "OpportunityTeamMember")
    assert (member["OpportunityId"], member["TeamMemberRole"]) == (deal, "Engineer")
    assert [item["UnitPrice"] for item in kept(org, "OrderItem")] == [49.75]


def test_the_sample_company_has_rates_for_every_month() -> None:
    rates = list(sample_organisation().truth_of("DatedConversionRate", None))
    assert {row["IsoCode"] for row in rates} == {"USD", "GBP"}
    # An American dollar is less than a euro, a pound is more.
    assert all((row["ConversionRate"] > 1) == (row["IsoCode"] == "USD") for row in rates)
