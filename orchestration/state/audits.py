"""Guard results and the publish log.

Belongs here: methods on tables guard_result, publish_log and published_table. Does not: deciding
what is published (orchestration/publish/gate.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.state.codec import read_record
from orchestration.state.database import Database, insert_records
from orchestration.state.records import GuardResult, PublishLogEntry, TableCount


class AuditMethods(Database):
    """The part of the store that knows what was checked and what readers got."""

    def add_guard_results(self, run_id: str, results: Sequence[GuardResult]) -> None:
        """Record what guards found; a repeated guard replaces its first result of the run."""
        with self.transaction() as connection:
            insert_records(connection, "guard_result", results, run_id=run_id)

    def guard_results(self, run_id: str) -> list[GuardResult]:
        """Return what the guards of a run found."""
        found = self.rows(
            "select * from guard_result where run_id = :run_id "
            "order by kpi_group, guard, table_name",
            {"run_id": run_id},
        )
        return [read_record(GuardResult, row) for row in found]

    def record_publish(
        self,
        run_id: str,
        entries: Sequence[PublishLogEntry],
        counts: Sequence[TableCount] = (),
    ) -> None:
        """Record what a run made of each group, and the rows of each table of its version."""
        with self.transaction() as connection:
            insert_records(connection, "publish_log", entries, run_id=run_id)
            for version in {entry.folder_version for entry in entries}:
                insert_records(connection, "published_table", counts, folder_version=version)

    def publish_log(self, run_id: str | None = None) -> list[PublishLogEntry]:
        """Return the publish log, oldest first: of one run, or all of it."""
        found = self.rows(
            "select * from publish_log where :run_id is null or run_id = :run_id "
            "order by publish_log_id",
            {"run_id": run_id},
        )
        return [read_record(PublishLogEntry, row) for row in found]

    def latest_folder_version(self) -> str | None:
        """Return the version folder that the log says was made current last."""
        found = self.rows(
            "select folder_version from publish_log order by publish_log_id desc limit 1"
        )
        return found[0]["folder_version"] if found else None

    def highest_folder_version(self) -> int:
        """Return the highest version number that was ever logged, 0 when none was."""
        found = self.rows("select max(cast(folder_version as integer)) as number from publish_log")
        return found[0]["number"] or 0

    def previous_published_counts(self, folder_version: str | None = None) -> dict[str, int]:
        """Return the rows per `schema.table` of a version.

        Args:
            folder_version: The version; None: the one that the log says was made current last.
        """
        found = self.rows(
            "select schema_name, table_name, row_count from published_table "
            "where folder_version = :version order by schema_name, table_name",
            {"version": folder_version or self.latest_folder_version()},
        )
        return {f"{row['schema_name']}.{row['table_name']}": row["row_count"] for row in found}
