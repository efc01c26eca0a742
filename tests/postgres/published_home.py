"""A home whose published versions are small and hold every type, held groups and pay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.postgres.publishing import PostgresResult, bring_version
from orchestration.postgres.server import Server
from orchestration.publish import (
    ModelState,
    PublishedTable,
    PublishOptions,
    PublishRun,
    current_manifest,
    decide,
    publish,
    published_groups,
    rollback,
)
from orchestration.publish.layout import OnStep, no_step
from orchestration.state import RunRecord, StateStore
from tests.postgres.postgres_server import ADMIN, Database

GROUPS = ("core", "demand", "compensation")
DAY = date(2026, 10, 1)
START = datetime(2026, 10, 2, 6, 0, tzinfo=UTC)
WORDS = "One row per account; it's the contract's"
TABLES = (
    PublishedTable(
        "core", "dim_account", "core", key=("account_key",), description=WORDS,
        column_descriptions=(("account_name", "Name as the CRM has it"),),
    ),
    PublishedTable("core", "fct_booking", "core", key=("booking_key",)),
    PublishedTable("core", "fct_every_type", "core"),
    PublishedTable("funnel", "rpt_funnel_flow", "demand"),
    PublishedTable("kpi", "rpt_kpi", "by_row", key=("kpi",)),
)  # fmt: skip
PAY = PublishedTable("compensation", "comp_ledger", "compensation", key=("posting_key",))
ALL_TABLES = (*TABLES, PAY)

CANDIDATE = """
create or replace table core.dim_account as
select 'a' || i as account_key, 'Account ' || i as account_name, {generation} as generation
from range({rows}) as numbers(i);
create or replace table core.fct_booking as
select 'b' || i as booking_key, (i * 10.01)::decimal(18, 2) as amount,
    i % 2 = 0 as is_reportable, date '2026-01-31' + i::integer as booking_date,
    timestamp '2026-01-31 23:30:00.123456' + to_hours(i) as booked_at
from range({rows}) as numbers(i);
create or replace table core.fct_every_type as
select * from (values
    (1::tinyint, 2::smallint, 3, 4::bigint, 1::utinyint, 2::usmallint, 3::uinteger, 4::ubigint,
        12345678901234567890123::hugeint, 1.5::real, 0.1::double, 'nan'::double, -12.34::decimal(18, 2),
        123456.123456789::decimal(18, 9), true, date '9999-12-31', timestamp '1969-12-31 23:59:59',
        timestamptz '2026-03-29 02:30:00+02', time '12:34:56.5',
        '6a4dbcdb-8e6a-4c13-bfae-821803f8c448'::uuid, 'plain', [1, 2], {{'a': 'b'}}),
    (-1, -2, -3, -4, 0, 0, 0, 18446744073709551615, -1, 'inf'::real, -0.1, '-inf'::double, 0.00,
        -0.000000001::decimal(18, 9), false, date '0001-01-01', timestamp '2026-02-28 00:00:00.000001',
        timestamptz '1900-01-01 00:00:00+00', time '00:00', '00000000-0000-0000-0000-000000000000',
        'quote " comma , back\\slash ''tick''' || chr(10) || 'line' || chr(13) || chr(9) || 'ü€😀', [], {{'a': ''}}),
    (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null, null, null),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0::decimal(18, 9), false, date '2000-02-29', timestamp '2000-01-01',
        timestamptz '2000-01-01 00:00:00+00', time '23:59:59', null, '', null, null)
) as rows(a_tinyint, a_smallint, an_integer, a_bigint, a_utinyint, a_usmallint, a_uinteger,
    a_ubigint, a_hugeint, a_real, a_double, another_double, an_amount, a_rate, a_boolean, a_date,
    a_timestamp, a_moment, a_time, a_uuid, a_text, a_list, a_struct);
create or replace table funnel.rpt_funnel_flow as
select 'mql' as stage, {generation} as generation;
create or replace table kpi.rpt_kpi as
select kpi, kpi_group, {generation}::decimal(18, 6) as value, null::date as stale_since
from (values ('bookings', 'core'), ('mqls', 'demand')) as kpis(kpi, kpi_group);
create or replace table compensation.comp_ledger as
select 'p' || i as posting_key, 100.00::decimal(18, 2) as amount, {generation} as generation
from range(3) as numbers(i);
"""  # noqa: E501


class PublishedHome:
    """A home that publishes to files and then to a database."""

    def __init__(self, folder: Path, database: Database, first_run: int = 0) -> None:
        self.folder = folder
        self.database = database
        self.warehouse = folder / "warehouse.duckdb"
        self.published = folder / "published"
        self.state = StateStore(folder / "state" / "concord.sqlite")
        self.run_count = first_run + len(self.state.runs(limit=1_000))
        self.user = ADMIN
        self.url: str | None = None

    @property
    def server(self) -> Server:
        url = self.url or self.database.server.url(self.database.name, self.user)
        return Server(url, self.database.bi_role, self.database.finance_role)

    def build(self, generation: int, rows: int = 10, *changes: str) -> None:
        """Build the candidate of a generation, then change it by statements."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for schema in ("core", "funnel", "kpi", "compensation"):
                connection.execute(f"create schema if not exists {schema}")
            connection.execute("set timezone = 'UTC'")
            connection.execute(CANDIDATE.format(generation=generation, rows=rows))
            for statement in changes:
                connection.execute(statement)

    def publish_files(
        self,
        failing: Collection[str] = (),
        tables: Sequence[PublishedTable] = TABLES,
        keep: int = 7,
    ) -> str:
        self.run_count += 1
        run_id = f"run-{self.run_count:04d}"
        at = START + timedelta(minutes=self.run_count)
        self.state.start_run(RunRecord(run_id, DAY, "abc1234", at))
        states = [ModelState(f"model_of_{group}", group, "failed") for group in failing]
        decisions = decide(GROUPS, [], states, published_groups(self.published))
        result = publish(
            self.published, self.warehouse, list(tables), decisions, self.state,
            PublishRun(run_id, DAY, at), options=PublishOptions(kept_versions=keep),
        )  # fmt: skip
        self.state.finish_run(run_id, "succeeded", at)
        return result.version

    def bring(self, on_step: OnStep = no_step, patience: float = 10) -> PostgresResult:
        manifest = current_manifest(self.published)
        assert manifest is not None
        return bring_version(
            self.server, self.published, manifest, self.state, on_step=on_step, patience=patience
        )

    def release(self, generation: int, *changes: str, **options: Any) -> PostgresResult:
        """Build, publish to the files, bring to PostgreSQL."""
        self.build(generation, 10, *changes)
        self.publish_files(**options)
        return self.bring()

    def go_back(self, to: str | None = None) -> PostgresResult:
        rollback(self.published, to)
        return self.bring()

    def file_rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(
            str(self.published / "current" / "marts.duckdb"), read_only=True
        ) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(query).fetchall()

    def generations(self, user: str | None = None) -> dict[str, int]:
        """Which generation readers of PostgreSQL see of each table."""
        users = {} if user is None else {"user": user}
        return {
            table: self.database.rows(f"select max(generation) from {table}", **users)[0][0]
            for table in ("core.dim_account", "funnel.rpt_funnel_flow")
        }
