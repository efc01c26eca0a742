"""Every guard passes on good rows and is seen to fail on bad ones, through its own SELECT."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
import yaml

from expectations.frames import build_frames
from expectations.inputs import INPUTS
from expectations.loader import load_suites
from expectations.model import Guard, Suite
from expectations.runner import GuardResult, evaluate
from tests.expectations.warehouse import CASES_DIR, ENTITIES_DIR, Rows, fill, with_bad_rows

SUITES = [*load_suites("raw"), *load_suites("marts")]
GUARDS = [(suite, guard) for suite in SUITES for guard in suite.guards]
MINIMUM = {"rules.as_of": [{"as_of_date": "2024-12-31"}]}


def case_of(suite: Suite) -> dict[str, Any]:
    case: dict[str, Any] = yaml.safe_load((CASES_DIR / f"{suite.suite}.yml").read_text())
    return case


def judge(warehouse: duckdb.DuckDBPyConnection, suite: Suite, rows: Rows) -> dict[str, GuardResult]:
    inputs = fill(warehouse, rows)
    frames, errors = build_frames(warehouse, [suite], inputs)
    assert errors == {}
    return {result.guard: result for result in evaluate([suite], frames)}


def test_each_suite_has_its_cases_and_no_case_is_left_over() -> None:
    assert {path.stem for path in CASES_DIR.glob("*.yml")} == {suite.suite for suite in SUITES}
    for suite in SUITES:
        assert set(case_of(suite)["bad"]) == {guard.guard for guard in suite.guards}, suite.suite


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.suite)
def test_guards_pass_on_good_rows(warehouse: duckdb.DuckDBPyConnection, suite: Suite) -> None:
    results = judge(warehouse, suite, case_of(suite)["good"])
    assert {result.message for result in results.values() if result.status != "passed"} == set()
    # Good rows must be rows that the guards look at: an empty frame passes for another reason.
    assert all(result.observed != "no rows" for result in results.values() if has_rows(result))


def has_rows(result: GuardResult) -> bool:
    """Guards with a condition on rows may rightly see none of the good ones."""
    return " where " not in result.threshold


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.suite)
def test_guards_pass_on_empty_tables(warehouse: duckdb.DuckDBPyConnection, suite: Suite) -> None:
    results = judge(warehouse, suite, MINIMUM)
    assert {result.message for result in results.values() if result.status != "passed"} == set()


@pytest.mark.parametrize(("suite", "guard"), GUARDS, ids=[guard.guard for _, guard in GUARDS])
def test_guard_fails_on_bad_rows(
    warehouse: duckdb.DuckDBPyConnection, suite: Suite, guard: Guard
) -> None:
    case = case_of(suite)
    rows = with_bad_rows(case["good"], case["bad"][guard.guard])
    only = suite.model_copy(update={"guards": [guard]})
    result = judge(warehouse, only, rows)[guard.guard]
    assert result.status == ("failed" if guard.severity == "critical" else "warned")
    assert result.is_blocking == (guard.severity == "critical")
    assert result.sample
    for part in (guard.guard, result.observed, result.threshold, result.sample, "What to do:"):
        assert part in result.message


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.suite)
def test_samples_name_columns_of_the_frame(
    warehouse: duckdb.DuckDBPyConnection, suite: Suite
) -> None:
    inputs = fill(warehouse, MINIMUM)
    frames, _ = build_frames(warehouse, [suite], inputs)
    shown = {column for guard in suite.guards for column in guard.sample_columns}
    assert shown <= set(frames[suite.suite].columns)
    assert "email" not in suite.frame


def test_every_entity_has_an_inbound_contract_and_is_counted_in_one_group() -> None:
    entities = {path.stem for path in ENTITIES_DIR.glob("*.yml")}
    raw = load_suites("raw")
    assert {f"raw_{entity}" for entity in entities} <= {suite.suite for suite in raw}
    loads = [suite for suite in raw if "guard_input_entity_load" in suite.inputs]
    listed = [e for suite in loads for e in entities if f"'{e}'" in suite.frame]
    assert sorted(listed) == sorted(entities)


def test_every_input_is_read_by_a_suite() -> None:
    assert {name for suite in SUITES for name in suite.inputs} == set(INPUTS)
