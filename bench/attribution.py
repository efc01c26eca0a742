"""Measures attribution on made-up journeys, all of them credited: `python -m bench.attribution`.

Ten channels, one to twenty touches a journey, four on average, each journey a won deal. The floor
is DuckDB writing the same touches sorted by person and time. Never part of the tests.

Belongs here: journeys, the models' own statements, figures. Does not: the day's job (measure), docs
(report).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import duckdb

from bench import attribution_floats
from bench.phases import Phase, run_phase
from bench.report import add_to_history
from orchestration.algorithms import period_paths
from orchestration.transform.difference import write_difference
from orchestration.transform.nodes import Model, Project
from orchestration.transform.parts import write_table
from orchestration.transform.scope import (
    CHANGES,
    Scope,
    change_place,
    in_scope,
    narrow,
    renamed,
    tables_below,
)

ROOT = Path(__file__).resolve().parent.parent
# Statements name the catalog, which is named after the file.
WAREHOUSE = "warehouse.duckdb"
# Parents first; the two that are tables are timed.
MODELS = (
    "int_creditable_touches", "int_session_repeats", "int_journey_touches",
    "int_conversion_milestones", "int_conversion_key_shares", "int_conversion_decay",
    "int_conversion_touches",
)  # fmt: skip
TABLES = ("int_journey_touches", "int_conversion_touches")
# What Markov chains and Shapley values are computed from.
EVIDENCE = (
    "int_attribution_channels", "int_journey_steps", "int_channel_transitions", "int_channel_sets"
)  # fmt: skip
# A touch of one in a thousand, of some person's journey.
NEW_TOUCHES = """
    create table changes.fct_touch as
    select md5(concat('new ', number)) as touch_key, key as person_key,
        md5((hash(number, 4) % 10)::varchar) as channel_key,
        md5((hash(number, 5) % 200)::varchar) as campaign_key,
        null::varchar as session_key, 'web' as source_instance, 'session' as touch_type,
        true as is_attributable, (won_at - interval 1 hour)::date as touched_date,
        won_at - interval 1 hour as touched_at, false as _is_old
    from main.journeys where number % 250 = 7
"""
FLOOR = "create or replace table main.floor as select * from core.fct_touch order by 2, touched_at"
# Lengths fall by a quarter each, from 1 to 20, four on average.
JOURNEYS = """
    create table main.journeys as
    select i as number, md5(i::varchar) as key,
        least(20, 1 + floor(ln(1 - (hash(i, 1) % 1000003) / 1000003.0) / ln(0.75))::integer) as n,
        timestamp '2026-01-01' + to_seconds((hash(i, 2) % 15000000)::bigint) as won_at,
        ((hash(i, 3) % 10000000) / 100)::decimal(18, 2) as amount
    from range({touches} // 4) as t(i)
"""
TOUCHES = """
    create table core.fct_touch as
    select md5(concat(number, '-', k)) as touch_key, key as person_key,
        md5((hash(number, k, 1) % 10)::varchar) as channel_key,
        md5((hash(number, k, 2) % 200)::varchar) as campaign_key,
        null::varchar as session_key, 'web' as source_instance, 'session' as touch_type,
        true as is_attributable, touched_at::date as touched_date, touched_at
    from (select number, key, k,
        won_at - to_seconds((hash(number, k, 3) % 15000000)::bigint) as touched_at
        from main.journeys, range(20) as t(k) where k < n)
    order by hash(number, k)
"""
# What other programs credit: a row per touch, with the amount of its journey.
EXPORT = """
    copy (
        select touches.person_key as journey_key, touches.touched_at,
            touches.channel_key as channel, journeys.amount::double as amount
        from core.fct_touch as touches
        inner join main.journeys as journeys on touches.person_key = journeys.key
    ) to '{path}'
"""
OTHERS = (
    "create table core.dim_channel as select md5(i::varchar) as channel_key, "
    "case i when 0 then 'direct' else concat('channel ', i) end as channel_name "
    "from range(10) as t(i)",
    "create table intermediate.int_journey_people as "
    "select key as journey_key, key as person_key from main.journeys",
    "create table intermediate.int_journey_bounds as select key as journey_key, "
    "'won' as conversion_type, cast('0x' || substr(key, 1, 15) as bigint) as journey_number, "
    "won_at - interval 90 day as lead_at, won_at - interval 30 day as opportunity_at, "
    "null::timestamp as previous_won_at, won_at - interval 365 day as opens_at, "
    "won_at as closes_at from main.journeys",
    "create table intermediate.int_conversions as "
    "select key as conversion_key, key as journey_key, "
    "'won' as conversion_type, 'new' as booking_type, amount as conversion_amount, "
    "won_at::date as converted_date, won_at as converted_at from main.journeys",
    "create table core.dim_date as select day::date as date_day, "
    "date_trunc('month', day)::date as month_start_date, "
    "date_trunc('quarter', day)::date as fiscal_quarter_start_date, "
    "date_trunc('year', day)::date as fiscal_year_start_date "
    "from range(timestamp '2025-01-01', timestamp '2028-01-01', interval 1 day) as t(day)",
    # Every journey converts; these would be the others.
    "create table intermediate.int_prospect_journeys (prospect_type varchar, "
    "prospect_number bigint, conversion_type varchar, period_grain varchar, "
    "first_touch_number bigint, last_touch_number bigint, period_start date)",
    "create table intermediate.int_prospect_touches (prospect_type varchar, "
    "prospect_number bigint, touch_number bigint, channel_number integer, run_start bigint, "
    "number_before integer, start_before bigint, second_before integer, "
    "second_start_before bigint, third_before integer)",
)


def measure(touches: int, folder: Path) -> dict[str, Any]:
    """Make the journeys, sort them, credit them; return the figures."""
    log = folder / "bench.log"
    phases: list[Phase] = []
    for name in ("generate", "floor", "attribute", "in floats", "learn", "new day"):
        phases.append(run_named(name, touches, folder, log))
        click.echo(
            f"{name:10} {phases[-1].wall_seconds:7.1f} s {phases[-1].cpu_seconds:7.1f} CPU s"
        )
    steps = [line.split("\t") for line in log.read_text().splitlines() if line.startswith("step\t")]
    return {
        "attribution_touches": touches,
        "memory_limit": os.environ.get("CONCORD_MEMORY", "4GB"),
        "phases": [phase.as_record() for phase in phases],
        "steps": {name: float(seconds) for _, name, seconds in steps},
    }


def compiled(folder: Path) -> None:
    """Let dbt compile the models, which is no part of any figure."""
    environment = {**os.environ, "CONCORD_HOME": str(folder / "home")}
    code = "from bench.attribution import _project; _project()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)  # noqa: S603


def run_named(name: str, touches: int, folder: Path, log: Path) -> Phase:
    """Run one phase as a process of its own."""
    command = [sys.executable, "-m", "bench.attribution", "--phase", name]
    command += ["--touches", str(touches), "--folder", str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "CONCORD_HOME": str(folder / "home")}
    return run_phase(name, command, touches, log, environment)


def _phase(name: str, touches: int, folder: Path) -> None:
    memory = os.environ.get("CONCORD_MEMORY", "4GB")
    config: dict[str, Any] = {"memory_limit": memory, "temp_directory": str(folder / "spill")}
    with duckdb.connect(str(folder / WAREHOUSE), config=config) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if name == "generate":
            _generate(connection, touches)
            return
        if name == "floor":
            _timed("floor", lambda: connection.execute(FLOOR))
            return
        if name == "in floats":
            _timed("in floats", lambda: connection.execute(attribution_floats.STATEMENT))
            attribution_floats.check(connection)
            return
        project = _project()
        if name == "new day":
            _new_day(connection, project)
            return
        models = {model.name: model for model in project.models.values()}
        if name == "learn":
            _learn(connection, models)
            return
        for model in map(models.__getitem__, MODELS):
            if model.name in TABLES:
                query = partial(renamed, model.sql)
                _timed(model.name, partial(write_table, connection, project, model, query))
            else:
                connection.execute(f"create or replace view {model.place} as {model.sql}")


def _learn(connection: duckdb.DuckDBPyConnection, models: dict[str, Model]) -> None:
    """Credit channels by Markov chains of three orders and by Shapley values, for all periods."""
    for model in map(models.__getitem__, EVIDENCE):
        sql = f"create or replace table {model.place} as {model.sql}"
        _timed(model.name, partial(connection.execute, sql))

    def rows(name: str, columns: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
        return connection.execute(f"select {', '.join(columns)} from {models[name].place}")  # noqa: S608

    _timed(
        "int_channel_credits",
        lambda: period_paths.credit_table(
            rows("int_attribution_channels", period_paths.CHANNEL_COLUMNS).fetchall(),
            rows("int_channel_transitions", period_paths.TRANSITION_COLUMNS).to_arrow_table(),
            rows("int_channel_sets", period_paths.SET_COLUMNS).to_arrow_table(),
        ),
    )


def _new_day(connection: duckdb.DuckDBPyConnection, project: Project) -> None:
    """Bring the tables to what a thousandth more touches make of them, as a run does."""
    connection.execute(f"create schema {CHANGES}")
    connection.execute(NEW_TOUCHES)
    connection.execute(
        "insert into core.fct_touch select * exclude (_is_old) from changes.fct_touch"
    )
    changed = "fct_touch"
    models = {model.name: model for model in project.models.values()}
    for model in map(models.__getitem__, TABLES):
        _timed(f"new day: {model.name}", partial(_patch, connection, project, model, changed))
        changed = model.name


def _patch(
    connection: duckdb.DuckDBPyConnection, project: Project, model: Model, changed: str
) -> None:
    """Work out the keys that one table's changed rows reach."""
    said = model.separable
    if said is None:
        raise click.ClickException(f"{model.name} does not fall apart by a key any more")
    below = tables_below(project, model.unique_id)
    scope = Scope(said, {changed: change_place(changed)}, below, sys.maxsize)
    connection.execute("begin")
    query = renamed(model.sql, narrow(connection, scope))
    place = change_place(model.name)
    if write_difference(connection, model.place, query, in_scope(said.key), place) is None:
        raise click.ClickException(f"{model.name} would be written anew")
    connection.execute("commit")


def _timed(name: str, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    click.echo(f"step\t{name}\t{time.perf_counter() - started:.3f}")


def _generate(connection: duckdb.DuckDBPyConnection, touches: int) -> None:
    from orchestration.company import load_company
    from orchestration.company.attribution_tables import attribution_rows
    from orchestration.company.rules_schema import RULES_SCHEMAS

    for schema in ("core", "intermediate", "staging"):
        connection.execute(f"create schema {schema}")
    home = Path(os.environ["CONCORD_HOME"])
    (home / "sample_company" / "delivered").mkdir(parents=True, exist_ok=True)
    company = load_company(ROOT / "company", dict(os.environ))
    import pyarrow as pa

    for table, rows in attribution_rows(company.attribution).items():
        connection.register("given", pa.Table.from_pylist(rows, schema=RULES_SCHEMAS[table]))
        connection.execute(
            f"create table staging.stg_company__{table}s as select * from given"  # noqa: S608
        )
        connection.unregister("given")
    for sql in (JOURNEYS.format(touches=touches), TOUCHES, *OTHERS):
        connection.execute(sql)


def _project() -> Project:
    """The models as dbt compiled them."""
    from orchestration.settings import load_settings
    from orchestration.transform.project import manifest_json

    return Project(manifest_json(load_settings()))


@click.command()
@click.option("--touches", default=1_000_000, show_default=True, help="How many touches.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where a phase works.")
@click.option("--phase", help="One phase only; measure calls it so.")
def main(touches: int, folder: Path | None, phase: str | None) -> None:
    """Measure attribution and add the figures to docs/benchmarks.md."""
    if phase is not None and folder is not None:
        _phase(phase, touches, folder)
        return
    place = Path(tempfile.mkdtemp(prefix="concord_attribution_"))
    try:
        compiled(place)
        add_to_history(measure(touches, place))
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
