"""Backfills as Dagster jobs, so that each leaves a run and a range of months can be launched.

    backfill            the command's: a source, days and slicing as its configuration
    backfill_<source>   a partition for each month since the first day, for Dagster's web UI

Dagster keeps for itself which partitions succeeded; a partition that is run again reads its month
again. Both leave the same notes, so a month that one of them read is read for the other too.

Belongs here: the jobs. Does not: reading (backfill.py).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration.company import Company, CompanyInvalid
from orchestration.connectors.backfillable import day_source, first_day
from orchestration.connectors.day_span import DaySpan, month_of, slicing_of
from orchestration.ingest.backfill import BackfillError, BackfillRequest, BackfillResult, backfill
from orchestration.settings import Settings
from orchestration.state import HomeBusy, RunRecord, StateStore
from orchestration.steps import code_version, company_of_run, hold_home, utc_now

BACKFILL_JOB = "backfill"
BACKFILL_OP = "read_days_again"


class BackfillConfig(dg.Config):
    """What is read again.

    Attributes:
        source: Name of the source.
        from_day: First day, YYYY-MM-DD.
        to_day: Last day.
        by: month, week, day, or so many days ("10 days").
        again: Whether slices that are read already are read once more.
        objects: Only these objects of a CRM; blank is all.
    """

    source: str
    from_day: str
    to_day: str
    by: str = "month"
    again: bool = False
    objects: list[str] = Field(default_factory=list)


def build_backfill_job(settings: Settings) -> dg.JobDefinition:
    """The job of the command."""

    @dg.op(name=BACKFILL_OP, description="Read a span of days of a source again.")
    def read_days_again(context: dg.OpExecutionContext, config: BackfillConfig) -> dict[str, Any]:
        try:
            span = DaySpan(date.fromisoformat(config.from_day), date.fromisoformat(config.to_day))
            slicing = slicing_of(config.by)
        except ValueError as error:
            raise dg.Failure(
                f"{error}; give days as YYYY-MM-DD, and month, week, day or a number of days",
                allow_retries=False,
            ) from None
        request = BackfillRequest(
            config.source, span, slicing, config.again, objects=tuple(config.objects)
        )
        return _done(settings, context, request)

    @dg.job(
        name=BACKFILL_JOB,
        executor_def=dg.in_process_executor,
        description="Read a span of days of a source again, slice by slice.",
    )
    def backfill_of_span() -> None:
        read_days_again()

    return backfill_of_span


def build_month_jobs(settings: Settings, company: Company | None) -> list[dg.JobDefinition]:
    """A job for each source whose days can be read again; none while the company is invalid."""
    if company is None:
        return []
    return [
        _month_job(settings, name, first_day(connector))
        for name, source in company.sources.sources.items()
        if (connector := day_source(source)) is not None
    ]


def _month_job(settings: Settings, source: str, start_date: date) -> dg.JobDefinition:
    months = dg.MonthlyPartitionsDefinition(start_date=str(start_date.replace(day=1)))

    @dg.op(name=f"read_month_of_{source}", description=f"Read a month of {source} again.")
    def read_month(context: dg.OpExecutionContext) -> dict[str, Any]:
        month = month_of(date.fromisoformat(context.partition_key))
        # The first month begins at start_date, and a platform's limit moves on every day.
        request = BackfillRequest(source, month, "month", is_again=True, is_cut=True)
        return _done(settings, context, request)

    @dg.job(
        name=f"{BACKFILL_JOB}_{source}",
        partitions_def=months,
        executor_def=dg.in_process_executor,
        description=f"Read months of {source} again: a partition is a month.",
    )
    def backfill_of_months() -> None:
        read_month()

    return backfill_of_months


def _done(
    settings: Settings, context: dg.OpExecutionContext, request: BackfillRequest
) -> dict[str, Any]:
    """Do it within a run of its own; facts for Dagster and for the command."""
    try:
        hold_home(settings)
        company = company_of_run(settings, context.run_id)
    except (HomeBusy, CompanyInvalid) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    state = StateStore(settings.state_path)
    state.mark_interrupted_runs(utc_now())
    state.start_run(
        RunRecord(
            run_id=context.run_id,
            as_of_date=company.as_of_date,
            code_version=code_version(),
            started_at=utc_now(),
            selection=str(request),
            kind="backfill",
        )
    )
    result = _finished(
        state, context.run_id, lambda: backfill(settings, state, company, context.run_id, request)
    )
    facts = {
        "slices_read": result.read,
        "slices_read_before": result.kept,
        "rows_changed": result.changed,
        "requests": result.requests,
        "notes": "\n".join(result.notes),
    }
    context.add_output_metadata(facts)
    return facts


def _finished(state: StateStore, run_id: str, work: Callable[[], BackfillResult]) -> BackfillResult:
    """Work, and record how it ended."""
    try:
        result = work()
    except BackfillError as error:
        state.finish_run(run_id, "failed", utc_now(), str(error))
        raise dg.Failure(description=str(error), allow_retries=False) from None
    except Exception as error:
        state.finish_run(run_id, "failed", utc_now(), type(error).__name__)
        raise
    words = f"{result.read} slices read, {result.changed} rows changed"
    state.finish_run(run_id, "succeeded", utc_now(), words)
    return result
