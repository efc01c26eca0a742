"""PostgreSQL in Dagster: the last step of the daily job, a part of the rollback job, and a job.

Belongs here: the definitions. Like the publish step, this one depends on no step and runs after it
(lower priority, one process): a held group must not keep the others from PostgreSQL's readers.
"""

from typing import Any

import dagster as dg

from orchestration import catalog
from orchestration.postgres.errors import PostgresError
from orchestration.postgres.server import server_of
from orchestration.postgres.step import NOTHING_YET, bring_current
from orchestration.publish import PublishError, current_manifest
from orchestration.settings import Settings
from orchestration.state import RunRecord, StateStore
from orchestration.steps import code_version, hold_home, utc_now

AFTER_PUBLISH = {"dagster/priority": "-200"}
POSTGRES_JOB = "postgres"
POSTGRES_OP = "bring_to_postgres"
ROLLBACK_POSTGRES_OP = "roll_back_postgres"


def build_postgres_asset(settings: Settings) -> dg.AssetsDefinition:
    """The step of the daily job."""

    @dg.asset(
        key=catalog.POSTGRES_KEY,
        group_name="published",
        owners=[catalog.DEFAULT_OWNER],
        description="The version that readers of PostgreSQL see: the published tables as views.",
        kinds={"postgres"},
        op_tags=AFTER_PUBLISH,
        freshness_policy=catalog.DAILY,
    )
    def postgres_version(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        if StateStore(settings.state_path).find_run(context.run_id) is None:
            raise dg.Failure(
                "PostgreSQL stays as it is: the run could not start; `concord postgres` or the job "
                f"{POSTGRES_JOB} brings the published version there",
                allow_retries=False,
            )
        return dg.MaterializeResult(metadata=_bring(settings, context.run_id))

    return postgres_version


def build_postgres_op(settings: Settings) -> dg.OpDefinition:
    """The part of the rollback job: readers of PostgreSQL go where those of the files went."""

    @dg.op(
        name=ROLLBACK_POSTGRES_OP,
        ins={"after": dg.In(dg.Nothing)},
        description="Let readers of PostgreSQL see the same version.",
    )
    def roll_back_postgres(context: dg.OpExecutionContext) -> None:
        context.add_output_metadata(_bring(settings, context.run_id))

    return roll_back_postgres


def build_postgres_job(settings: Settings) -> dg.JobDefinition:
    """The job that brings the published version to PostgreSQL, when a run could not."""

    @dg.op(name=POSTGRES_OP, description="Bring the published version to PostgreSQL.")
    def bring_to_postgres(context: dg.OpExecutionContext) -> None:
        hold_home(settings)
        state = StateStore(settings.state_path)
        _start(state, context.run_id, settings)
        try:
            metadata = _bring(settings, context.run_id)
        except Exception as error:
            words = error.description if isinstance(error, dg.Failure) else type(error).__name__
            state.finish_run(context.run_id, "failed", utc_now(), words)
            raise
        state.finish_run(context.run_id, "succeeded", utc_now())
        context.add_output_metadata(metadata)

    @dg.job(
        name=POSTGRES_JOB,
        executor_def=dg.in_process_executor,
        description="Bring the published version to PostgreSQL.",
    )
    def postgres() -> None:
        bring_to_postgres()

    return postgres


def _start(state: StateStore, run_id: str, settings: Settings) -> None:
    try:
        current = current_manifest(settings.published_dir)
    except PublishError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    if current is None:
        raise dg.Failure(description=f"{NOTHING_YET}; `concord run` starts", allow_retries=False)
    state.start_run(
        RunRecord(
            run_id=run_id,
            as_of_date=current.as_of_date,
            code_version=code_version(),
            started_at=utc_now(),
            kind="postgres",
        )
    )


def _bring(settings: Settings, run_id: str) -> dict[str, Any]:
    """Bring the version there; say what was done, or fail with words."""
    try:
        result = bring_current(settings, run_id)
    except PostgresError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    if result is None:
        return {"version": NOTHING_YET}
    return {
        "version": result.version,
        "server": server_of(settings).label,
        "tables": result.table_count,
        "rows_copied": result.copied_rows,
    }
