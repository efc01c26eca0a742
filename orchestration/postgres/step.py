"""Bringing PostgreSQL to the current version as a step of a run: progress, log, words on failure.

Belongs here: what every job that does so shares. Does not: Dagster (assets.py).
"""

from __future__ import annotations

from orchestration.postgres.errors import PostgresError
from orchestration.postgres.publishing import Limits, PostgresResult, bring_version
from orchestration.postgres.server import Server, server_of
from orchestration.progress import reporter
from orchestration.publish import Manifest, PublishError, current_manifest
from orchestration.settings import Settings
from orchestration.state import PostgresLogEntry, StateStore
from orchestration.steps import utc_now

STAGE = "PostgreSQL"
NOTHING_YET = "nothing is published yet"


def bring_current(settings: Settings, run_id: str) -> PostgresResult | None:
    """Let readers of PostgreSQL see the version that readers of the files see.

    Returns:
        What they see; None while nothing is published.

    Raises:
        PostgresError: When that was not possible; the log and the run say so.
    """
    state = StateStore(settings.state_path)
    server = server_of(settings)
    manifest: Manifest | None = None
    reporter().stage_started(STAGE)
    try:
        manifest = current_manifest(settings.published_dir)
        if manifest is None:
            reporter().stage_finished(STAGE, NOTHING_YET, True)
            return None
        result = bring_version(
            server,
            settings.published_dir,
            manifest,
            state,
            limits=Limits(settings.memory, settings.threads),
            on_progress=lambda done, total, what: reporter().stage_progressed(
                STAGE, done, total, what
            ),
        )
    except (PostgresError, PublishError) as error:
        message = _record_failure(state, run_id, server, manifest, str(error))
        raise PostgresError(message) from None
    except Exception as error:
        _record_failure(state, run_id, server, manifest, f"{type(error).__name__}: {error}")
        raise
    _record(state, run_id, server, result)
    copied = f"{result.copied_rows:,} rows copied" if result.copied_tables else "nothing to copy"
    outcome = "; ".join(
        [f"version {result.version}, {result.table_count} tables, {copied}", *result.remarks]
    )
    reporter().stage_finished(STAGE, outcome, True)
    return result


def _record(state: StateStore, run_id: str, server: Server, result: PostgresResult) -> None:
    entry = PostgresLogEntry(
        run_id=run_id,
        folder_version=result.version,
        status="published",
        server=server.label,
        finished_at=utc_now(),
        table_count=result.table_count,
        row_count=result.copied_rows,
        message="; ".join(result.remarks) or None,
    )
    state.add_postgres_entry(entry)


def _record_failure(
    state: StateStore, run_id: str, server: Server, manifest: Manifest | None, reason: str
) -> str:
    """Enter the failure into the log and the run; return the message for people."""
    stands = state.latest_postgres_entry("published")
    where = f"stays at version {stands.folder_version}" if stands else "has no version yet"
    message = f"PostgreSQL {where}: {reason.rstrip('.')}."
    try:
        label = server.label
    except PostgresError:
        label = "PostgreSQL"
    entry = PostgresLogEntry(
        run_id=run_id,
        folder_version=manifest.version if manifest else "",
        status="failed",
        server=label,
        finished_at=utc_now(),
        message=message,
    )
    state.add_postgres_entry(entry)
    run = state.find_run(run_id)
    if run is not None and run.status == "succeeded":
        state.finish_run(run_id, "failed", utc_now(), message)
    elif run is not None and run.status == "failed":
        both = "\n".join(text for text in (run.message, message) if text)
        state.finish_run(run_id, "failed", utc_now(), both)
    reporter().stage_finished(STAGE, message, False)
    return message
