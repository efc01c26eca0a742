"""Bulk API 2.0 query jobs: made, processed step by step, read as CSV part by part.

Belongs here: the life of a job and its results. Does not: HTTP paths (rest).

A job passes UploadComplete, InProgress and JobComplete as it is asked about. Its rows are those of
the moment it is completed; they are kept as lines, so that a part read twice is the same.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sample_company.simulators.messages import Response
from sample_company.simulators.salesforce import rendering
from sample_company.simulators.salesforce.errors import ApiError, not_found
from sample_company.simulators.salesforce.fields import moment_text
from sample_company.simulators.salesforce.ids import record_id
from sample_company.simulators.salesforce.organisation import Organisation
from sample_company.simulators.salesforce.soql_sql import Compiled, compile_query
from sample_company.simulators.salesforce.store import quoted

DELIMITERS = {
    "COMMA": ",",
    "TAB": "\t",
    "PIPE": "|",
    "SEMICOLON": ";",
    "CARET": "^",
    "BACKQUOTE": "`",
}
LINE_ENDS = {"LF": "\n", "CRLF": "\r\n"}
LINES_AT_ONCE = 5000
RESULT_LIFE = timedelta(days=7)
DAY = timedelta(hours=24)


@dataclass
class Job:
    """One query job."""

    number: int
    operation: str
    query: Compiled
    version: str
    delimiter: str
    line_end: str
    created_at: datetime
    changed_at: datetime
    state: str = "UploadComplete"
    polls: int = 0
    rows: int = 0
    message: str = ""

    @property
    def id(self) -> str:
        """The job's id."""
        return record_id("750", self.number)

    @property
    def table(self) -> str:
        """Where its lines are kept."""
        return quoted(f"_job_{self.number}")


class BulkJobs:
    """The query jobs of one organisation."""

    def __init__(self, organisation: Organisation) -> None:
        """Begin without jobs.

        A job is complete at the `polls_needed`-th question, and not before `time_needed` has gone
        by on the clock. `default_records` is the size of a part when the client names none; the
        next job ends Failed with `fail_next` when that is set.
        """
        self.polls_needed = 2
        self.time_needed = timedelta(0)
        self.default_records = 50_000
        self.daily_jobs = 10_000
        self.fail_next = ""
        self._organisation = organisation
        self._jobs: dict[str, Job] = {}
        self._count = 0
        self._made: list[datetime] = []

    def made_since(self, moment: datetime) -> int:
        """How many jobs were made after a moment."""
        self._made = [made for made in self._made if made > moment]
        return len(self._made)

    def create(self, request: Any, version: str) -> dict[str, Any]:
        """Make a job; ApiError for a query or an object that cannot be read in bulk."""
        if not isinstance(request, dict) or request.get("operation") not in ("query", "queryAll"):
            raise ApiError("INVALIDJOB", "operation must be query or queryAll")
        delimiter = request.get("columnDelimiter", "COMMA")
        line_end = request.get("lineEnding", "LF")
        if delimiter not in DELIMITERS or line_end not in LINE_ENDS:
            raise ApiError("INVALIDJOB", f"cannot write {delimiter} and {line_end}")
        now = self._organisation.clock.now()
        made = self.made_since(now - DAY)
        if made >= self.daily_jobs:
            message = f"Max bulk v2 query jobs ({self.daily_jobs}) per 24 hrs has been reached"
            raise ApiError("LIMIT_EXCEEDED", f"{message} ({made}).")
        query = self._compiled(str(request.get("query", "")), request["operation"], now)
        with self._organisation.store.lock:
            self._count += 1
            self._made.append(now)
            job = Job(
                self._count, request["operation"], query, version, delimiter, line_end, now, now
            )
            job.message, self.fail_next = self.fail_next, ""
            self._jobs[job.id] = job
        return self._info(job)

    def ask(self, record: str) -> dict[str, Any]:
        """Tell how a job is, and let it go on; ApiError when there is none."""
        with self._organisation.store.lock:
            job = self._find(record)
            if job.state in ("UploadComplete", "InProgress"):
                self._go_on(job)
            info = self._info(job)
        if job.state == "JobComplete":
            info |= {"numberRecordsProcessed": job.rows, "retries": 0, "totalProcessingTime": 1200}
        if job.state == "Failed":
            info["errorMessage"] = job.message
        return info

    def listed(self) -> dict[str, Any]:
        """All jobs."""
        jobs = [self._info(job) for job in self._jobs.values()]
        return {"done": True, "nextRecordsUrl": None, "records": jobs}

    def abort(self, record: str) -> dict[str, Any]:
        """Stop a job; ApiError when it has ended."""
        job = self._find(record)
        if job.state not in ("UploadComplete", "InProgress"):
            raise ApiError("INVALIDJOBSTATE", f"Aborting a job in state {job.state} is not allowed")
        self._become(job, "Aborted")
        return self._info(job)

    def delete(self, record: str) -> None:
        """Forget a job and its results; ApiError while it runs."""
        with self._organisation.store.lock:
            job = self._find(record)
            if job.state in ("UploadComplete", "InProgress"):
                raise ApiError("INVALIDJOBSTATE", f"Deleting a job in state {job.state}")
            self._organisation.store.run(f"drop table if exists {job.table}")
            del self._jobs[record]

    def results(self, record: str, version: str, most: str, locator: str) -> Response:
        """A part of the results as CSV; ApiError before the job is complete."""
        job = self._find(record)
        if version != job.version:
            raise ApiError("API_ERROR", "the job was made with another API version", 409)
        if job.state != "JobComplete":
            raise ApiError("INVALIDJOBSTATE", f"Job is in state {job.state}, not JobComplete")
        start = _offset(locator) if locator else 0
        size = int(most) if most.isdigit() and int(most) else self.default_records
        end = min(start + size, job.rows)
        following = _locator(end) if end < job.rows else "null"
        headers = {"Sforce-Locator": following, "Sforce-NumberOfRecords": str(end - start)}
        return Response(200, self._lines(job, start, end), headers, "text/csv; charset=UTF-8")

    def _compiled(self, soql: str, operation: str, now: datetime) -> Compiled:
        try:
            query = compile_query(
                soql, self._organisation.objects, now, with_deleted=operation == "queryAll"
            )
        except ApiError as error:
            raise ApiError("API_ERROR", error.message) from error
        if not query.kind.is_bulkable:
            name = query.kind.name
            raise ApiError("INVALIDENTITY", f"{name} is not supported by the Bulk API")
        if query.aggregates or not query.fields or query.offset:
            raise ApiError("API_ERROR", "Aggregates and OFFSET are not supported in Bulk Query")
        if any(field.type == "address" for field in query.fields):
            raise ApiError("API_ERROR", "Selecting compound data not supported in Bulk Query")
        return query

    def _find(self, record: str) -> Job:
        job = self._jobs.get(record)
        if job is None or self._organisation.clock.now() > job.created_at + RESULT_LIFE:
            raise not_found()
        return job

    def _go_on(self, job: Job) -> None:
        job.polls += 1
        is_due = self._organisation.clock.now() >= job.created_at + self.time_needed
        if job.polls < self.polls_needed or not is_due:
            self._become(job, "InProgress")
        elif job.message:
            self._become(job, "Failed")
        else:
            self._process(job)
            self._become(job, "JobComplete")

    def _process(self, job: Job) -> None:
        line = rendering.csv_row(job.query.fields, DELIMITERS[job.delimiter])
        run = self._organisation.store.run
        run(f"create table {job.table} (line text)")
        table = quoted(job.query.kind.name)
        run(
            f"insert into {job.table} select {line} from {table} {job.query.tail}",  # noqa: S608
            job.query.values,
        )
        job.rows = run(f"select count(*) from {job.table}")[0][0]  # noqa: S608

    def _lines(self, job: Job, start: int, end: int) -> Iterator[bytes]:
        line_end = LINE_ENDS[job.line_end]
        yield (rendering.csv_head(job.query.fields, DELIMITERS[job.delimiter]) + line_end).encode()
        sql = f"select group_concat(line, ?) from {job.table} where rowid between ? and ?"  # noqa: S608
        for first in range(start, end, LINES_AT_ONCE):
            last = min(first + LINES_AT_ONCE, end)
            text = self._organisation.store.run(sql, (line_end, first + 1, last))[0][0]
            yield (text + line_end).encode()

    def _become(self, job: Job, state: str) -> None:
        job.state, job.changed_at = state, self._organisation.clock.now()

    def _info(self, job: Job) -> dict[str, Any]:
        return {
            "id": job.id,
            "operation": job.operation,
            "object": job.query.kind.name,
            "createdById": self._organisation.user,
            "createdDate": f"{moment_text(job.created_at)}+0000",
            "systemModstamp": f"{moment_text(job.changed_at)}+0000",
            "state": job.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(job.version),
            "lineEnding": job.line_end,
            "columnDelimiter": job.delimiter,
        }


def _locator(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def _offset(locator: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except (binascii.Error, ValueError) as error:
        raise ApiError("INVALIDLOCATOR", f"locator {locator} is not valid") from error
