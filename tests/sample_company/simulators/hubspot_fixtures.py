"""What tests of the HubSpot simulator share: a small account behind a port."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.setup import Stage
from sample_company.simulators.hubspot.simulator import HubSpotSimulator
from tests.sample_company.simulators.hubspot_client import HubSpotClient

STAGES = [
    Stage("appointmentscheduled", "Appointment scheduled", "0.2"),
    Stage("contractsent", "Contract sent", "0.9"),
    Stage("closedwon", "Closed won", "1.0", is_closed=True),
    Stage("closedlost", "Closed lost", "0.0", is_closed=True),
]


@pytest.fixture
def portal() -> Portal:
    """An account with one owner and a pipeline, and nothing else."""
    found = Portal()
    found.add_owner("mia.keller@velmora.example", "Mia", "Keller", teams=("DACH",))
    found.add_pipeline("deals", "default", "Sales Pipeline", STAGES)
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
