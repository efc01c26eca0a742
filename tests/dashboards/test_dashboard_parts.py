"""Periods as people name them, and the state the guard banner shows."""

from typing import Any

import pytest

from dashboards.guard_state import guard_state, sorted_for_attention
from dashboards.periods import periods_of


def guard(status: str, severity: str = "critical") -> dict[str, Any]:
    return {"guard": status, "status": status, "severity": severity}


HELD = {"kpi_group": "pipeline", "action": "held"}
PUBLISHED = {"kpi_group": "core", "action": "published"}


@pytest.mark.parametrize(
    ("guards", "groups", "state", "headline"),
    [
        ([], [], "none", "No guards ran"),
        ([guard("passed")], [PUBLISHED], "green", "The guard passed"),
        ([guard("passed")] * 3, [], "green", "All 3 guards passed"),
        ([guard("passed"), guard("warned", "warning")], [], "amber", "1 guard warned"),
        ([guard("failed", "warning")], [], "amber", "1 guard failed"),
        ([guard("failed")], [], "red", "1 guard failed"),
        ([guard("errored")], [], "red", "1 guard failed"),
        ([guard("not_run")], [], "red", "1 guard failed"),
        ([guard("passed")], [HELD], "red", "1 group held back"),
        ([guard("failed")] * 2, [HELD], "red", "2 guards failed, 1 group held back"),
    ],
)
def test_banner(
    guards: list[dict[str, Any]], groups: list[dict[str, Any]], state: str, headline: str
) -> None:
    found = guard_state(guards, groups)
    assert (found.state, found.headline) == (state, headline)


def test_every_guard_is_counted_once() -> None:
    statuses = ("passed", "warned", "failed", "errored", "not_run")
    found = guard_state([guard(status) for status in statuses], [])
    assert (found.passed, found.warned, found.failed) == (1, 1, 3)


def test_guards_that_need_attention_come_first() -> None:
    guards = [guard(status) for status in ("passed", "warned", "passed", "not_run", "failed")]
    ordered = [row["status"] for row in sorted_for_attention(guards)]
    assert ordered == ["failed", "not_run", "warned", "passed", "passed"]


@pytest.mark.parametrize(
    ("grain", "start", "fiscal", "label"),
    [
        ("month", "2026-11-01", None, "Nov 2026"),
        ("quarter", "2026-10-01", None, "Q4 2026"),
        ("quarter", "2026-10-01", ("2026", "4"), "Q4 2026"),
        ("quarter", "2026-04-01", ("2027", "1"), "Q1 FY 2027"),
        ("quarter", "2026-04-01", ("2026", "1"), "Q1 FY 2026"),
        ("year", "2026-01-01", ("2026", "1"), "2026"),
        ("year", "2026-04-01", ("2026", "1"), "FY 2026"),
        ("year", "2026-02-01", ("2027", "Q1"), "FY 2027"),
    ],
)
def test_labels(grain: str, start: str, fiscal: tuple[str, str] | None, label: str) -> None:
    [period] = periods_of(grain, [start], {start: fiscal} if fiscal else {}, None)
    assert period["label"] == label


@pytest.mark.parametrize(
    ("grain", "start", "as_of", "following", "progress"),
    [
        ("month", "2026-11-01", "2026-11-21", "2026-12-01", [21, 30]),
        ("month", "2026-11-01", "2026-11-30", "2026-12-01", None),
        ("quarter", "2026-11-01", "2026-11-01", "2027-02-01", [1, 92]),
        ("year", "2028-01-01", "2028-12-30", "2029-01-01", [365, 366]),
        ("year", "2028-01-01", "2028-12-31", "2029-01-01", None),
    ],
)
def test_a_period_is_in_progress_until_its_last_day(
    grain: str, start: str, as_of: str, following: str, progress: list[int] | None
) -> None:
    [period] = periods_of(grain, [start], {}, as_of)
    assert (period["next"], period["progress"]) == (following, progress)
