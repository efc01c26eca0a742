"""Reports that are made in the background: a job is asked after until it is done.

Belongs here: the states of jobs. Does not: what a report says (insights).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sample_company.simulators.advertising.platform import Account
from sample_company.simulators.clock import Clock
from sample_company.simulators.meta_ads.errors import MetaError, unknown_object
from sample_company.simulators.meta_ads.insights import Report

Row = dict[str, Any]
KEPT = timedelta(days=30)
COMPLETED, RUNNING = "Job Completed", "Job Running"


@dataclass
class Job:
    """A report on its way; `rows` are those of the moment it was done."""

    id: str
    account: Account
    report: Report
    made_at: datetime
    ends_as: str
    polls: int = 0
    rows: list[Row] | None = None
    done_at: datetime | None = None


class Jobs:
    """The jobs of an app.

    Attributes:
        polls_needed: How often a job is asked after before it is done.
        fail_next: How many of the next jobs end as `Job Failed`.
        skip_next: How many of the next jobs end as `Job Skipped`.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin without any; they are done when they are first asked after."""
        self.polls_needed, self.fail_next, self.skip_next = 1, 0, 0
        self._clock = clock
        self._jobs: dict[str, Job] = {}

    def begin(self, account: Account, report: Report) -> Job:
        """Begin a job."""
        ends_as = COMPLETED
        if self.fail_next:
            self.fail_next, ends_as = self.fail_next - 1, "Job Failed"
        elif self.skip_next:
            self.skip_next, ends_as = self.skip_next - 1, "Job Skipped"
        number = str(6_000_000_000_000 + len(self._jobs) + 1)
        self._jobs[number] = Job(number, account, report, self._clock.now(), ends_as)
        return self._jobs[number]

    def of(self, number: str) -> Job:
        """A job; MetaError for one that is not there, or not there any more."""
        job = self._jobs.get(number)
        if job is None or self._clock.now() - job.made_at > KEPT:
            raise unknown_object(number)
        return job

    def knows(self, number: str) -> bool:
        """Whether there ever was such a job."""
        return number in self._jobs

    def status(self, job: Job, rows_of: Callable[[Job], list[Row]]) -> Row:
        """Ask after a job, which brings it further."""
        job.polls += 1
        if job.polls >= self.polls_needed and job.done_at is None:
            job.done_at = self._clock.now()
            if job.ends_as == COMPLETED:
                job.rows = rows_of(job)
        state, percent = self._state(job)
        told = {
            "id": job.id,
            "account_id": job.account.id,
            "time_ref": int(job.made_at.timestamp()),
            "async_status": state,
            "async_percent_completion": percent,
            "is_running": job.done_at is None,
            "date_start": job.report.first.isoformat(),
            "date_stop": job.report.last.isoformat(),
        }
        if job.done_at is not None:
            told["time_completed"] = int(job.done_at.timestamp())
        return told

    def result(self, job: Job) -> list[Row]:
        """The rows of a job that is done; MetaError for any other."""
        if job.rows is None:
            text = "(#2601) Loading async query run failed: the job is not completed"
            raise MetaError(2601, text, 1815107, is_transient=True)
        return job.rows

    def _state(self, job: Job) -> tuple[str, int]:
        if job.done_at is None:
            percent = 100 * job.polls // self.polls_needed
            return ("Job Not Started" if job.polls == 1 else RUNNING), min(percent, 99)
        return job.ends_as, 100 if job.ends_as == COMPLETED else 0
