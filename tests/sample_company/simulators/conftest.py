"""What tests of the Salesforce simulator share: a small organisation behind a port."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.sample_setup import OPENED, STAGES, load_stages
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from tests.sample_company.simulators.plain_client import PlainClient


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
