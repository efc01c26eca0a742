"""Backfills in the midst of a CRM's life, whose fields come while its slices are read.

A slice reads the fields that the last run knew. One that appeared since stays blank in what a slice
reads, until the next run with a sweep: that reads all records with all fields.

One seed runs here; `CONCORD_PROPERTY_SEEDS=100:400` runs more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestration.connectors import limits
from sample_company.simulators.salesforce.auth import Auth
from sample_company.simulators.salesforce.simulator import SalesforceSimulator
from tests.connectors.simulated import delivered
from tests.connectors.simulated.conftest import LAG, Meeting
from tests.connectors.simulated.crm_company import CrmCompany
from tests.connectors.simulated.life import OPTIONS, Life, young_organisation

ROUNDS = 2
Fields = frozenset[tuple[str, str]]
# What a young organisation lacks, and a run reads as soon as it sweeps.
LATE_FIELDS = {("Opportunity", "ContactId"), ("OpportunityLineItem", "ListPrice")}


def _seeds() -> list[int]:
    first, _, last = os.environ.get("CONCORD_PROPERTY_SEEDS", "0:1").partition(":")
    return list(range(int(first), int(last)))


@dataclass
class LivingCompany(CrmCompany):
    """A company that reads all objects."""

    def access(self) -> tuple[str, dict[str, Any], dict[str, str]]:
        loader, options, variables = super().access()
        return loader, options | {"leave_out": []}, variables


@pytest.fixture(params=_seeds())
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LivingCompany]:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)
    organisation = young_organisation()
    auth = Auth(organisation.clock, token_life=timedelta(days=3650), daily_requests=10_000_000)
    with SalesforceSimulator(organisation, auth) as simulator:
        yield LivingCompany(simulator, tmp_path, dict(OPTIONS))
    organisation.close()


class HeldBack(Life):
    """A life in which the fields that a run would read appear only when they may."""

    may_appear = False

    def change_schema(self) -> None:
        if self.may_appear:
            super().change_schema()


def _meeting(crm: CrmCompany, unknown: Fields = frozenset()) -> Meeting:
    """What the comparison works with; unknown fields count as blank."""

    def truth_of(name: str, until: datetime) -> Iterator[dict[str, Any]]:
        blank = {field: None for kind, field in unknown if kind == name}
        return (record | blank for record in crm.organisation.truth_of(name, until))

    organisation = SimpleNamespace(objects=crm.organisation.objects, truth_of=truth_of)
    found: Any = SimpleNamespace(
        organisation=organisation,
        options=crm.options,
        until=crm.clock.now() - LAG,
        pulling=SimpleNamespace(source=crm.source, files=crm.paths),
    )
    return cast(Meeting, found)


def _unknown_fields(crm: CrmCompany) -> Fields:
    """Object and field of what is read, is there, and the last run did not know."""
    return frozenset(
        (name, field)
        for name, item in crm.source.connector.objects().items()  # type: ignore[union-attr]
        if name in crm.organisation.objects
        for field in item.api_fields()
        if field in crm.organisation.kind(name).fields
        and field not in json.loads(crm.state.connector_object("crm", name).columns or "{}")
    )


def _yesterday(crm: CrmCompany) -> date:
    return crm.clock.now().date() - timedelta(days=1)


@pytest.mark.slow
def test_slices_in_the_midst_of_life_are_the_truth(crm: LivingCompany, seed: int) -> None:
    life = HeldBack(crm.organisation, seed)
    first = _yesterday(crm) - timedelta(days=14)
    crm.pull()
    for _ in range(ROUNDS):
        for _ in range(life.random.randrange(20)):
            life.live()
        if life.random.random() < 0.6:
            crm.pull()
        crm.damage(first, date(2030, 1, 1))
        crm.read_again(first, _yesterday(crm), slicing=life.random.choice(("week", "9 days")))
    crm.pull(is_full=True)
    known = _unknown_fields(crm)
    life.may_appear = True
    while _unknown_fields(crm) - known != LATE_FIELDS:
        life.change_schema()
    for number in range(3):
        crm.organisation.create("OpportunityLineItem", life.values("OpportunityLineItem"))
        crm.organisation.create("Opportunity", life.values("Opportunity"), Name=f"Late {number}")
    for _ in range(10):
        life.live(days=False)
    crm.clock.advance(timedelta(days=2))
    assert "the sweep" not in " ".join(crm.pull().notes)
    crm.damage(first, date(2030, 1, 1))
    crm.read_again(first, _yesterday(crm), slicing="30 days", is_again=True)
    unknown = _unknown_fields(crm)
    assert unknown - known == LATE_FIELDS, "a slice learns no field"
    delivered.assert_equal(_meeting(crm, unknown))
    with pytest.raises(AssertionError, match="rows, such as"):
        delivered.assert_equal(_meeting(crm))
    crm.clock.advance(timedelta(days=8))
    crm.pull()
    assert _unknown_fields(crm) == known
    delivered.assert_equal(_meeting(crm))
