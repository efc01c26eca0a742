"""What runs did about PostgreSQL, as this home remembers it.

Belongs here: methods on table postgres_log, and what it needs to know of versions. Does not:
talking to a server (orchestration/postgres); the server's own books are the truth about it.
"""

from __future__ import annotations

from typing import Literal

from orchestration.state.codec import read_record
from orchestration.state.database import Database, insert_records
from orchestration.state.records import PostgresLogEntry


class PostgresLogMethods(Database):
    """The part of the store that knows which version stands in PostgreSQL."""

    def add_postgres_entry(self, entry: PostgresLogEntry) -> None:
        """Record what a run did."""
        with self.transaction() as connection:
            insert_records(connection, "postgres_log", [entry])

    def latest_postgres_entry(
        self, status: Literal["published", "failed"] | None = None, run_id: str | None = None
    ) -> PostgresLogEntry | None:
        """Return the last entry, of a status and a run where these are given."""
        found = self.rows(
            """
            select * from postgres_log
            where (:status is null or status = :status) and (:run_id is null or run_id = :run_id)
            order by postgres_log_id desc limit 1
            """,
            {"status": status, "run_id": run_id},
        )
        return read_record(PostgresLogEntry, found[0]) if found else None

    def home_id(self) -> str | None:
        """Return what tells this home from others: the first run's id; None before it."""
        found = self.rows("select run_id from run order by started_at, rowid limit 1")
        return found[0]["run_id"] if found else None

    def runs_of_versions(self) -> dict[str, str]:
        """Return the run that made each version."""
        found = self.rows(
            "select distinct folder_version, run_id from publish_log where action <> 'rolled_back'"
        )
        return {row["folder_version"]: row["run_id"] for row in found}
