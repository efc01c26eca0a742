"""Measures pay on a made-up year: `python -m bench.compensation --payees 10000 --credits 5000000`.

All models from events to statements: anew; then, with eleven months locked, after one more day, as
a run brings tables to what they should be; then the close of the last month. The floor is DuckDB
writing the same credits sorted. Never part of the tests, but for one of a few deals.

Belongs here: the phases, the models' own statements, figures. Does not: the facts (pay_inputs), the
page (report).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from bench.pay_inputs import (
    FEED,
    LAST_DAY,
    YEAR_END,
    let_day_pass,
    let_year_end,
    make_inputs,
)
from bench.phases import Phase, run_phase
from bench.report import add_to_history
from orchestration.ingest.warehouse import warehouse
from orchestration.ledger.close import close_candidate, due_periods
from orchestration.ledger.source import write_ledger
from orchestration.ledger.store import Closing, back_up
from orchestration.scenario.scratch import CREDITS, PAY_PREFIX, PAY_SCHEMA
from orchestration.settings import Settings, load_settings
from orchestration.transform import compiled
from orchestration.transform.assets import build_what_changed
from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from orchestration.transform.results import NodeResult
from orchestration.transform.statements import run_node

ROOT = Path(__file__).resolve().parent.parent
PHASES = (
    "generate", "full", "floor", "close", "after close", "open month", "end of month",
    "close of month",
)  # fmt: skip
# What lies between pay and what the bench makes.
BETWEEN = (CREDITS, "int_reporting_periods", "conformed_quotas", "conformed_plan_assignments")
SHOWN = 15
# As compiled.py names what it begins for each model.
RUN_NODE = "run_node"
FLOOR = (
    "create table main.floor as select * from compensation.comp_credit "
    "order by payee_key, credit_date, credit_key"
)


def measure(payees: int, credits: int, folder: Path) -> dict[str, Any]:
    """Make the year and pay it; return the figures."""
    log = folder / "bench.log"
    phases: list[Phase] = []
    for name in PHASES:
        phases.append(run_named(name, payees, credits, folder, log))
        click.echo(
            f"{name:14} {phases[-1].wall_seconds:7.1f} s {phases[-1].cpu_seconds:7.1f} CPU s "
            f"{phases[-1].peak_megabytes:7,.0f} MB"
        )
    return figures(phases, log, payees)


def figures(phases: list[Phase], log: Path, payees: int) -> dict[str, Any]:
    """The figures of all phases, and of the models that they told of."""
    lines = [line.split("\t") for line in log.read_text().splitlines()]
    models: dict[str, dict[str, float]] = {}
    for _, phase, model, seconds, *_ in [line for line in lines if line[0] == "model"]:
        models.setdefault(phase, {})[model] = float(seconds)
    counts = {line[2]: int(line[4]) for line in lines if line[:2] == ["model", "full"]}
    return {
        "pay_credits": counts["comp_credit"],
        "payees": payees,
        "memory_limit": os.environ.get("CONCORD_MEMORY", "4GB"),
        "phases": [phase.as_record() for phase in phases],
        "models": {
            phase: dict(sorted(found.items(), key=lambda item: -item[1])[:SHOWN])
            for phase, found in models.items()
        },
        "models_seconds": {phase: round(sum(found.values()), 2) for phase, found in models.items()},
        "rows": counts,
    }


def compile_models(folder: Path) -> None:
    """Let dbt compile the models, which is no part of any figure."""
    environment = {**os.environ, "CONCORD_HOME": str(folder / "home")}
    code = "from bench.compensation import pay_project; pay_project()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)  # noqa: S603


def run_named(name: str, payees: int, credits: int, folder: Path, log: Path) -> Phase:
    """Run one phase as a process of its own."""
    command = [sys.executable, "-m", "bench.compensation", "--phase", name, "--folder", str(folder)]
    command += ["--payees", str(payees), "--credits", str(credits)]
    environment = {"PYTHONPATH": str(ROOT), "CONCORD_HOME": str(folder / "home")}
    return run_phase(name, command, credits, log, environment)


def pay_project() -> Project:
    """The models of pay as dbt compiled them; each of their inputs as a copy of what is made here.

    So a run finds out by itself what one more day changed of an input, as it does of its own.
    """
    manifest = manifest_json(load_settings())
    nodes, found, waiting = manifest["nodes"], dict[str, Any](), list[str]()
    waiting = [key for key, node in nodes.items() if _is_pay(node)]
    while waiting:
        key = waiting.pop()
        if key in found or key not in nodes:
            continue
        found[key] = nodes[key] if _is_own(nodes[key]) else _copied(nodes[key])
        waiting += found[key]["depends_on"]["nodes"]
    sources = {
        item: {"schema": FEED, "name": node["name"], "relation_name": f'"{FEED}"."{node["name"]}"'}
        for item, node in ((_feed_id(node), node) for node in found.values())
    }
    return Project({"nodes": found, "sources": {**manifest["sources"], **sources}})


def _is_pay(node: dict[str, Any]) -> bool:
    is_model = node["resource_type"] == "model"
    return is_model and (node["schema"] == PAY_SCHEMA or node["name"].startswith(PAY_PREFIX))


def _is_own(node: dict[str, Any]) -> bool:
    is_rule = node["name"].startswith(("stg_company__", "stg_ledger__"))
    return _is_pay(node) or is_rule or node["name"] in BETWEEN


def _feed_id(node: dict[str, Any]) -> str:
    return f"source.{FEED}.{node['name']}"


def _copied(node: dict[str, Any]) -> dict[str, Any]:
    copied = deepcopy(node)
    copied["compiled_code"] = f"select * from {FEED}.{node['name']}"  # noqa: S608
    copied["depends_on"]["nodes"] = [_feed_id(node)]
    copied["config"] |= {"materialized": "table", "meta": {}, "contract": {"enforced": False}}
    return {**copied, "columns": {}, "meta": {}, "language": "sql"}


def _phase(name: str, payees: int, credits: int) -> None:
    settings = load_settings()
    if name == "generate":
        with warehouse(settings) as connection:
            make_inputs(connection, payees, credits)
            write_ledger(connection, settings.ledger_path)
    elif name == "floor":
        with warehouse(settings) as connection:
            connection.execute(FLOOR)
            connection.execute("drop table main.floor")
    elif name.startswith("close"):
        _close(settings, YEAR_END if name == "close of month" else LAST_DAY)
    else:
        if name == "open month":
            with warehouse(settings) as connection:
                let_day_pass(connection)
        if name == "end of month":
            with warehouse(settings) as connection:
                let_year_end(connection)
        with _cpu_seconds():
            results = build_what_changed(settings, "bench", pay_project())
        _tell(name, results)


def _close(settings: Settings, as_of: date) -> None:
    """Lock the months that have ended, and let the next run know, as a run that closes does."""
    closing = Closing(as_of, None, "bench", "bench")
    with warehouse(settings) as connection:
        due = due_periods(connection, 0, as_of)
        closed = close_candidate(connection, settings.ledger_path, due, closing)
    back_up(settings.ledger_path)
    with warehouse(settings) as connection:
        guard = write_ledger(connection, settings.ledger_path)
    if guard.status != "passed" or not closed:
        raise click.ClickException(guard.message or "nothing was closed")


def _tell(phase: str, results: list[NodeResult]) -> None:
    broken = [result for result in results if not result.is_good]
    if broken:
        raise click.ClickException(f"{broken[0].unique_id}: {broken[0].message}")
    for result in results:
        model = result.unique_id.rsplit(".", 1)[-1]
        parts = "narrow" if result.is_narrow else "whole"
        click.echo(
            f"model\t{phase}\t{model}\t{result.seconds:.3f}\t{result.row_count or 0}\t{parts}"
        )


@contextmanager
def _cpu_seconds() -> Iterator[None]:
    """Let the seconds of models be those of the processor.

    On two cores two models run side by side, each on the thread that asks for it, and their
    seconds on the clock are the other's too.
    """

    def timed(*given: Any) -> NodeResult:
        before = time.thread_time()
        result = run_node(*given)
        return replace(result, seconds=time.thread_time() - before)

    setattr(compiled, RUN_NODE, timed)
    try:
        yield
    finally:
        setattr(compiled, RUN_NODE, run_node)


@click.command()
@click.option("--payees", default=1_000, show_default=True, help="How many people.")
@click.option("--credits", default=100_000, show_default=True, help="About how many credits.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where a phase works.")
@click.option("--phase", help="One phase only; measure calls it so.")
def main(payees: int, credits: int, folder: Path | None, phase: str | None) -> None:
    """Measure pay and add the figures to docs/benchmarks.md."""
    if phase is not None:
        _phase(phase, payees, credits)
        return
    place = folder or Path(tempfile.mkdtemp(prefix="concord_pay_"))
    try:
        compile_models(place)
        record = measure(payees, credits, place)
        add_to_history(record)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
