"""Taking readers back to an earlier version, as a Dagster job, so that it leaves a run.

Belongs here: the job. Does not: the swap (rollback.py).
"""

import dagster as dg

from orchestration.publish import PublishError, RollbackError, current_manifest, rollback
from orchestration.settings import Settings
from orchestration.state import RunRecord, StateStore
from orchestration.steps import code_version, hold_home, utc_now

ROLLBACK_JOB = "rollback"
ROLLBACK_OP = "roll_back"


class RollbackConfig(dg.Config):
    """Where to go.

    Attributes:
        to: A version; empty: the one before the current.
    """

    to: str = ""


def build_rollback_job(settings: Settings) -> dg.JobDefinition:
    """The job."""

    @dg.op(name=ROLLBACK_OP, description="Let readers see an earlier published version.")
    def roll_back(context: dg.OpExecutionContext, config: RollbackConfig) -> str:
        hold_home(settings)
        state = StateStore(settings.state_path)
        _start(state, context.run_id, settings)
        try:
            result = rollback(settings.published_dir, config.to or None)
        except (RollbackError, PublishError) as error:
            state.finish_run(context.run_id, "failed", utc_now(), str(error))
            raise dg.Failure(description=str(error), allow_retries=False) from error
        state.record_publish(context.run_id, result.log_entries(), result.manifest.table_counts())
        message = f"readers see version {result.version} again, instead of {result.previous}"
        state.finish_run(context.run_id, "succeeded", utc_now(), message)
        context.log.info(message)
        return message

    roll_back_postgres = _postgres_op(settings)

    @dg.job(
        name=ROLLBACK_JOB,
        executor_def=dg.in_process_executor,
        description="Let readers see an earlier published version.",
    )
    def rollback_to_earlier() -> None:
        result = roll_back()
        if roll_back_postgres is not None:
            roll_back_postgres(result)

    return rollback_to_earlier


def _postgres_op(settings: Settings) -> dg.OpDefinition | None:
    """What takes readers of PostgreSQL back too; None where no server is named."""
    if settings.postgres_url is None:
        return None
    from orchestration.postgres.assets import build_postgres_op

    return build_postgres_op(settings)


def _start(state: StateStore, run_id: str, settings: Settings) -> None:
    """Record the run before the swap, so that a kill in between leaves a trace."""
    current = current_manifest(settings.published_dir)
    if current is None:
        raise dg.Failure(
            description="nothing has been published yet, so there is nothing to roll back",
            allow_retries=False,
        )
    state.start_run(
        RunRecord(
            run_id=run_id,
            as_of_date=current.as_of_date,
            code_version=code_version(),
            started_at=utc_now(),
            kind="rollback",
        )
    )
