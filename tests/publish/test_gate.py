"""The gate: which groups readers get."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.publish.gate import READS, Decision, ModelState, PublishedGroup, decide
from orchestration.state import GuardResult

GROUPS = tuple(READS)
ALL = frozenset(GROUPS)
SEVERITIES = ("critical", "warning", "info")
STATUSES = ("passed", "warned", "failed", "errored", "not_run")


def guard(kpi_group: str, severity: str, status: str, name: str = "bookings_add_up") -> GuardResult:
    return GuardResult(name, kpi_group, severity, status, "3", "0")


def held(decisions: dict[str, Decision]) -> set[str]:
    return {name for name, decision in decisions.items() if decision.is_held}


@pytest.mark.parametrize(
    ("severity", "status", "is_held"),
    [
        ("critical", "passed", False),
        ("critical", "warned", False),
        ("critical", "failed", True),
        ("critical", "errored", True),
        ("critical", "not_run", True),
        ("warning", "passed", False),
        ("warning", "warned", False),
        ("warning", "failed", False),
        ("warning", "errored", True),
        ("warning", "not_run", True),
        ("info", "passed", False),
        ("info", "warned", False),
        ("info", "failed", False),
        ("info", "errored", True),
        ("info", "not_run", True),
        ("critical", "no known status", True),
    ],
)
def test_what_a_guard_result_does_to_its_group(severity: str, status: str, is_held: bool) -> None:
    decisions = decide(GROUPS, [guard("pipeline", severity, status)], [], {})
    assert ("pipeline" in held(decisions)) is is_held


@pytest.mark.parametrize(
    ("failing", "expected"),
    [
        ("core", ALL),
        ("demand", {"demand", "attribution", "compensation"}),
        ("pipeline", {"pipeline", "compensation"}),
        ("unit_economics", {"unit_economics", "compensation"}),
        ("attribution", {"attribution", "compensation"}),
        ("compensation", {"compensation"}),
        ("by_row", ALL),
        ("ops", set()),
    ],
)
def test_a_held_group_holds_what_reads_it(failing: str, expected: set[str]) -> None:
    assert held(decide(GROUPS, [guard(failing, "critical", "failed")], [], {})) == expected


def test_holding_spreads_along_a_chain_in_whatever_order_groups_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("orchestration.publish.gate.READS", {"b": ("a",), "c": ("b",), "a": ()})
    for groups in (["c", "b", "a"], ["a", "b", "c"]):
        decisions = decide(groups, [guard("a", "critical", "failed")], [], {})
        assert held(decisions) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("status", "is_held"),
    [("succeeded", False), ("warned", False), ("failed", True), ("skipped", True)],
)
def test_a_model_that_failed_or_was_skipped_holds_its_group(status: str, is_held: bool) -> None:
    decisions = decide(GROUPS, [], [ModelState("rpt_pipeline_daily", "pipeline", status)], {})
    assert ("pipeline" in held(decisions)) is is_held


def test_a_mandatory_guard_that_says_nothing_holds_its_group() -> None:
    mandatory = {"demand": ["leads_in_range"], "pipeline": ["bookings_add_up"]}
    decisions = decide(
        ["core", "demand", "pipeline"], [guard("pipeline", "critical", "passed")], [], {}, mandatory
    )
    assert held(decisions) == {"demand"}
    assert decisions["demand"].reasons == ("guard leads_in_range did not report",)


def test_a_warning_is_told_with_the_published_group() -> None:
    decisions = decide(["core"], [guard("core", "warning", "failed")], [], {})
    assert decisions["core"] == Decision(
        "published", ("guard bookings_add_up failed, observed 3, allowed 0",)
    )


def test_the_reason_names_guard_number_and_bound() -> None:
    decisions = decide(["core", "demand"], [guard("core", "critical", "failed")], [], {})
    assert decisions["core"].reasons == ("guard bookings_add_up failed, observed 3, allowed 0",)
    assert decisions["demand"].reasons == ("it reads core, which is held",)


def test_stale_since_is_the_as_of_date_of_what_readers_have() -> None:
    previous = {"core": PublishedGroup("000004", date(2026, 9, 30))}
    decisions = decide(["core", "demand"], [guard("core", "critical", "failed")], [], previous)
    assert decisions["core"].stale_since == date(2026, 9, 30)
    assert decisions["demand"].stale_since is None
    assert decide(["core"], [], [], previous)["core"].stale_since is None


def test_a_misspelt_group_is_refused_and_all_of_them_are_named() -> None:
    with pytest.raises(ValueError, match=r"guard bookings_add_up: cor; model m: pipelin"):
        decide(
            ["core"],
            [guard("cor", "critical", "failed")],
            [ModelState("m", "pipelin", "failed")],
            {},
        )


guard_results = st.lists(
    st.builds(
        GuardResult,
        st.sampled_from(["first", "second", "third"]),
        st.sampled_from([*GROUPS, "ops", "by_row"]),
        st.sampled_from(SEVERITIES),
        st.sampled_from(STATUSES),
    ),
    max_size=8,
)
model_states = st.lists(
    st.builds(
        ModelState,
        st.just("model"),
        st.sampled_from([*GROUPS, "ops", "by_row"]),
        st.sampled_from(["succeeded", "warned", "failed", "skipped"]),
    ),
    max_size=6,
)


@given(guard_results, model_states)
def test_whatever_happened_the_laws_of_the_gate_hold(
    results: list[GuardResult], states: list[ModelState]
) -> None:
    decisions = decide(GROUPS, results, states, {})
    kept = held(decisions)
    assert set(decisions) == {*GROUPS, "ops"}
    assert "ops" not in kept
    if "core" in kept:
        assert kept == ALL
    for result in results:
        if result.severity == "critical" and result.status not in ("passed", "warned"):
            assert result.kpi_group in {*kept, "ops", "by_row"}
            assert result.kpi_group != "by_row" or kept == ALL
    for group in ALL - kept:
        assert not set(READS[group]) & kept
        assert all(
            state.status in ("succeeded", "warned")
            for state in states
            if state.kpi_group in (group, "by_row")
        )
    for group in kept:
        assert decisions[group].reasons


@given(guard_results, model_states)
def test_one_more_passed_guard_changes_nothing(
    results: list[GuardResult], states: list[ModelState]
) -> None:
    more = [*results, GuardResult("fourth", "core", "critical", "passed")]
    assert decide(GROUPS, results, states, {}) == decide(GROUPS, more, states, {})
