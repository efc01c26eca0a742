"""What a guard's outcome means for the gate, and what people read about it."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest

from expectations import engine
from expectations.frames import build_frames
from expectations.runner import evaluate
from tests.expectations.helpers import frame, guard, suite
from tests.expectations.warehouse import empty_warehouse

MATCH = "expect_column_values_to_match_regex"


def test_failing_guards_follow_their_severity() -> None:
    one = suite(guard("stops"), guard("warns", severity="warning"), guard("tells", severity="info"))
    results = evaluate([one], {"some_suite": frame(0.5)})
    assert [(r.guard, r.severity, r.status, r.is_blocking) for r in results] == [
        ("stops", "critical", "failed", True),
        ("warns", "warning", "warned", False),
        ("tells", "info", "warned", False),
    ]


def test_a_warning_that_fails_leaves_the_other_guards_as_they_are() -> None:
    one = suite(
        guard("warns", severity="warning"),
        guard("holds", kwargs={"column": "some_share", "max_value": 1}),
    )
    warned, held = evaluate([one], {"some_suite": frame(0.5)})
    assert (warned.status, held.status) == ("warned", "passed")


def test_a_guard_that_raises_is_critical_and_spoils_no_other() -> None:
    one = suite(
        guard("holds"),
        guard("no_column", severity="warning", kwargs={"column": "gone", "max_value": 1}),
        guard("unknown_kind", severity="info", expectation="expect_the_moon"),
        guard("bad_kwargs", severity="info", kwargs={"column": "some_share", "min_value": "x"}),
        guard("wrong_type", severity="warning", kwargs={"column": "name", "max_value": 3}),
    )
    held, *errored = evaluate([one], {"some_suite": frame(0.1)})
    assert held.status == "passed"
    for result in errored:
        assert (result.severity, result.status, result.is_blocking) == ("critical", "errored", True)
        assert "counts as a critical failure" in result.message
        assert "Traceback" not in result.message
    assert "no column gone" in errored[0].message


def test_a_missing_column_is_seen_in_an_empty_frame() -> None:
    [result] = evaluate([suite(guard("holds"))], {"some_suite": pd.DataFrame({"name": []})})
    assert result.status == "errored"


def test_a_suite_without_a_frame_did_not_run_and_says_why() -> None:
    one = suite(guard("first", severity="info"), guard("second"))
    results = evaluate([one], {}, {"some_suite": "its SELECT failed: no such table"})
    assert [(r.status, r.severity, r.is_blocking) for r in results] == [
        ("not_run", "critical", True)
    ] * 2
    assert "no such table" in results[0].message
    assert "no frame was handed in" in evaluate([one], {})[0].message


def test_a_result_that_the_library_withholds_did_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "validate", lambda *_: {})
    [result] = evaluate([suite(guard("holds"))], {"some_suite": frame(0.1)})
    assert (result.status, result.is_blocking) == ("not_run", True)


def test_one_expectation_that_breaks_the_whole_batch_breaks_only_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = engine.validate

    def break_on_bad(
        name: str, expectations: list[object], rows: pd.DataFrame, detail: str
    ) -> object:
        if any(e.meta["guard"] == "breaks" for e in expectations):  # type: ignore[attr-defined]
            raise RuntimeError("the engine gave up")
        return real(name, expectations, rows, detail)

    monkeypatch.setattr(engine, "validate", break_on_bad)
    one = suite(guard("breaks", severity="warning"), guard("holds"))
    broken, held = evaluate([one], {"some_suite": frame(0.1)})
    assert (broken.status, broken.severity, held.status) == ("errored", "critical", "passed")
    assert "the engine gave up" in broken.message


def test_there_is_one_result_for_each_guard_in_order() -> None:
    suites = [
        suite(guard("b"), guard("a"), suite="first"),
        suite(guard("c"), suite="second"),
    ]
    results = evaluate(suites, {"first": frame(0.9, 0.1)})
    assert [result.guard for result in results] == ["b", "a", "c"]


def test_the_message_names_guard_number_threshold_rows_and_what_to_do() -> None:
    [result] = evaluate(
        [suite(guard("stops"))], {"some_suite": frame(0.5, 0.1, 0.6, 0.7, 0.8, 0.9, 0.25)}
    )
    assert result.observed == "50 %, 60 %, 70 %, … (in 6 of 7 lines)"
    assert result.threshold == "at most 20 %"
    assert result.sample == "name=row 1; name=row 3; name=row 4; name=row 5; name=row 6"
    assert result.message == (
        "Guard stops on core.fct_some failed: observed 50 %, 60 %, 70 %, … (in 6 of 7 lines), "
        "allowed is at most 20 %. The share of something stays small. "
        "Rows: name=row 1; name=row 3; name=row 4; name=row 5; name=row 6. "
        "What to do: Look at the rows that are shown."
    )


def test_only_lines_that_reach_the_condition_are_judged() -> None:
    rows = pd.DataFrame({"name": ["few", "many"], "some_share": [0.9, 0.3], "n": [4, 5]})
    one = suite(guard("stops", at_least={"n": 5}))
    [result] = evaluate([one], {"some_suite": rows})
    assert (result.status, result.sample) == ("failed", "name=many")
    assert result.threshold == "at most 20 % where n is at least 5"
    [result] = evaluate([one], {"some_suite": rows[:1]})
    assert (result.status, result.observed) == ("passed", "no rows")


def test_unknown_values_offend_nobody() -> None:
    [result] = evaluate([suite(guard("holds"))], {"some_suite": frame(None)})
    assert (result.status, result.observed) == ("passed", "none")


def test_a_rows_index_that_is_not_a_count_shows_the_right_rows() -> None:
    rows = frame(0.1, 0.9).set_index(pd.Index([7, 0]))
    [result] = evaluate([suite(guard("stops"))], {"some_suite": rows})
    assert result.sample == "name=row 2"


def test_e_mail_addresses_are_never_shown() -> None:
    rows = pd.DataFrame({"name": ["ann.lee@example.com"], "some_share": [0.9]})
    regex = {"column": "name", "regex": "^x"}
    one = suite(
        guard("stops"),
        guard("text", expectation=MATCH, kwargs=regex),
    )
    for result in evaluate([one], {"some_suite": rows}):
        assert "example.com" not in f"{result.observed}{result.sample}{result.message}"
        assert "(e-mail hidden)" in result.sample


def test_expectations_on_whole_columns_show_the_observed_value() -> None:
    kwargs = {"column": "some_share", "max_value": 0.2}
    one = suite(guard("mean", expectation="expect_column_mean_to_be_between", kwargs=kwargs))
    [result] = evaluate([one], {"some_suite": frame(0.2, 0.4)})
    assert (result.status, result.observed) == ("failed", "30 %")


def test_a_select_that_fails_or_lacks_its_input_gives_no_frame() -> None:
    broken = suite(guard("a"), suite="broken")
    needy = suite(
        guard("b"),
        suite="needy",
        inputs=["guard_input_entity_load"],
        frame="select * from guard_input_entity_load",
    )
    frames, errors = build_frames(empty_warehouse(), [broken, needy])
    assert frames == {}
    assert "fct_some" in errors["broken"]
    assert "was not handed in" in errors["needy"]
    wrong = {"guard_input_entity_load": pd.DataFrame({"entity": []})}
    _, errors = build_frames(empty_warehouse(), [needy], wrong)
    assert "no column file_count" in errors["needy"]


def test_importing_the_package_imports_neither_great_expectations_nor_dagster() -> None:
    code = (
        "import sys, expectations.runner, expectations.worker, expectations.data_docs; "
        "bad = {'great_expectations', 'dagster', 'orchestration', 'duckdb'} & set(sys.modules); "
        "sys.exit(', '.join(bad) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_telemetry_is_off() -> None:
    engine.warm_up()
    from great_expectations.data_context.data_context.context_factory import project_manager

    assert os.environ["GX_ANALYTICS_ENABLED"] == "False"
    context = project_manager._project
    assert context is not None
    assert context.config.analytics_enabled is False
