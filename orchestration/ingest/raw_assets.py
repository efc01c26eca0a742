"""The raw tables as assets: every source read in a thread of its own, then the views replaced.

Belongs here: the ingest step for file-drop sources. Does not: reading files (sources/file_drop).
"""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from orchestration import catalog
from orchestration.canonical import load_entities
from orchestration.company.sources import Source
from orchestration.connectors.context import PullResult
from orchestration.guards.workers import worker_of_run
from orchestration.ingest.connectors import pull_source
from orchestration.ingest.file_drop import (
    SourceReading,
    failed_reading,
    read_source,
    source_loads,
)
from orchestration.ingest.published_before import HISTORIES, write_published_before
from orchestration.ingest.side_by_side import read_side_by_side
from orchestration.ingest.warehouse import warehouse, write_views
from orchestration.ledger.columns import TABLES as LEDGER_TABLES
from orchestration.ledger.source import write_ledger
from orchestration.progress import reporter
from orchestration.settings import Settings
from orchestration.simulators import Simulators, end_simulators, simulators_of_run
from orchestration.sources.file_drop import raw_views_sql
from orchestration.state import GuardResult
from orchestration.steps import Step, step, utc_now
from orchestration.transform import worker as transform_worker
from orchestration.transform.assets import FULL_REFRESH_TAG
from orchestration.transform.nodes import Project
from orchestration.transform.standing import plan_build

STAGE = "ingest"
ACCEPTED_CHECK = "files_accepted"


def build_raw_assets(settings: Settings, project: Project) -> dg.AssetsDefinition:
    """One multi-asset over all canonical entities; the project says when dbt will be needed."""
    entities = load_entities()

    @dg.multi_asset(
        name="ingest_file_drop",
        specs=[
            dg.AssetSpec(
                catalog.raw_key(entity.name),
                deps=[catalog.rules_key("source")],
                group_name="raw",
                owners=[catalog.DEFAULT_OWNER],
                description=f"{entity.description} As delivered, typed.",
                kinds={"parquet", "duckdb"},
                freshness_policy=catalog.DAILY,
            )
            for entity in entities.values()
        ]
        + [
            dg.AssetSpec(
                catalog.published_before_key(history.table),
                group_name="published_before",
                owners=[catalog.DEFAULT_OWNER],
                description=history.description,
                kinds={"parquet", "duckdb"},
                freshness_policy=catalog.DAILY,
            )
            for history in HISTORIES
        ]
        + [
            dg.AssetSpec(
                catalog.ledger_key(table),
                group_name="ledger",
                owners=["team:finance"],
                description=f"The ledger of pay as it was locked: {table.replace('_', ' ')}.",
                kinds={"duckdb"},
                freshness_policy=catalog.DAILY,
            )
            for table in LEDGER_TABLES
        ],
        check_specs=[
            dg.AssetCheckSpec(
                ACCEPTED_CHECK,
                asset=catalog.raw_key(name),
                description="No file of this entity was refused whole.",
                blocking=True,
            )
            for name in entities
        ],
        # A file that changed while it was read, a disk that was away for a moment.
        retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    )
    def ingest_file_drop(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with step(settings, context.run_id, STAGE) as work:
            guard_worker = worker_of_run(context.run_id)
            is_full = context.run.tags.get(FULL_REFRESH_TAG) == "true"
            readings = read_sources(work, is_full)
            if any(reading.new_count for reading in readings):
                guard_worker.warm_up()  # there will be rows that no kept verdict is about
            files = [version for reading in readings for version in reading.versions]
            with warehouse(settings) as connection:
                write_views(connection, _views(settings, readings))
                write_published_before(connection, settings.published_dir, work.run.as_of_date)
                ledger_guard = write_ledger(connection, settings.ledger_path)
            if project.needs_dbt and plan_build(settings, project).to_build:
                # dbt needs seconds to start: let it, while the raw guards look.
                transform_worker.worker_of_run(settings, context.run_id)
            for history in HISTORIES:
                yield dg.MaterializeResult(asset_key=catalog.published_before_key(history.table))
            for table in LEDGER_TABLES:
                yield dg.MaterializeResult(asset_key=catalog.ledger_key(table))
            work.add_guards([*_guards(readings), ledger_guard])
            rows = Counter[str]()
            quarantined = Counter[str]()
            for file in files:
                rows[file.entity] += file.row_count
                quarantined[file.entity] += file.quarantined_count
            _report(readings, sum(rows.values()))
            refused = {
                entity: [text for reading in readings for text in reading.refusals_of(entity)]
                for entity in entities
            }
            for entity in entities:
                key = catalog.raw_key(entity)
                yield dg.MaterializeResult(
                    asset_key=key,
                    metadata={
                        "dagster/row_count": rows[entity],
                        "quarantined": quarantined[entity],
                    },
                )
                yield dg.AssetCheckResult(
                    asset_key=key,
                    check_name=ACCEPTED_CHECK,
                    passed=not refused[entity],
                    description="\n".join(refused[entity]) or None,
                )

    return ingest_file_drop


def read_sources(work: Step, is_full: bool = False) -> list[SourceReading]:
    """Read all sources at once; one that fails or is too slow does not stop the others.

    Args:
        work: The step.
        is_full: Whether connectors read and compare everything again.
    """
    simulators = simulators_of_run(work.run.run_id, work.company, work.settings.variables)
    try:
        readings = read_side_by_side(
            list(work.company.sources.sources.values()),
            lambda source: _read(work, source, simulators, is_full),
            lambda source, reason: failed_reading(work, source, reason),
            work.settings.source_deadline_seconds,
        )
    finally:
        end_simulators()
    for reading in readings:
        if reading.is_read:
            work.state.replace_active_files(
                work.run.run_id, reading.files, reading.quarantined, sources=[reading.source]
            )
        work.state.add_source_loads(work.run.run_id, source_loads(reading, utc_now()))
    return readings


def _read(work: Step, source: Source, simulators: Simulators, is_full: bool) -> SourceReading:
    """Let a connector pull first; where it cannot, what was active stays active."""
    if source.connector is None:
        return read_source(work, source)
    pulled = pull_source(work, source, simulators, is_full)
    work.add_guards([_noted(source, pulled)])
    if pulled.problems:
        return failed_reading(work, source, "; ".join(pulled.problems))
    return read_source(work, source)


def _noted(source: Source, pulled: PullResult) -> GuardResult:
    """What a pull did, and what is worth knowing of it."""
    return GuardResult(
        guard=f"pulled_{source.name}",
        kpi_group="core",
        severity="info",
        status="warned" if pulled.problems else "passed",
        observed=f"{sum(pulled.changed.values())} rows, {pulled.request_count} requests",
        threshold="no problems",
        table_name="raw_file_drop",
        message="\n".join([*pulled.problems, *pulled.notes]),
    )


def _views(settings: Settings, readings: list[SourceReading]) -> list[str]:
    versions = [version for reading in readings for version in reading.versions]
    return raw_views_sql(load_entities(), versions, settings.raw_file_drop_dir)


def _guards(readings: list[SourceReading]) -> list[GuardResult]:
    """One guard per source: none of its files was refused."""
    return [
        GuardResult(
            guard=f"files_accepted_{reading.source}",
            kpi_group="core",
            severity="critical",
            status="failed" if reading.refusals else "passed",
            observed=f"{len(reading.refusals)} files refused",
            threshold="0 files refused",
            sample="; ".join(refusal.file for refusal in reading.refusals[:5]),
            table_name="raw_file_drop",
            message="\n".join(refusal.message for refusal in reading.refusals),
        )
        for reading in readings
    ]


def _report(readings: list[SourceReading], rows: int) -> None:
    files = [version for reading in readings for version in reading.versions]
    new = sum(reading.new_count for reading in readings)
    quarantined = sum(file.quarantined_count for file in files)
    refusals = [refusal for reading in readings for refusal in reading.refusals]
    text = f"{len(files)} files ({new} new or changed), {rows:,} rows, {quarantined} in quarantine"
    if refusals:
        text += f", {len(refusals)} refused"
    reporter().stage_finished(STAGE, text, not refusals)
