"""What tests of the simulators share: small organisations and accounts behind a port."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.setup import Stage
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample_setup import OPENED, STAGES, load_stages
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from tests.sample_company.simulators.hubspot_client import HubSpotClient
from tests.sample_company.simulators.plain_client import PlainClient

HUBSPOT_STAGES = [
    Stage("appointmentscheduled", "Appointment scheduled", "0.2"),
    Stage("contractsent", "Contract sent", "0.9"),
    Stage("closedwon", "Closed won", "1.0", is_closed=True),
    Stage("closedlost", "Closed lost", "0.0", is_closed=True),
]


@pytest.fixture
def organisation() -> Iterator[Organisation]:
    """An organisation with its stages and nothing else."""
    found = Organisation()
    load_stages(found, STAGES, OPENED)
    yield found
    found.close()


@pytest.fixture
def simulator(organisation: Organisation) -> Iterator[SalesforceSimulator]:
    # Tests move the clock by weeks; those about tokens have their own.
    auth = Auth(organisation.clock, token_life=timedelta(days=90))
    with SalesforceSimulator(organisation, auth) as running:
        yield running


@pytest.fixture
def client(simulator: SalesforceSimulator) -> Iterator[PlainClient]:
    with PlainClient(simulator.url, simulator.auth.issue()) as found:
        yield found


@pytest.fixture
def deals(organisation: Organisation) -> list[str]:
    """Five deals of one account, made a minute apart, amounts 100.10 to 500.50."""
    account = organisation.create("Account", Name="Elsen Devices", BillingCountry="Germany")
    made = []
    for number in range(1, 6):
        organisation.clock.advance(timedelta(minutes=1))
        made.append(
            organisation.create(
                "Opportunity",
                Name=f"Deal {number}",
                AccountId=account,
                StageName="Proposal" if number % 2 else "Closed Won",
                Amount=Decimal("100.10") * number,
                CloseDate=date(2026, 12, number),
                CurrencyIsoCode="EUR" if number < 4 else "USD",
                LeadSource=None if number == 5 else "Web form",
            )
        )
    return made


@pytest.fixture
def portal() -> Portal:
    """An account with one owner and a pipeline, and nothing else."""
    found = Portal()
    found.add_owner("mia.keller@velmora.example", "Mia", "Keller", teams=("DACH",))
    found.add_pipeline("deals", "default", "Sales Pipeline", HUBSPOT_STAGES)
    return found


@pytest.fixture
def hubspot(portal: Portal) -> Iterator[HubSpotSimulator]:
    with HubSpotSimulator(portal) as running:
        yield running


@pytest.fixture
def hs(hubspot: HubSpotSimulator) -> Iterator[HubSpotClient]:
    with HubSpotClient(hubspot.url, hubspot.auth.private_token) as found:
        yield found


@pytest.fixture
def hs_deals(portal: Portal) -> list[str]:
    """Five deals made a minute apart, amounts 100.10 to 500.50; the search knows them all."""
    made = []
    for number in range(1, 6):
        portal.clock.advance(timedelta(minutes=1))
        made.append(
            portal.create(
                "deals",
                dealname=f"Deal {number}",
                pipeline="default",
                dealstage="appointmentscheduled",
                amount=Decimal("100.10") * number,
                deal_currency_code="EUR" if number < 4 else "USD",
            )
        )
    portal.clock.advance(timedelta(minutes=1))
    return made
