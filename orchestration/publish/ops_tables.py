"""The ops tables: what Concord remembers of its runs, in the mart contract's columns.

Belongs here: reading the state store into Arrow. Does not: any table that a model builds.

A rejected row's content stays in the state store: it may hold personal data. Readers get where it
lies (`payload_reference`, file and line) and why it was rejected.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from orchestration.publish.gate import OPS
from orchestration.publish.redact import redacted
from orchestration.publish.tables import PublishedTable
from orchestration.state import PublishLogEntry, StateStore
from orchestration.state.codec import from_sql

_TEXT, _COUNT, _DATE, _TIME = pa.string(), pa.int64(), pa.date32(), pa.timestamp("us")
# Texts that may quote a value.
_FREE_TEXTS = frozenset({"message", "observed", "threshold", "sample", "reason", "selection"})


@dataclass(frozen=True)
class RunEnd:
    """How the run that publishes will have ended, as its own version tells it."""

    run_id: str
    status: str
    finished_at: datetime


@dataclass(frozen=True)
class OpsTable:
    """An ops table: its name, its columns, and how its rows are read."""

    table_name: str
    columns: Mapping[str, pa.DataType]
    read: Callable[[StateStore, RunEnd, Sequence[PublishLogEntry]], Iterator[list[Any]]]

    @property
    def published_table(self) -> PublishedTable:
        """The table as the publisher knows it."""
        return PublishedTable("ops", self.table_name, OPS)

    def reader(
        self, state: StateStore, run: RunEnd, pending: Sequence[PublishLogEntry]
    ) -> pa.RecordBatchReader:
        """Return the rows, read a batch at a time.

        Args:
            state: Where they are kept.
            run: The publishing run, whose end is not yet recorded there.
            pending: The publishing run's log entries, which are not yet recorded either.
        """
        schema = pa.schema(list(self.columns.items()))
        batches = (self._batch(rows, schema) for rows in self.read(state, run, pending))
        return pa.RecordBatchReader.from_batches(schema, batches)

    def _batch(self, rows: Sequence[Any], schema: pa.Schema) -> pa.RecordBatch:
        arrays = [
            pa.array([_value(name, row[name]) for row in rows], type=kind)
            for name, kind in self.columns.items()
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _value(name: str, stored: Any) -> Any:
    value = stored if isinstance(stored, date) else from_sql(name, stored)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return redacted(value) if name in _FREE_TEXTS and isinstance(value, str) else value


def _runs(
    state: StateStore, run: RunEnd, _: Sequence[PublishLogEntry]
) -> Iterator[list[sqlite3.Row]]:
    yield from state.stream(
        """
        select
            run_id, as_of_date, code_version, started_at,
            case when run_id = :run_id then :finished_at else finished_at end as finished_at,
            case when run_id = :run_id then :status else status end as status,
            message, selection, kind
        from run
        order by started_at, run_id
        """,
        {
            "run_id": run.run_id,
            "status": run.status,
            "finished_at": run.finished_at.isoformat(),
        },
    )


def _source_loads(
    state: StateStore, _: RunEnd, __: Sequence[PublishLogEntry]
) -> Iterator[list[sqlite3.Row]]:
    yield from state.stream(
        "select * from source_load order by loaded_at, source_system, source_instance, "
        "source_object, run_id"
    )


def _guard_results(
    state: StateStore, _: RunEnd, __: Sequence[PublishLogEntry]
) -> Iterator[list[sqlite3.Row]]:
    yield from state.stream(
        """
        select guard_result.* from guard_result
        inner join run on guard_result.run_id = run.run_id
        order by run.started_at, run.run_id, kpi_group, guard, table_name
        """
    )


def _publish_log(
    state: StateStore, run: RunEnd, pending: Sequence[PublishLogEntry]
) -> Iterator[list[Any]]:
    yield from state.stream(
        "select * from publish_log where run_id <> :run_id order by publish_log_id",
        {"run_id": run.run_id},
    )
    yield [{**vars(entry), "run_id": run.run_id} for entry in pending]


def _quarantine(state: StateStore, _: RunEnd, __: Sequence[PublishLogEntry]) -> Iterator[list[Any]]:
    for rows in state.stream_current_quarantine():
        yield [
            {**dict(row), "payload_reference": f"quarantine/{row['quarantine_id']}"} for row in rows
        ]


OPS_TABLES: tuple[OpsTable, ...] = (
    OpsTable(
        "ops_run",
        {
            "run_id": _TEXT,
            "as_of_date": _DATE,
            "code_version": _TEXT,
            "started_at": _TIME,
            "finished_at": _TIME,
            "status": _TEXT,
            "message": _TEXT,
            "selection": _TEXT,
            "kind": _TEXT,
        },
        _runs,
    ),
    OpsTable(
        "ops_source_load",
        {
            "run_id": _TEXT,
            "source_system": _TEXT,
            "source_instance": _TEXT,
            "source_object": _TEXT,
            "row_count": _COUNT,
            "min_cursor": _TEXT,
            "max_cursor": _TEXT,
            "quarantined_count": _COUNT,
            "loaded_at": _TIME,
        },
        _source_loads,
    ),
    OpsTable(
        "ops_guard_result",
        {
            "run_id": _TEXT,
            "guard": _TEXT,
            "kpi_group": _TEXT,
            "severity": _TEXT,
            "status": _TEXT,
            "observed": _TEXT,
            "threshold": _TEXT,
            "sample": _TEXT,
            "table_name": _TEXT,
            "message": _TEXT,
        },
        _guard_results,
    ),
    OpsTable(
        "ops_publish_log",
        {
            "run_id": _TEXT,
            "kpi_group": _TEXT,
            "action": _TEXT,
            "publish_version": _TEXT,
            "folder_version": _TEXT,
            "stale_since": _DATE,
            "reason": _TEXT,
        },
        _publish_log,
    ),
    OpsTable(
        "ops_quarantine",
        {
            "run_id": _TEXT,
            "source": _TEXT,
            "dataset": _TEXT,
            "entity": _TEXT,
            "file": _TEXT,
            "line": _COUNT,
            "column_name": _TEXT,
            "reason": _TEXT,
            "payload_reference": _TEXT,
        },
        _quarantine,
    ),
)
