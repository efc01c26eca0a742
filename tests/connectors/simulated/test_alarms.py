"""Columns that go or change their type: named, nothing stored, and the same rows after the fix."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.connectors.salesforce.replay import replay
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.salesforce.organisation import Organisation
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import assert_equal, live_rows
from tests.connectors.simulated.test_hubspot import Meeting as HubSpotMeeting
from tests.connectors.simulated.test_hubspot import meet as meet_hubspot
from tests.sample_company.simulators.conftest import HUBSPOT_STAGES

# One record is a page of REST; with a threshold of one every object is a job of Bulk 2.0.
REST, BULK = 10**9, 1


@pytest.fixture(params=[REST, BULK], ids=["rest", "bulk"])
def org(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    yield from meet(Organisation(), tmp_path, bulk_threshold=request.param)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[HubSpotMeeting]:
    portal = Portal()
    portal.add_pipeline("deals", "default", "Sales Pipeline", HUBSPOT_STAGES)
    yield from meet_hubspot(portal, tmp_path)


def add_deal(organisation: Organisation) -> str:
    return organisation.create(
        "Opportunity",
        Name="Pens",
        StageName="Proposal",
        CloseDate=date(2026, 12, 1),
        Amount=Decimal("10.50"),
    )


def test_a_field_that_appears_between_two_sweeps_comes_with_the_next(org: Meeting) -> None:
    """Salesforce's own field that the org lacked: a run without a sweep does not trip over it."""
    org.organisation.drop_field("Opportunity", "ContactId")
    contact = org.organisation.create("Contact", LastName="Keller")
    deal, other = add_deal(org.organisation), add_deal(org.organisation)
    org.organisation.clock.advance(timedelta(hours=1))
    org.pull()
    org.organisation.add_field("Opportunity", "ContactId reference(Contact)")
    for each in (deal, other):
        org.organisation.update("Opportunity", each, ContactId=contact)
    org.organisation.clock.advance(timedelta(hours=1))
    org.organisation.update("Opportunity", deal, Name="Pencils")
    org.organisation.clock.advance(timedelta(hours=1))
    org.pull()
    rows = live_rows(org, "opportunities")
    assert rows[deal]["opportunity_name"] == "Pencils"
    assert [rows[each]["primary_person_id"] for each in (deal, other)] == [None, None]
    connector = org.pulling.source.connector
    replay(org.pulling.context(), connector)  # type: ignore[arg-type]
    assert live_rows(org, "opportunities") == rows
    org.organisation.clock.advance(timedelta(days=8))
    org.pull()
    rows = live_rows(org, "opportunities")
    assert [rows[each]["primary_person_id"] for each in (deal, other)] == [contact, contact]
    assert_equal(org)


@pytest.mark.parametrize("line", ["Amount string(80)", "Amount boolean", "Amount date"])
def test_a_changed_type_in_salesforce(org: Meeting, line: str) -> None:
    deal = add_deal(org.organisation)
    org.organisation.clock.advance(timedelta(hours=1))
    org.pull()
    before = live_rows(org, "opportunities")
    org.organisation.change_type("Opportunity", line)
    org.organisation.update("Opportunity", deal, Name="Pencils")
    org.organisation.clock.advance(timedelta(hours=1))
    (problem,) = org.pulling.pull().problems
    kind = line.split()[1].partition("(")[0]
    expected = f"source crm, object Opportunity: field Amount was currency and is {kind} now"
    assert expected in problem
    assert live_rows(org, "opportunities") == before
    org.organisation.change_type("Opportunity", "Amount currency(16,2)")
    org.organisation.update("Opportunity", deal, Amount=Decimal("10.50"))
    org.organisation.clock.advance(timedelta(hours=1))
    org.pull()
    assert live_rows(org, "opportunities")[deal]["amount"] == Decimal("10.50")
    assert live_rows(org, "opportunities")[deal]["opportunity_name"] == "Pencils"
    assert_equal(org)


def test_a_vanished_column_in_salesforce(org: Meeting) -> None:
    deal = add_deal(org.organisation)
    lead = org.organisation.create("Lead", LastName="Roe", Company="Acme", Status="New")
    org.organisation.clock.advance(timedelta(hours=1))
    org.pull()
    hidden = org.organisation.hide_field("Opportunity", "Amount")
    org.organisation.update("Opportunity", deal, Name="Pencils")
    org.organisation.update("Lead", lead, Status="MQL")
    org.organisation.clock.advance(timedelta(hours=1))
    (problem,) = org.pulling.pull().problems
    assert "source crm, object Opportunity: field Amount was currency and is gone" in problem
    stored = live_rows(org, "opportunities")[deal]
    assert (stored["opportunity_name"], stored["amount"]) == ("Pens", Decimal("10.50"))
    # What is sound comes all the same.
    assert live_rows(org, "leads")[lead]["lead_status"] == "MQL"
    org.organisation.show_field("Opportunity", hidden)
    org.pull()
    assert_equal(org)
    assert live_rows(org, "opportunities")[deal]["opportunity_name"] == "Pencils"


def test_a_vanished_property_in_hubspot(account: HubSpotMeeting) -> None:
    portal = account.portal
    deal = portal.create("deals", dealname="Pens", dealstage="proposal", amount=Decimal("10.50"))
    portal.clock.advance(timedelta(hours=1))
    account.clean_pull()
    amount = portal.kinds["deals"].properties["amount"]
    portal.remove_property("deals", "amount")
    portal.update("deals", deal, dealname="Pencils")
    portal.clock.advance(timedelta(hours=1))
    (problem,) = account.pull().problems
    assert "source marketing, object deals: field amount was number and is gone" in problem
    columns = "opportunity_name, amount"
    assert account.rows("opportunities", columns) == [("Pens", Decimal("10.50"))]
    portal.kinds["deals"].properties["amount"] = amount
    portal.update("deals", deal, amount=Decimal("11.50"))
    portal.clock.advance(timedelta(hours=1))
    account.clean_pull()
    assert account.rows("opportunities", columns) == [("Pencils", Decimal("11.50"))]


def test_a_changed_type_in_hubspot(account: HubSpotMeeting) -> None:
    portal = account.portal
    deal = portal.create("deals", dealname="Pens", dealstage="proposal", amount=Decimal("10.50"))
    portal.clock.advance(timedelta(hours=1))
    account.clean_pull()
    amount = portal.kinds["deals"].properties.pop("amount")
    portal.add_property("deals", "amount string")
    portal.update("deals", deal, dealname="Pencils", amount="about eleven")
    portal.clock.advance(timedelta(hours=1))
    (problem,) = account.pull().problems
    assert "object deals: field amount was number and is string now" in problem
    columns = "opportunity_name, amount"
    assert account.rows("opportunities", columns) == [("Pens", Decimal("10.50"))]
    portal.kinds["deals"].properties["amount"] = amount
    portal.update("deals", deal, amount=Decimal("11.50"))
    portal.clock.advance(timedelta(hours=1))
    account.clean_pull()
    assert account.rows("opportunities", columns) == [("Pencils", Decimal("11.50"))]
