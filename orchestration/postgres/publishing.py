"""Brings the version that readers of the files see to PostgreSQL.

Belongs here: the order of the steps. Each may be the last before a kill: a table is copied whole or
not at all, the switch is one transaction, and the next call takes over what was copied and drops
what is of no use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg

from orchestration.postgres.books import Books, Content, Publication
from orchestration.postgres.old_versions import drop_old_tables
from orchestration.postgres.preconditions import ensure_preconditions
from orchestration.postgres.server import Server
from orchestration.postgres.switch import PATIENCE_SECONDS, Shown, switch_readers
from orchestration.postgres.table_copy import copy_table
from orchestration.publish.catalogue import Catalogue
from orchestration.publish.layout import OnStep, no_step, released_versions, version_dir
from orchestration.publish.manifest import Manifest
from orchestration.publish.sql import literal, qualified
from orchestration.publish.tables import STORES, TableOutcome
from orchestration.state import StateStore

OnProgress = Callable[[int, int, str], None]


def no_progress(_: int, __: int, ___: str) -> None:
    """Take no notice of progress."""


@dataclass(frozen=True)
class Limits:
    """What DuckDB may use to read the files; None: its defaults."""

    memory: str | None = None
    threads: int | None = None


@dataclass(frozen=True)
class PostgresResult:
    """What readers of PostgreSQL now see.

    Attributes:
        version: The version.
        table_count: Its tables.
        copied_tables: How many of them were copied; the others stood there.
        copied_rows: Rows that were copied.
        remarks: What could not be cleaned up.
    """

    version: str
    table_count: int
    copied_tables: int
    copied_rows: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Folder:
    """The version folder as DuckDB reads it."""

    rows: duckdb.DuckDBPyConnection
    catalogue: Catalogue

    def columns(self, table: TableOutcome) -> dict[str, str]:
        return self.catalogue.table(table.store, table).columns

    def shown(self, table: TableOutcome, content: Content, version_schema: str) -> Shown:
        entry = self.catalogue.table(table.store, table)
        return Shown(content, version_schema, entry.comment, entry.column_comments)


def bring_version(
    server: Server,
    published_dir: Path,
    manifest: Manifest,
    state: StateStore,
    *,
    limits: Limits | None = None,
    patience: float = PATIENCE_SECONDS,
    on_progress: OnProgress = no_progress,
    on_step: OnStep = no_step,
) -> PostgresResult:
    """Copy what PostgreSQL lacks of a version, and let its readers see it.

    Args:
        server: Where to.
        published_dir: The folder `published`.
        manifest: The version that readers of the files see.
        state: Which runs made which versions.
        limits: What DuckDB may use.
        patience: Seconds to wait for readers in the middle of something.
        on_progress: Called with tables done, tables to do, and the table at hand.
        on_step: Called with the name of each step when it is done.

    Raises:
        PostgresError: When it cannot be done. Readers of PostgreSQL then see what they saw before.
    """
    tables = [table for table in manifest.tables if table.content != "absent"]
    runs = state.runs_of_versions()
    contents = {table.name: _content(table, manifest, runs) for table in tables}
    kept = {version: runs.get(version) for version in released_versions(published_dir)}
    with server.connection() as connection, _open(published_dir, manifest, limits) as folder:
        ensure_preconditions(connection, server, {table.schema_name for table in tables})
        books = Books(connection)
        books.open(state.home_id() or manifest.run_id)
        on_step("books opened")
        drop_old_tables(connection, books, kept, contents.values())
        places = books.copied()
        todo = [table for table in tables if contents[table.name] not in places]
        copied_rows = 0
        for done, table in enumerate(todo):
            on_progress(done, len(todo), table.name)
            content = contents[table.name]
            places[content] = _free_schema(connection, content, places)
            copied_rows += copy_table(
                connection,
                books,
                content,
                places[content],
                folder.rows,
                qualified(table.store, table),
                folder.columns(table),
                table.key,
            )
            on_step(f"table {table.name}")
        shown = [
            folder.shown(table, contents[table.name], places[contents[table.name]])
            for table in tables
        ]
        on_progress(len(todo), len(todo), "switching")
        publication = Publication(manifest.version, manifest.run_id, manifest.as_of_date)
        switch_readers(connection, server, publication, shown, on_step, patience)
        on_step("switched")
        remarks = drop_old_tables(connection, books, kept, contents.values())
        on_step("old tables dropped")
    return PostgresResult(manifest.version, len(tables), len(todo), copied_rows, tuple(remarks))


def _content(table: TableOutcome, manifest: Manifest, runs: Mapping[str, str]) -> Content:
    """What a table of the version holds: a held one, what was published in an earlier version."""
    version = table.publish_version or manifest.version
    run_id = manifest.run_id if version == manifest.version else runs.get(version)
    if run_id is None:
        version, run_id = manifest.version, manifest.run_id
    return Content(table.schema_name, table.table_name, version, run_id)


def _free_schema(
    connection: psycopg.Connection, content: Content, places: Mapping[Content, str]
) -> str:
    """The schema that a table is copied into: `core__000012`.

    Where that holds the tables of another run (a home was restored from a backup, so that numbers
    came twice), or something that is not Concord's, the name gets a number.
    """
    own = {
        schema
        for other, schema in places.items()
        if (other.publish_version, other.run_id) == (content.publish_version, content.run_id)
    }
    name = f"{content.schema_name}__{content.publish_version}"
    number = 1
    candidate = name
    while candidate not in own and _exists(connection, candidate):
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _exists(connection: psycopg.Connection, schema: str) -> bool:
    found = connection.execute("select 1 from pg_namespace where nspname = %s", [schema])
    return found.fetchone() is not None


@contextmanager
def _open(published_dir: Path, manifest: Manifest, limits: Limits | None) -> Iterator[_Folder]:
    config: dict[str, str | bool | int | float | list[str]] = {}
    if limits and limits.memory is not None:
        config["memory_limit"] = limits.memory
    if limits and limits.threads is not None:
        config["threads"] = limits.threads
    folder = version_dir(published_dir, manifest.version)
    stores: Sequence[str] = sorted({table.store for table in manifest.tables})
    with duckdb.connect(":memory:", config=config) as rows:
        for name in stores:
            path = folder / STORES[name].file_name
            rows.execute(f"attach {literal(path)} as {name} (read_only)")
        yield _Folder(rows, Catalogue(rows))
