"""A small company whose every published value tells which generation of the data it is from."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publish import (
    Decision,
    ModelState,
    PublishedTable,
    PublishOptions,
    PublishResult,
    PublishRun,
    decide,
    publish,
    published_groups,
)
from orchestration.publish.layout import OnStep, no_step
from orchestration.state import RunRecord, StateStore

GROUPS = ("core", "demand", "pipeline")
TABLES = (
    PublishedTable("core", "dim_account", "core"),
    PublishedTable("core", "fct_booking", "core"),
    PublishedTable("funnel", "rpt_funnel_flow", "demand"),
    PublishedTable("funnel", "rpt_pipeline_daily", "pipeline"),
    PublishedTable("kpi", "dim_kpi", "by_row"),
    PublishedTable("kpi", "rpt_kpi", "by_row"),
)
FIRST_DAY = date(2026, 10, 1)
START = datetime(2026, 10, 2, 6, 0, tzinfo=UTC)


class World:
    """A home with a warehouse, a state store and a published folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.warehouse = home / "warehouse.duckdb"
        self.published = home / "published"
        self.state = StateStore(home / "state" / "concord.sqlite")
        self.run_count = len(self.state.runs(limit=1_000))

    @property
    def marts(self) -> Path:
        return self.published / "current" / "marts.duckdb"

    def build(self, generation: int, rows: int = 10, order: str = "i") -> None:
        """Build the candidate tables of a generation, with their rows in some order."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for schema in ("core", "funnel", "kpi"):
                connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                f"""
                create or replace table core.dim_account as
                select md5(i::varchar) as account_key, 'Account ' || i as account_name,
                    {generation} as generation
                from range({rows}) as numbers(i) order by {order};
                create or replace table core.fct_booking as
                select md5(i::varchar) as account_key, (i * 10.01)::decimal(18, 2) as amount,
                    {generation} as generation
                from range({rows}) as numbers(i) order by {order};
                create or replace table funnel.rpt_funnel_flow as
                select 'mql' as stage, {generation} as entered_count, {generation} as generation;
                create or replace table funnel.rpt_pipeline_daily as
                select 'East' as team, 12.50::decimal(18, 2) as open_amount,
                    {generation} as generation;
                create or replace table kpi.dim_kpi as
                select * from (values ('bookings', 'core'), ('mqls', 'demand'),
                    ('pipeline_created', 'pipeline')) as kpis(kpi, kpi_group);
                create or replace table kpi.rpt_kpi as
                select kpi, kpi_group, {generation}::decimal(18, 6) as value,
                    {generation} as generation, null::date as stale_since
                from kpi.dim_kpi;
                comment on table core.dim_account is 'One row per account; it''s the contract''s';
                comment on column core.dim_account.account_name is 'Name as the CRM has it'
                """  # noqa: S608
            )

    def start_run(self, as_of_date: date = FIRST_DAY) -> PublishRun:
        self.run_count += 1
        run_id = f"run-{self.run_count:04d}"
        at = START + timedelta(minutes=self.run_count)
        self.state.start_run(RunRecord(run_id, as_of_date, "abc1234", at))
        return PublishRun(run_id, as_of_date, at + timedelta(seconds=20))

    def decisions(self, failing: Collection[str] = ()) -> dict[str, Decision]:
        states = [ModelState(f"model_of_{group}", group, "failed") for group in failing]
        return decide(GROUPS, [], states, published_groups(self.published))

    def publish(
        self,
        failing: Collection[str] = (),
        as_of_date: date = FIRST_DAY,
        on_step: OnStep = no_step,
        tables: Collection[PublishedTable] = TABLES,
        warehouse: Path | duckdb.DuckDBPyConnection | None = None,
        build_extras: Callable[[Path, Path], None] | None = None,
        **options: Any,
    ) -> PublishResult:
        run = self.start_run(as_of_date)
        return publish(
            self.published,
            warehouse or self.warehouse,
            list(tables),
            self.decisions(failing),
            self.state,
            run,
            build_extras=build_extras,
            options=PublishOptions(**options),
            on_step=on_step,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query what readers see."""
        with duckdb.connect(str(self.marts), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def generations(self) -> dict[str, int]:
        """Return which generation readers see of each table."""
        return {
            table.name: self.rows(f"from {table.name} select max(generation)")[0][0]
            for table in TABLES
            if table.table_name not in ("dim_kpi", "rpt_kpi")
        }

    def tables(self) -> set[str]:
        found = self.rows("select schema_name || '.' || table_name from duckdb_tables()")
        return {name for (name,) in found}


def steps_of_a_publish(world: World) -> list[str]:
    """Publish once and return the steps that it took."""
    steps: list[str] = []
    world.publish(on_step=steps.append)
    return steps


def publish_and_die(home: str, failing: tuple[str, ...], kept_versions: int, step: int) -> None:
    """Publish, and be killed at the end of the step with this number."""
    world = World(Path(home))
    count = 0

    def on_step(_: str) -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    world.publish(failing, on_step=on_step, kept_versions=kept_versions)
