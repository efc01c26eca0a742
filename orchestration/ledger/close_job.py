"""Closing periods of pay, as a Dagster job, so that it leaves a run.

Belongs here: the job. Does not: what a close does (close.py). The next run of the daily job brings
what was posted to readers.
"""

import dagster as dg
import duckdb

from orchestration.ledger.close import CloseError, close_published, parse_period
from orchestration.ledger.store import LedgerError
from orchestration.publish import current_manifest
from orchestration.settings import Settings
from orchestration.state import HomeBusy, RunRecord, StateStore
from orchestration.steps import code_version, hold_home, utc_now

CLOSE_JOB = "close"
CLOSE_OP = "close_periods"


class CloseConfig(dg.Config):
    """What is closed.

    Attributes:
        periods: Months, such as 2026-09.
        through: A month; it and all open ones before it. Empty: only `periods`.
    """

    periods: list[str] = []
    through: str = ""


def build_close_job(settings: Settings) -> dg.JobDefinition:
    """The job."""

    @dg.op(name=CLOSE_OP, description="Post, freeze and lock periods of pay.")
    def close_periods(context: dg.OpExecutionContext, config: CloseConfig) -> str:
        try:
            hold_home(settings)
            chosen = [parse_period(text) for text in config.periods]
            through = parse_period(config.through) if config.through else None
        except HomeBusy as busy:
            raise dg.Failure(str(busy), allow_retries=False) from busy
        except ValueError as error:
            raise dg.Failure(
                f"{error}: give months such as 2026-09", allow_retries=False
            ) from error
        state = StateStore(settings.state_path)
        _start(state, context.run_id, settings)
        try:
            result = close_published(
                settings.published_dir,
                settings.ledger_path,
                chosen,
                through,
                code_version(),
                context.run_id,
            )
        except (CloseError, LedgerError, duckdb.Error) as error:
            state.finish_run(context.run_id, "failed", utc_now(), str(error))
            raise dg.Failure(description=str(error), allow_retries=False) from error
        state.finish_run(context.run_id, "succeeded", utc_now(), result.message)
        context.log.info(result.message)
        return result.message

    @dg.job(
        name=CLOSE_JOB,
        executor_def=dg.in_process_executor,
        description="Post, freeze and lock periods of pay.",
    )
    def close_pay() -> None:
        close_periods()

    return close_pay


def _start(state: StateStore, run_id: str, settings: Settings) -> None:
    """Record the run first, so that a kill leaves a trace."""
    current = current_manifest(settings.published_dir)
    if current is None:
        raise dg.Failure("nothing has been published yet; `concord run` does", allow_retries=False)
    state.mark_interrupted_runs(utc_now())
    state.start_run(
        RunRecord(
            run_id=run_id,
            as_of_date=current.as_of_date,
            code_version=code_version(),
            started_at=utc_now(),
            kind="close",
        )
    )
