"""The records of the state store, one dataclass per table.

Belongs here: shapes only. Does not: SQL (migrations.py and the method modules).

Field names are column names. `_at` fields are aware UTC datetimes, `_date` and `stale_since`
fields are dates, `is_` fields are booleans; codec.py relies on that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

RunStatus = Literal["running", "succeeded", "failed", "interrupted"]
RunKind = Literal["daily", "rollback", "postgres", "backfill", "close"]
# month, week or day of the calendar, or a number of days such as "10 days".
Slicing = str
Severity = Literal["critical", "warning", "info"]
GuardStatus = Literal["passed", "warned", "failed", "errored", "not_run"]
PublishAction = Literal["published", "held", "rolled_back"]
QuarantineScope = Literal["file", "run"]


@dataclass(frozen=True)
class RunRecord:
    """One run of a command that changes a home."""

    run_id: str
    as_of_date: date
    code_version: str
    started_at: datetime
    finished_at: datetime | None = None
    status: RunStatus = "running"
    message: str | None = None
    selection: str | None = None
    kind: RunKind = "daily"


@dataclass(frozen=True)
class FileVersion:
    """One content of one source file, read under one mapping, and its Parquet copy."""

    source: str
    dataset: str
    entity: str
    file: str
    content_hash: str
    mapping_hash: str
    row_count: int
    quarantined_count: int
    duplicate_count: int
    parquet_path: str
    is_active: bool = True
    first_run_id: str | None = None


@dataclass(frozen=True)
class SourceLoad:
    """What one run read from one object of one source."""

    source_system: str
    source_instance: str
    source_object: str
    row_count: int
    min_cursor: str | None
    max_cursor: str | None
    quarantined_count: int
    loaded_at: datetime


@dataclass(frozen=True)
class QuarantinedRow:
    """A row, or a whole file (line None), that was not loaded, and why.

    `scope` says how long it counts: "file" rows follow from one file's content and count while
    that version of the file is active, read again or not; "run" rows (a refused file, a finding
    across files) count until the next run that reads the source.
    """

    source: str
    dataset: str
    entity: str
    file: str
    line: int | None
    column_name: str | None
    value: str | None
    reason: str
    payload: str | None = None
    scope: QuarantineScope = "file"
    run_id: str | None = None


@dataclass(frozen=True)
class GuardResult:
    """What one guard found; the same shape for every tool that guards."""

    guard: str
    kpi_group: str
    severity: Severity
    status: GuardStatus
    observed: str | None = None
    threshold: str | None = None
    sample: str | None = None
    table_name: str = ""
    message: str | None = None


@dataclass(frozen=True)
class PublishLogEntry:
    """What a run did with one publish group.

    `publish_version` is the version whose data readers see of the group (None: never published);
    `folder_version` is the version folder that the run made current.
    """

    kpi_group: str
    action: PublishAction
    publish_version: str | None
    folder_version: str
    stale_since: date | None = None
    reason: str | None = None
    run_id: str | None = None


@dataclass(frozen=True)
class TableCount:
    """Rows of one table in one published version."""

    schema_name: str
    table_name: str
    kpi_group: str
    row_count: int


@dataclass(frozen=True)
class PostgresLogEntry:
    """What a run did about PostgreSQL: which version it brought there, or why it could not.

    Attributes:
        run_id: The run.
        folder_version: The version that readers of PostgreSQL were to see.
        status: Whether they now see it.
        server: Host, port and database, without user and password.
        finished_at: When it was done, or given up.
        table_count: Tables that readers of PostgreSQL see.
        row_count: Rows that were copied; 0 when all of them stood there already.
        message: Why it failed; remarks when it did not.
    """

    run_id: str
    folder_version: str
    status: Literal["published", "failed"]
    server: str
    finished_at: datetime
    table_count: int = 0
    row_count: int = 0
    message: str | None = None


@dataclass(frozen=True)
class ConnectorObject:
    """How far one object of a connector's source is read.

    `columns` holds the fields that are read and their types, as JSON: what a change is measured
    against. `pending` says in words what a pull is doing; it is empty when the pull ended.
    """

    source: str
    object_name: str
    cursor_at: datetime | None = None
    last_sweep_at: datetime | None = None
    pulled_at: datetime | None = None
    columns: str | None = None
    mapping: str | None = None
    note: str | None = None
    pending: str | None = None


@dataclass(frozen=True)
class Backfill:
    """What a command asked to read again: the same words are the same backfill."""

    source: str
    from_date: date
    to_date: date
    slicing: Slicing
    objects: str = ""


@dataclass(frozen=True)
class BackfillSlice:
    """Days of a backfill that are read as one.

    Attributes:
        source: Name of the source.
        from_date: First day of the backfill.
        to_date: Last day of the backfill.
        slicing: How the backfill is cut.
        first_date: First day of the slice.
        last_date: Last day of the slice.
        finished_at: When the slice was delivered; None while it is not.
        run_id: The run that tried it last.
        changed_count: Rows that it changed.
        problem: Why it could not be read.
        objects: Names of the objects that it is of, in order, with commas; blank is all.
    """

    source: str
    from_date: date
    to_date: date
    slicing: Slicing
    first_date: date
    last_date: date
    finished_at: datetime | None = None
    run_id: str | None = None
    changed_count: int | None = None
    problem: str | None = None
    objects: str = ""

    @property
    def backfill(self) -> Backfill:
        """The backfill that it is a part of."""
        return Backfill(self.source, self.from_date, self.to_date, self.slicing, self.objects)
