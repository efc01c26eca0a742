"""A verdict is kept for the same rule on the same rows, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from expectations import engine
from expectations.frames import FrameSource
from expectations.model import Suite
from expectations.runner import evaluate_job
from expectations.verdicts import Verdict
from orchestration.guards.memory import read_verdicts, write_verdicts
from tests.expectations.helpers import guard, suite

GUARDS = [guard("first"), guard("second", kwargs={"column": "some_share", "max_value": 0.99})]


@pytest.fixture
def source(tmp_path: Path) -> FrameSource:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema core; create table core.fct_some (name text, some_share double)"
        )
        connection.execute("insert into core.fct_some values ('row 1', 0.9)")
    return FrameSource(str(database))


def change(source: FrameSource, statement: str) -> None:
    with duckdb.connect(source.database) as connection:
        connection.execute(statement)


def forbid_judging(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr(engine, "validate", refuse)


def test_the_same_rows_are_not_judged_again(
    source: FrameSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluate_job([suite(*GUARDS)], source)
    assert [result.status for result in first.results] == ["failed", "passed"]
    forbid_judging(monkeypatch)
    again = evaluate_job([suite(*GUARDS)], replace(source, known=first.verdicts))
    assert again == first


@pytest.mark.parametrize(
    "statement",
    [
        "update core.fct_some set some_share = 0.1",
        "insert into core.fct_some values ('row 2', 0.9)",
        "update core.fct_some set some_share = null",
        "alter table core.fct_some alter some_share type decimal(3, 1)",
    ],
)
def test_other_rows_are_judged(source: FrameSource, statement: str) -> None:
    first = evaluate_job([suite(*GUARDS)], source)
    change(source, statement)
    again = evaluate_job([suite(*GUARDS)], replace(source, known=first.verdicts))
    assert again.verdicts["some_suite"].key != first.verdicts["some_suite"].key
    assert again.results == evaluate_job([suite(*GUARDS)], source).results


def test_another_threshold_or_text_is_another_rule(source: FrameSource) -> None:
    first = evaluate_job([suite(guard("first"))], source)
    looser: Suite = suite(guard("first", kwargs={"column": "some_share", "max_value": 0.95}))
    [result] = evaluate_job([looser], replace(source, known=first.verdicts)).results
    assert (first.results[0].status, result.status) == ("failed", "passed")


def test_what_could_not_be_evaluated_is_not_kept(source: FrameSource) -> None:
    missing = suite(guard("first", kwargs={"column": "no_such", "max_value": 1}))
    found = evaluate_job([missing], source)
    assert found.results[0].status == "errored"
    assert found.verdicts == {}
    broken = suite(guard("first"), frame="select * from core.no_such")
    assert evaluate_job([broken], source).verdicts == {}


def test_verdicts_live_in_a_file(tmp_path: Path, source: FrameSource) -> None:
    path = tmp_path / "state" / "guard_verdicts.json"
    assert read_verdicts(path) == {}
    found = evaluate_job([suite(*GUARDS)], source).verdicts
    write_verdicts(path, found)
    assert read_verdicts(path) == found
    for text in ("", "{", "[]", '{"some_suite": {"key": "a"}}', '{"some_suite": 1}'):
        path.write_text(text)
        assert read_verdicts(path) == {}


def test_a_verdict_under_another_key_is_not_used(source: FrameSource) -> None:
    lie = Verdict("another", evaluate_job([suite(*GUARDS)], source).verdicts["some_suite"].results)
    change(source, "update core.fct_some set some_share = 0.1")
    found = evaluate_job([suite(*GUARDS)], replace(source, known={"some_suite": lie}))
    assert [result.status for result in found.results] == ["passed", "passed"]
