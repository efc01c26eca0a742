"""A simulated organisation, and a home that the real connector pulls it into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors import limits
from orchestration.connectors.context import PullResult
from orchestration.connectors.hubspot import client as hubspot_client
from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from tests.connectors.conftest import Pulling

LAG = timedelta(minutes=5)


@dataclass
class Meeting:
    """An organisation behind its port, and a home in front of it."""

    organisation: Organisation
    simulator: SalesforceSimulator
    home: Path
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        auth = self.simulator.auth
        variables = {
            "SALESFORCE_CLIENT_ID": auth.client_id,
            "SALESFORCE_CLIENT_SECRET": auth.client_secret,
        }
        self.pulling = Pulling(self.simulator, self.home, self.options, variables)  # type: ignore[arg-type]

    @property
    def until(self) -> datetime:
        """Up to when a pull reads now."""
        return self.organisation.clock.now() - LAG

    def pull(self, is_full: bool = False) -> PullResult:
        """Pull; it has to be clean."""
        result = self.pulling.pull(is_full)
        assert result.problems == []
        return result


def meet(organisation: Organisation, home: Path, **options: Any) -> Iterator[Meeting]:
    """Start the simulator of an organisation, whose tokens live as long as it is needed."""
    auth = Auth(organisation.clock, token_life=timedelta(days=3650), daily_requests=10_000_000)
    with SalesforceSimulator(organisation, auth) as simulator:
        yield Meeting(organisation, simulator, home, options)
    organisation.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)


@pytest.fixture(autouse=True)
def _searches_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each search of HubSpot would wait a quarter of a second for the one before."""
    monkeypatch.setattr(hubspot_client, "SEARCH_SECONDS", 0.0)
