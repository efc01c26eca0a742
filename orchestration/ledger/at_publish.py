"""Closing what is due in the middle of a run: after its guards, before readers see it.

Belongs here: when a run closes. Does not: what a close does (close.py).
"""

from __future__ import annotations

import duckdb

from orchestration.ingest.warehouse import warehouse
from orchestration.ledger.close import close_candidate
from orchestration.ledger.source import ledger_guard, write_ledger
from orchestration.ledger.store import Closing, LedgerError, back_up
from orchestration.progress import reporter
from orchestration.publish.layout import current_manifest
from orchestration.steps import Step
from orchestration.transform.assets import build_what_changed
from orchestration.transform.guards import dbt_guard_results
from orchestration.transform.nodes import Project

STAGE = "close"


def close_what_is_due(work: Step, project: Project) -> bool:
    """Close the periods that company.yml wants closed by now.

    A run that readers will not see, because they see a later day, closes nothing. A ledger that
    cannot be used holds pay, and nothing else.

    Returns:
        Whether guards reported anew, so that the gate has to look again.
    """
    days = work.company.company.compensation.close_after_days
    current = current_manifest(work.settings.published_dir)
    if days is None or (current is not None and current.as_of_date > work.run.as_of_date):
        return False
    closing = Closing(work.run.as_of_date, None, work.run.code_version, work.run.run_id)
    with warehouse(work.settings) as connection:
        try:
            closed = close_candidate(connection, work.settings.ledger_path, days, closing)
        except (LedgerError, duckdb.Error) as error:
            reporter().stage_finished(STAGE, str(error).splitlines()[0], False)
            work.add_guards([ledger_guard(str(error).splitlines())])
            return True
    if not closed:
        return False
    reporter().stage_started(STAGE)
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
