"""The HubSpot connector reads the simulated HubSpot: they were written apart and meet here.

Whatever happens in the account and on the line, a clean pull with a sweep makes raw the account's
truth, and a further pull changes nothing. `CONCORD_PROPERTY_SEEDS=100:400` runs more seeds.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.company.sources import source_from_mapping
from orchestration.connectors import limits, vendors
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import ConnectorError
from orchestration.state import StateStore
from sample_company.simulators import faults
from sample_company.simulators.clock import Clock
from sample_company.simulators.hubspot.maven import load_maven_crm
from sample_company.simulators.hubspot.portal import Portal
from sample_company.simulators.hubspot.sample import sample_portal
from sample_company.simulators.hubspot.simulator import (
    HubSpotSimulator,
    server_error,
    too_many_requests,
)
from tests.conftest import real_data
from tests.connectors.simulated.test_property import _seeds
from tests.sample_company.simulators.conftest import HUBSPOT_STAGES
from tests.sample_company.simulators.test_hubspot_random import Life

DATASETS = {"contacts": "people", "companies": "accounts", "deals": "opportunities"}
# Which column a property of the life fills.
COLUMNS = {
    "contacts": {},
    "companies": {"account_name": "name"},
    "deals": {"opportunity_name": "dealname", "amount": "amount"},
}


@dataclass
class Meeting:
    """An account behind its port, and a home in front of it."""

    portal: Portal
    simulator: HubSpotSimulator
    home: Path
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "marketing"

    def __post_init__(self) -> None:
        self.state = StateStore(self.home / "state.sqlite")
        options = {"base_url": self.simulator.url, **self.options}
        entry = {"loader": "hubspot", "options": options}
        self.source = source_from_mapping(
            self.name,
            entry,
            company_folder=self.home,
            deliveries_folder=self.home / "deliveries",
        )

    def context(self, is_full: bool = False) -> PullContext:
        return PullContext(
            source=self.name,
            state=self.state,
            deliveries=self.source.options.folder,
            raw_pages=self.home / "raw_pages",
            variables={"HUBSPOT_TOKEN": self.simulator.auth.private_token},
            deadline=time.monotonic() + 300,
            is_full=is_full,
        )

    def pull(self, is_full: bool = False) -> PullResult:
        assert self.source.connector is not None
        return vendors.pull(self.context(is_full), self.source.connector)

    def clean_pull(self, is_full: bool = False) -> PullResult:
        result = self.pull(is_full)
        assert result.problems == []
        return result

    def rows(self, dataset: str, columns: str) -> list[tuple[Any, ...]]:
        """The newest row of every record that is not gone, by id."""
        folder = self.source.options.folder / dataset
        if not any(folder.glob("*.parquet")):
            return []
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(
                f"select {columns} from (select * from read_parquet('{folder}/*.parquet', "
                "filename = true, union_by_name = true) qualify row_number() over "
                "(partition by _record_id order by filename desc) = 1) where not _is_gone "
                "order by cast(_record_id as varchar)"
            ).fetchall()


def meet(portal: Portal, home: Path, **options: Any) -> Iterator[Meeting]:
    with HubSpotSimulator(portal) as simulator:
        yield Meeting(portal, simulator, home, options)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(limits, "LONGEST_WAIT_SECONDS", 0.01)


@pytest.fixture(params=[7, 36_500], ids=["sweeps", "increments"])
def young(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    """An account whose pulls are often sweeps, or none but the first and the last."""
    portal = Portal()
    portal.add_owner("mia.keller@velmora.example", "Mia", "Keller", teams=("DACH",))
    portal.add_pipeline("deals", "default", "Sales Pipeline", HUBSPOT_STAGES)
    yield from meet(portal, tmp_path, sweep_days=request.param)


@pytest.mark.slow
@pytest.mark.parametrize("seed", _seeds())
def test_whatever_happens_a_clean_pull_tells_the_truth(young: Meeting, seed: int) -> None:
    life = Life(young.portal, seed)
    harms = [
        faults.CUT, faults.TRUNCATED, server_error(500), server_error(503),
        too_many_requests(), too_many_requests("SECONDLY", 0),
    ]  # fmt: skip
    young.simulator.faults.by_chance(harms, 0.08, seed)
    for _ in range(5):
        for _ in range(30):
            life.act()
        with contextlib.suppress(ConnectorError):
            young.pull()
    young.simulator.faults.clear()
    young.portal.clock.advance(timedelta(hours=1))
    young.clean_pull()
    assert_equal(young, may_hold_more=True)
    young.portal.clock.advance(timedelta(hours=1))
    young.clean_pull(is_full=True)
    assert_equal(young)
    for is_full in (False, True):
        young.portal.clock.advance(timedelta(hours=1))
        assert set(young.clean_pull(is_full).changed.values()) == {0}


def assert_equal(meeting: Meeting, may_hold_more: bool = False) -> int:
    """Live records are those of the account, with their values; returns how many there are.

    Between sweeps there may also be some that are gone.
    """
    count = 0
    for kind, dataset in DATASETS.items():
        truth = {row["id"]: row for row in meeting.portal.truth_of(kind) if not row["archived"]}
        found = {
            row[0]: row[1:]
            for row in meeting.rows(dataset, ", ".join(["_record_id", *COLUMNS[kind]]))
        }
        assert found.keys() >= truth.keys() if may_hold_more else found.keys() == truth.keys(), kind
        for record in truth:
            told = [truth[record]["properties"].get(name) for name in COLUMNS[kind].values()]
            assert [_text(value) for value in found[record]] == [_text(value) for value in told]
        count += len(found)
    return count


def _text(value: Any) -> str | None:
    """A value as a text; amounts as they add up, blank as nothing."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value or None


def test_the_sample_companys_marketing(tmp_path: Path) -> None:
    for meeting in meet(sample_portal(Clock()), tmp_path):
        changed = meeting.clean_pull().changed
        truth = meeting.portal.truth()
        assert changed["people"] == len(truth["contacts"])
        assert changed["accounts"] == len(truth["companies"])
        assert changed["form_submissions"] == len(truth["form_submissions"])
        meeting.portal.clock.advance(timedelta(hours=1))
        assert set(meeting.clean_pull().changed.values()) == {0}


@pytest.mark.slow
def test_a_real_crm_export(tmp_path: Path) -> None:
    for meeting in meet(load_maven_crm(real_data("maven_crm"), Clock()), tmp_path):
        meeting.clean_pull()
        columns = "sales_stage, count(*), sum(amount), count(account_id)"
        with duckdb.connect() as connection:
            found = connection.execute(
                f"select {columns} from read_parquet("
                f"'{meeting.source.options.folder}/opportunities/*.parquet') group by 1 order by 1"
            ).fetchall()
        assert [(row[0], row[1], row[2]) for row in found] == [
            ("Engaging", 1589, None),
            ("Lost", 2473, Decimal("0.00")),
            ("Prospecting", 500, None),
            ("Won", 4238, Decimal("10005534.00")),
        ]
        assert sum(row[1] - row[3] for row in found) == 1425
