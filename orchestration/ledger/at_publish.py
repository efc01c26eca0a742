"""Closing what is due in the middle of a run: after its guards, before readers see it.

Belongs here: when a run closes. Does not: what a close does (close.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from orchestration.ingest.warehouse import warehouse
from orchestration.ledger.close import (
    ClosedPeriods,
    close_candidate,
    close_in_a_row,
    due_periods,
    known_late,
)
from orchestration.ledger.cut_off import DuePeriod
from orchestration.ledger.source import ledger_guard, write_ledger
from orchestration.ledger.store import Closing, LedgerError, back_up
from orchestration.progress import reporter
from orchestration.publish.layout import current_manifest
from orchestration.scenario.known import pay_as_known
from orchestration.scenario.scratch import ScenarioError
from orchestration.steps import Step
from orchestration.transform.assets import build_what_changed
from orchestration.transform.guards import dbt_guard_results
from orchestration.transform.nodes import Project

STAGE = "close"


def close_what_is_due(work: Step, project: Project) -> bool:
    """Close the periods that company.yml wants closed by now.

    Periods are closed as if a run had closed each on its own day: what was known later is a
    difference of a later one. A run that readers will not see, because they see a later day,
    closes nothing. A ledger that cannot be used holds pay, and nothing else.

    Returns:
        Whether guards reported anew, so that the gate has to look again.
    """
    days = work.company.company.compensation.close_after_days
    current = current_manifest(work.settings.published_dir)
    if days is None or (current is not None and current.as_of_date > work.run.as_of_date):
        return False
    closing = Closing(work.run.as_of_date, None, work.run.code_version, work.run.run_id)
    with warehouse(work.settings) as connection:
        due = due_periods(connection, days, work.run.as_of_date)
        late = known_late(connection, due, work.run.as_of_date) if due else {}
    if not due:
        return False
    reporter().stage_started(STAGE)
    try:
        closed = _close(work, project, due, late, closing)
    except (LedgerError, ScenarioError, duckdb.Error) as error:
        reporter().stage_finished(STAGE, str(error).splitlines()[0], False)
        work.add_guards([ledger_guard(str(error).splitlines())])
        return True
    back_up(work.settings.ledger_path)
    with warehouse(work.settings) as connection:
        work.add_guards([write_ledger(connection, work.settings.ledger_path)])
    results = build_what_changed(work.settings, work.run.run_id, project)
    work.add_guards(dbt_guard_results(project, results))
    first, last = closed[0].period, closed[-1].period
    postings = sum(one.posting_count for one in closed)
    reporter().stage_finished(
        STAGE,
        f"{first:%Y-%m} to {last:%Y-%m} locked, {postings:,} postings",
        all(result.is_good for result in results),
    )
    return True


def _close(
    work: Step,
    project: Project,
    due: Sequence[DuePeriod],
    late: Mapping[date, date],
    closing: Closing,
) -> ClosedPeriods:
    """Close on what this run computed, where all of that was known at the cut-offs."""
    path = work.settings.ledger_path
    if late:
        with pay_as_known(work.settings, project) as pay_on:
            return close_in_a_row(pay_on, path, due, late, closing)
    with warehouse(work.settings) as connection:
        return close_candidate(connection, path, due, closing)
