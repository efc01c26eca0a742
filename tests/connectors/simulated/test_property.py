"""Whatever happens in the organisation and on the line, a clean pull with a sweep makes it good.

Raw is the organisation's truth as of now - lag then, and a further pull changes nothing. A few
seeds run here; `CONCORD_PROPERTY_SEEDS=100:400` runs more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors import landing, limits
from orchestration.connectors.errors import ConnectorError
from orchestration.connectors.salesforce import bulk, rest
from orchestration.state import StateStore
from sample_company.simulators import faults
from sample_company.simulators.salesforce import rest as simulated_rest
from sample_company.simulators.salesforce.simulator import (
    REQUEST_LIMIT,
    SESSION_EXPIRED,
    server_error,
    too_many_requests,
)
from tests.connectors.simulated.conftest import Meeting, meet
from tests.connectors.simulated.delivered import assert_equal, live_rows
from tests.connectors.simulated.life import OPTIONS, Life, young_organisation

ROUNDS = 8


def _seeds() -> list[int]:
    first, _, last = os.environ.get("CONCORD_PROPERTY_SEEDS", "0:3").partition(":")
    return list(range(int(first), int(last)))


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture(params=_seeds())
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def meeting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> Iterator[Meeting]:
    """Small pages, many deliveries, and jobs for one object in two."""
    monkeypatch.setattr(simulated_rest, "LEAST_BATCH", 1)
    monkeypatch.setattr(rest, "_HEADERS", {"Sforce-Query-Options": "batchSize=4"})
    monkeypatch.setattr(bulk, "PAGE_ROWS", 5)
    monkeypatch.setattr(bulk, "_FIRST_WAIT", 0.001)
    monkeypatch.setattr(limits, "MANY_DELIVERIES", 3)
    options = {**OPTIONS, "bulk_threshold": 9 if seed % 2 else 1_000_000}
    yield from meet(young_organisation(), tmp_path, **options)


def plan_faults(meeting: Meeting, life: Life, seed: int) -> None:
    """One request in twelve goes wrong, and life goes on while pages are read."""
    simulator = meeting.simulator
    harms = [
        faults.CUT, faults.TRUNCATED, faults.drip(0.01), SESSION_EXPIRED, server_error(500),
        server_error(503), too_many_requests(), too_many_requests(0), simulator.tokens_die(),
    ]  # fmt: skip
    simulator.faults.by_chance(harms, 0.08, seed)
    simulator.faults.by_chance([REQUEST_LIMIT], 0.004, seed)
    simulator.faults.by_chance(
        [faults.event("life", lambda: life.live(days=False))], 0.2, seed, "GET .*query"
    )
    simulator.pages.rows_move = seed % 3 == 0


def pull_in_trouble(meeting: Meeting, life: Life, patch: pytest.MonkeyPatch) -> None:
    """Pull; it may fail, or be killed at any moment that leaves something on disk."""
    left = [life.random.randrange(90)]

    def dying(real: Any) -> Any:
        def step(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            done = real(*arguments, **named)
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return done

        return step

    with patch.context() as patched:
        patched.setattr(landing, "publish", dying(landing.publish))
        save = StateStore.save_connector_object
        patched.setattr(StateStore, "save_connector_object", dying(save))
        patched.setattr(landing.Landing, "tidy", dying(landing.Landing.tidy))
        try:
            meeting.pulling.pull()
        except (ConnectorError, Killed):
            return


def assert_merges_are_known(meeting: Meeting, life: Life) -> None:
    known = life.merges
    for dataset in ("account_merges", "contact_merges", "lead_merges"):
        for key, row in live_rows(meeting, dataset).items():
            assert known[key] == row["surviving_id"]


@pytest.mark.slow
def test_raw_is_the_truth(meeting: Meeting, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation, life = meeting.organisation, Life(meeting.organisation, seed)
    for number in range(ROUNDS):
        for _ in range(life.random.randrange(25)):
            life.live()
        plan_faults(meeting, life, seed * 1000 + number)
        pull_in_trouble(meeting, life, monkeypatch)
        meeting.simulator.faults.clear()
        meeting.simulator.pages.rows_move = False
    organisation.clock.advance(timedelta(days=life.random.choice((8, 20))))
    meeting.pull()
    assert_equal(meeting)
    assert_merges_are_known(meeting, life)
    files = {path: path.stat().st_mtime_ns for path in meeting.home.rglob("*.parquet")}
    for is_full in (False, True):
        organisation.clock.advance(timedelta(minutes=1))
        assert sum(meeting.pull(is_full).changed.values()) == 0
    assert {path: path.stat().st_mtime_ns for path in meeting.home.rglob("*.parquet")} == files
    _assert_changes_of_the_lag_wait(meeting, life)


def _assert_changes_of_the_lag_wait(meeting: Meeting, life: Life) -> None:
    """What changed within the lag comes with the next pull, and harms nothing else."""
    for _ in range(10):
        life.live(days=False)
    meeting.pull(is_full=True)
    meeting.organisation.clock.advance(timedelta(minutes=10))
    meeting.pull(is_full=True)
    assert_equal(meeting)
    assert_merges_are_known(meeting, life)
