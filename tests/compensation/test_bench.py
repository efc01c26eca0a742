"""The bench of pay runs, and what it measures is pay: few people, every phase."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from bench.compensation import PHASES, compile_models, figures, pay_project, run_named
from bench.report_pay import pay_section
from orchestration.settings import load_settings
from orchestration.transform.compiled import run_compiled

PAYEES, CREDITS = 44, 6_000
# What one more day works out for what it reaches only; at this size they are large enough.
IN_PART = {
    "comp_credit", "int_comp_countable_credits", "int_comp_counted_credits",
    "int_comp_running_credits", "int_comp_tier_amounts", "comp_earning_line",
    "int_comp_due_amounts", "comp_statement_line",
}  # fmt: skip
NOT_TIED_OUT = "select count(*) from compensation.comp_tie_out where unexplained_amount <> 0"
LOCKS = "select count(*), sum(posting_count) from ledger.period_lock"


@pytest.mark.slow
def test_each_phase_runs_and_one_more_day_is_a_full_calculation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "bench.log"
    compile_models(tmp_path)
    phases = [run_named(name, PAYEES, CREDITS, tmp_path, log) for name in PHASES[:-2]]
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "home"))
    settings, project = load_settings(), pay_project()
    anew = replace(settings, home=tmp_path / "anew")
    anew.home.mkdir()
    shutil.copyfile(settings.warehouse_path, anew.warehouse_path)
    assert all(one.is_good for one in run_compiled(anew, project, list(project.models)))
    tables = [
        (model.schema, model.name)
        for model in project.models.values()
        if model.materialized == "table"
    ]
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        connection.execute(f"attach '{anew.warehouse_path}' as anew (read_only)")
        rows = {table: _counts(connection, *table) for table in tables}
        assert connection.execute(NOT_TIED_OUT).fetchall() == [(0,)]
        assert connection.execute(LOCKS).fetchall()[0][0] == 11
    assert {table: found for table, found in rows.items() if found[1]} == {}
    assert min(rows["compensation", name][0] for name in ("comp_credit", "comp_ledger")) > 1_000

    told = [line.split("\t") for line in log.read_text().splitlines()]
    narrow = {line[2] for line in told if line[:2] == ["model", "open month"] and "narrow" in line}
    assert narrow >= IN_PART, IN_PART - narrow

    phases += [run_named(name, PAYEES, CREDITS, tmp_path, log) for name in PHASES[-2:]]
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        assert connection.execute(LOCKS).fetchall()[0][0] == 12
    record = figures(phases, log, PAYEES) | {"measured_at": "today", "machine": "this"}
    assert abs(record["pay_credits"] - CREDITS) < CREDITS / 5
    assert "| int_comp_counted_credits |" in pay_section(record)


def _counts(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> tuple[int, int]:
    """The rows of a table, and how many of them or of the other calculation's have no like."""
    one, other = f"{schema}.{name}", f"anew.{schema}.{name}"
    [found] = connection.execute(
        f"select (select count(*) from {one}), "  # noqa: S608
        f"(select count(*) from (from {one} except all from {other})) "
        f"+ (select count(*) from (from {other} except all from {one}))"
    ).fetchall()
    return int(found[0]), int(found[1])
