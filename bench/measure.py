"""Generates the company at a scale and measures the day's job: `python -m bench.measure`.

Phases: generate; prepare a new home (dbt reads the project); the whole job from delivered files to
published marts, without the last day; the same job with nothing new, and told to build everything
again; the job with the last day delivered; the floor: DuckDB writing the same touches sorted.
Ratios to the floor can be compared between machines, seconds cannot. Never part of the tests.

Belongs here: the order of the phases and the record of a run. Does not: docs (report).
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click
import pyarrow.parquet as pq

from bench.company_folder import write_company
from bench.last_day import deliver_last_day, hold_back_last_day
from bench.phases import Phase, run_phase
from bench.report import add_to_history
from sample_company.world import LAST_DAY

ROOT = Path(__file__).resolve().parent.parent
# Building everything again over what is there; at a large scale the full build says the same.
AGAIN_UNTIL = 100
AGAIN = "everything again"
NEW_DAY = "one new day"
DAY = timedelta(days=1)
PREPARE = """
from orchestration.settings import load_settings
from orchestration.transform.project import ensure_parsed
ensure_parsed(load_settings())
"""
FLOOR = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("set memory_limit = '" + sys.argv[3] + "'")
connection.execute(
    "create table sorted as select * from read_parquet('" + sys.argv[2] + "') "
    "order by anonymous_id, touched_at, touch_id")
"""


def measure(scale: int, folder: Path, memory: str) -> dict[str, object]:
    """Run all phases; return the record."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "bench.log"
    log.unlink(missing_ok=True)
    company, home, data = folder / "company", folder / "home", folder / "data"
    environment = {
        "CONCORD_COMPANY": str(company),
        "CONCORD_HOME": str(home),
        "CONCORD_MEMORY": memory,
        "PYTHONPATH": str(ROOT),
    }

    def python(name: str, *arguments: str, rows: int) -> Phase:
        return run_phase(name, [sys.executable, *arguments], rows, log, environment)

    generate = ["-m", "sample_company.generate", "--folder", str(data), "--scale", str(scale)]
    phases = [python("generate", *generate, "--processes", "2", rows=0)]
    delivered = _rows(data / "delivered")
    touches = _rows(data / "delivered" / "touches")
    phases[0] = replace(phases[0], rows=delivered)
    write_company(company, data / "delivered")
    new_rows = hold_back_last_day(data / "delivered", data / "held", LAST_DAY, memory)
    shutil.rmtree(home, ignore_errors=True)
    phases.append(python("prepare", "-c", PREPARE, rows=0))
    run = [str(Path(sys.executable).with_name("concord")), "run"]
    steps = {}
    old_rows = delivered - new_rows
    runs = {"full build": old_rows, "warm run": 0, AGAIN: old_rows, NEW_DAY: new_rows}
    if scale > AGAIN_UNTIL:
        del runs[AGAIN]
    for name, rows in runs.items():
        if name == NEW_DAY:
            deliver_last_day(data / "delivered", data / "held")
        options = ["--full-refresh"] if name == AGAIN else []
        # A new day moves the as-of date, too.
        environment["CONCORD_AS_OF"] = str(LAST_DAY if name == NEW_DAY else LAST_DAY - DAY)
        phases.append(python(name, *run, *options, rows=rows))
        steps[name] = _steps(home)
    floor_file = folder / "floor.duckdb"
    floor_file.unlink(missing_ok=True)
    touch_files = str(data / "delivered" / "touches" / "*.parquet")
    phases.append(python("floor", "-c", FLOOR, str(floor_file), touch_files, memory, rows=touches))
    floor_file.unlink(missing_ok=True)
    return {
        "scale": scale,
        "touches": touches,
        "delivered_rows": delivered,
        "memory_limit": memory,
        "phases": [phase.as_record() for phase in phases],
        "steps": steps,
    }


def _rows(folder: Path) -> int:
    return sum(pq.read_metadata(path).num_rows for path in folder.rglob("*.parquet"))


def _steps(home: Path) -> dict[str, float]:
    """Seconds of each step of the last run, from Dagster's own record."""
    runs = (home / "dagster" / "history" / "runs").glob("*-*.db")
    path = max(runs, key=lambda path: path.stat().st_mtime_ns)
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "select step_key, dagster_event_type, timestamp from event_logs "
            "where dagster_event_type in ('STEP_START', 'STEP_SUCCESS') order by id"
        ).fetchall()
    started: dict[str, datetime] = {}
    found: dict[str, float] = {}
    for key, kind, stamp in rows:
        moment = datetime.fromisoformat(stamp)
        if kind == "STEP_START":
            started[key] = moment
        else:
            found[key] = round((moment - started[key]).total_seconds(), 2)
    return found


@click.command()
@click.option("--scale", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / "data" / "bench")
@click.option("--memory", default="4GB", show_default=True, help="CONCORD_MEMORY of the runs.")
def main(scale: int, folder: Path, memory: str) -> None:
    """Measure the day's job at a scale and add it to docs/benchmarks.md."""
    record = measure(scale, folder / f"scale_{scale}", memory)
    click.echo(add_to_history(record))


if __name__ == "__main__":
    main()
