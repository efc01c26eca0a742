"""Fills a version folder: its stores, their Parquet copies, its manifest.

Belongs here: what a version consists of. Does not: when readers get to see it (version_folder.py)
or how one table is copied (store_file.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publish.errors import PublishError
from orchestration.publish.gate import BY_ROW, OPS, Decision, PublishedGroup
from orchestration.publish.layout import OnStep, version_dir
from orchestration.publish.manifest import GroupEntry, Manifest
from orchestration.publish.ops_tables import OPS_TABLES, RunEnd
from orchestration.publish.request import PublishOptions, PublishRun
from orchestration.publish.sql import literal
from orchestration.publish.store_file import BUILD, PREVIOUS, Origin, StoreFile
from orchestration.publish.tables import MARTS, STORES, PublishedTable, TableOutcome
from orchestration.state import StateStore

Warehouse = Path | duckdb.DuckDBPyConnection

_CANDIDATE = "concord_candidate"
_SPILL = ".spill"


@dataclass(frozen=True)
class VersionBuild:
    """Everything that goes into one version.

    Attributes:
        published_dir: The folder `published`.
        folder: The folder being filled.
        version: Its name to be.
        warehouse: The working file, or an open connection to it.
        tables: What is published, but for the ops tables.
        decisions: What happens to each group; ops is among them.
        state: Where the ops tables are read from.
        run: The run that publishes.
        current: The version that readers see.
        options: What can be set.
        on_step: Told of each step.
    """

    published_dir: Path
    folder: Path
    version: str
    warehouse: Warehouse
    tables: Sequence[PublishedTable]
    decisions: Mapping[str, Decision]
    state: StateStore
    run: PublishRun
    current: Manifest | None
    options: PublishOptions
    on_step: OnStep

    def write(self) -> Manifest:
        """Write the stores and their Parquet copies.

        Returns:
            The manifest, which is not written yet.
        """
        run = self.run
        groups = _group_entries(self.decisions, self._previous_groups(), self.version, run)
        draft = Manifest(self.version, run.as_of_date, run.run_id, run.published_at, groups, ())
        outcomes: list[TableOutcome] = []
        with self._connection() as (connection, candidate):
            for name in sorted({MARTS, *(table.store for table in self.tables)}):
                outcomes += self._write_store(connection, candidate, name, draft)
        shutil.rmtree(self.folder / _SPILL, ignore_errors=True)
        return Manifest(
            self.version, run.as_of_date, run.run_id, run.published_at, groups, tuple(outcomes)
        )

    def _previous_groups(self) -> Mapping[str, PublishedGroup]:
        return self.current.published_groups() if self.current else {}

    def _write_store(
        self,
        connection: duckdb.DuckDBPyConnection,
        candidate: str,
        name: str,
        draft: Manifest,
    ) -> list[TableOutcome]:
        store = STORES[name]
        has_previous = self._attach_previous(connection, name)
        origin = Origin(candidate, has_previous, self._previous_groups())
        file = StoreFile(
            connection,
            self.folder / store.file_name,
            origin,
            self.version,
            self.decisions,
            self.on_step,
            store.file_mode,
        )
        outcomes = [file.add_table(table) for table in self.tables if table.store == name]
        if name == MARTS:
            outcomes += self._add_ops(file, draft)
        file.write_parquet(self.folder / store.parquet_folder, store, outcomes)
        file.close(store.file_mode)
        if has_previous:
            connection.execute(f"detach {PREVIOUS}")
        self.on_step(f"{store.file_name} closed")
        return outcomes

    def _add_ops(self, file: StoreFile, draft: Manifest) -> list[TableOutcome]:
        is_held = any(decision.is_held for decision in self.decisions.values())
        status = self.run.status or ("failed" if is_held else "succeeded")
        end = RunEnd(self.run.run_id, status, self.run.published_at)
        return [
            file.add_rows(table.published_table, table.reader(self.state, end, draft.log_entries()))
            for table in OPS_TABLES
        ]

    def _attach_previous(self, connection: duckdb.DuckDBPyConnection, store: str) -> bool:
        held = {name for name, decision in self.decisions.items() if decision.is_held}
        if self.current is None or not held & set(self._previous_groups()):
            return False
        if not any(table.store == store for table in self.current.tables):
            return False  # that version is older than the store
        file_name = STORES[store].file_name
        path = version_dir(self.published_dir, self.current.version) / file_name
        if not path.exists():
            raise PublishError(
                f"{', '.join(sorted(held))} must stay at version {self.current.version}, but its "
                f"{file_name} is gone. Roll back to another version, or mend what holds them."
            )
        connection.execute(f"attach {literal(path)} as {PREVIOUS} (read_only)")
        return True

    @contextmanager
    def _connection(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """Give a connection, and the name that the candidate database has in it."""
        if isinstance(self.warehouse, Path):
            connection, candidate = self._open(self.warehouse), _CANDIDATE
        else:
            connection = self.warehouse.cursor()
            candidate = connection.execute("select current_database()").fetchall()[0][0]
        try:
            yield connection, candidate
        finally:
            for database in (BUILD, PREVIOUS):
                connection.execute(f"detach database if exists {database}")
            connection.close()

    def _open(self, warehouse: Path) -> duckdb.DuckDBPyConnection:
        if not warehouse.exists():
            raise PublishError(f"{warehouse} is missing; build the warehouse first")
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self.folder / _SPILL)
        }
        if self.options.memory is not None:
            config["memory_limit"] = self.options.memory
        if self.options.threads is not None:
            config["threads"] = self.options.threads
        connection = duckdb.connect(":memory:", config=config)
        connection.execute(f"attach {literal(warehouse)} as {_CANDIDATE} (read_only)")
        return connection


def refuse_unknown(tables: Sequence[PublishedTable], decisions: Mapping[str, Decision]) -> None:
    """Refuse tables that no decision covers or that no store takes.

    Raises:
        PublishError: Naming all of them.
    """
    problems = [
        *(
            f"{table.name}: no decision about group {table.group}"
            for table in tables
            if table.group not in decisions and table.group != BY_ROW
        ),
        *(f"{table.name}: no store {table.store}" for table in tables if table.store not in STORES),
    ]
    if decisions.get(OPS, Decision("held")).is_held:
        problems.append("ops must always be published")
    if problems:
        raise PublishError("; ".join(problems))


def _group_entries(
    decisions: Mapping[str, Decision],
    previous: Mapping[str, PublishedGroup],
    version: str,
    run: PublishRun,
) -> tuple[GroupEntry, ...]:
    entries = []
    for name, decision in decisions.items():
        last_good = (
            previous.get(name) if decision.is_held else PublishedGroup(version, run.as_of_date)
        )
        entries.append(
            GroupEntry(
                kpi_group=name,
                action=decision.action,
                publish_version=last_good.publish_version if last_good else None,
                as_of_date=last_good.as_of_date if last_good else None,
                stale_since=decision.stale_since,
                reasons=decision.reasons,
            )
        )
    return tuple(entries)
