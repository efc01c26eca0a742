"""Runs: when they started, how they ended.

Belongs here: methods on table run. Does not: the lock that keeps runs apart (run_lock.py).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Literal

from orchestration.state.codec import read_record, to_sql
from orchestration.state.database import Database, StateError, insert_records
from orchestration.state.records import RunKind, RunRecord, RunStatus


class RunMethods(Database):
    """The part of the store that knows runs."""

    def start_run(self, run: RunRecord) -> None:
        """Record that a run began.

        Raises:
            StateError: When the run id was used before.
        """
        if self.find_run(run.run_id) is not None:
            raise StateError(f"run {run.run_id} was recorded before; every run needs its own id")
        with self.transaction() as connection:
            insert_records(connection, "run", [run])

    def finish_run(
        self,
        run_id: str,
        status: Literal["succeeded", "failed"],
        finished_at: datetime,
        message: str | None = None,
    ) -> None:
        """Record how a run ended.

        Raises:
            StateError: When no such run was started.
        """
        with self.transaction() as connection:
            _close_runs(connection, status, finished_at, message, run_id)
            if connection.execute("select changes()").fetchone()[0] == 0:
                raise StateError(f"run {run_id} was never started")

    def mark_interrupted_runs(self, finished_at: datetime) -> list[str]:
        """Close the runs that a kill left open; call it while holding the run lock.

        Returns:
            Their run ids.
        """
        with self.transaction() as connection:
            left = [
                row["run_id"]
                for row in connection.execute(
                    "select run_id from run where status = 'running' order by started_at, run_id"
                )
            ]
            for run_id in left:
                _close_runs(connection, "interrupted", finished_at, "killed before its end", run_id)
        return left

    def find_run(self, run_id: str) -> RunRecord | None:
        """Return the run with this id, if there is one."""
        found = self.rows("select * from run where run_id = :run_id", {"run_id": run_id})
        return read_record(RunRecord, found[0]) if found else None

    def latest_run(
        self, kind: RunKind | None = "daily", status: RunStatus | None = None
    ) -> RunRecord | None:
        """Return the run that started last, of a kind and a status where these are given."""
        found = self.rows(
            """
            select * from run
            where (:kind is null or kind = :kind) and (:status is null or status = :status)
            order by started_at desc, rowid desc limit 1
            """,
            {"kind": kind, "status": status},
        )
        return read_record(RunRecord, found[0]) if found else None

    def runs(self, limit: int = 20) -> list[RunRecord]:
        """Return the last runs, newest first."""
        found = self.rows(
            "select * from run order by started_at desc, rowid desc limit :limit",
            {"limit": limit},
        )
        return [read_record(RunRecord, row) for row in found]


def _close_runs(
    connection: sqlite3.Connection,
    status: RunStatus,
    finished_at: datetime,
    message: str | None,
    run_id: str,
) -> None:
    connection.execute(
        "update run set status = :status, finished_at = :finished_at, message = :message "
        "where run_id = :run_id",
        {
            "status": status,
            "finished_at": to_sql(finished_at),
            "message": message,
            "run_id": run_id,
        },
    )
