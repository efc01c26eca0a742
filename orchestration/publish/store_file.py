"""Writes one DuckDB file of a version: published tables from the candidate, held ones from before.

Belongs here: the copying, all of it inside DuckDB so that size does not matter. Does not: which
group is held (gate.py), the version folder around it (version_folder.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.publish import row_queries
from orchestration.publish.catalogue import Catalogue
from orchestration.publish.comments import comment_statements, run_at_once
from orchestration.publish.errors import PublishError
from orchestration.publish.gate import BY_ROW, OPS, Decision, PublishedGroup
from orchestration.publish.layout import OnStep
from orchestration.publish.row_queries import GROUP_COLUMN, VERSION_COLUMN, without_version
from orchestration.publish.sql import Columns, identifier, literal, qualified, select_list
from orchestration.publish.tables import Content, PublishedTable, Store, TableOutcome

# DuckDB 1.4 clients can read it; DuckDB 2's own default they cannot.
STORAGE_VERSION = "v1.4.0"
# Sorting makes two builds equal in the order of their rows too, for a second or two per million;
# above this the order in which the candidate was built has to do.
SORT_ROW_LIMIT = 1_000_000

BUILD = "concord_build"
PREVIOUS = "concord_previous"


@dataclass(frozen=True)
class Origin:
    """Where a store's tables come from.

    Attributes:
        candidate: Database name of the working warehouse in the connection.
        has_previous: Whether the version that readers see is attached as PREVIOUS.
        previous_groups: What that version has of each group.
    """

    candidate: str
    has_previous: bool
    previous_groups: Mapping[str, PublishedGroup]


class StoreFile:
    """A store under construction, attached to a DuckDB connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        origin: Origin,
        version: str,
        decisions: Mapping[str, Decision],
        on_step: OnStep,
        file_mode: int,
    ) -> None:
        """Make the file, for those whom its mode names, and attach it."""
        self._connection = connection
        self._path = path
        self._origin = origin
        self._version = version
        self._decisions = decisions
        self._on_step = on_step
        self._catalogue = Catalogue(connection)
        connection.execute(
            f"attach {literal(path)} as {BUILD} (storage_version {literal(STORAGE_VERSION)})"
        )
        path.chmod(file_mode)

    def add_table(self, table: PublishedTable) -> TableOutcome:
        """Copy a table as its group's decision says.

        Raises:
            PublishError: When the candidate that is to be published is not there.
        """
        candidate = self._columns(self._origin.candidate, table)
        previous = self._columns(PREVIOUS, table) if self._origin.has_previous else {}
        if table.group == BY_ROW:
            return self._add_by_row(table, candidate, previous)
        if table.group == OPS and not (table.is_built and candidate):
            return self._add_empty(table, candidate, {})
        if not self._decisions[table.group].is_held:
            _require(table, candidate)
            source = qualified(self._origin.candidate, table)
            rows = row_queries.fresh_rows(source, candidate, self._version)
            return self._create(table, rows, "published", self._origin.candidate)
        if previous and table.group in self._origin.previous_groups:
            rows = row_queries.held_rows(qualified(PREVIOUS, table))
            return self._create(table, rows, "held", PREVIOUS)
        return self._add_empty(table, candidate, previous)

    def add_rows(self, table: PublishedTable, reader: pa.RecordBatchReader) -> TableOutcome:
        """Write rows that come from outside the warehouse, a batch at a time."""
        rows = "select * from concord_rows"
        if VERSION_COLUMN not in reader.schema.names:
            rows = f"select *, {literal(self._version)} as {VERSION_COLUMN} from concord_rows"  # noqa: S608
        self._connection.register("concord_rows", reader)
        try:
            return self._create(table, rows, "published", comments_from=None)
        finally:
            self._connection.unregister("concord_rows")

    def write_parquet(self, folder: Path, store: Store, outcomes: Sequence[TableOutcome]) -> None:
        """Write every table of the store as Parquet too."""
        for outcome in outcomes:
            if outcome.content == "absent":
                continue
            path = folder / outcome.schema_name / f"{outcome.table_name}.parquet"
            for parent, mode in ((folder, 0o755), (path.parent, store.folder_mode)):
                parent.mkdir(exist_ok=True)
                parent.chmod(mode)
            self._connection.execute(
                f"copy {qualified(BUILD, outcome)} to {literal(path)} "
                "(format parquet, compression zstd)"
            )
            path.chmod(store.file_mode)
            self._on_step(f"parquet {outcome.schema_name}.{outcome.table_name}")

    def close(self, file_mode: int) -> None:
        """Put all that was written into the one file and let go of it.

        Raises:
            PublishError: When DuckDB left part of it in a log beside the file.
        """
        self._connection.execute(f"checkpoint {BUILD}")
        self._connection.execute(f"detach {BUILD}")
        if self._path.with_name(f"{self._path.name}.wal").exists():
            raise PublishError(f"{self._path.name} was not written whole; run again")
        self._path.chmod(file_mode)

    def _add_by_row(
        self, table: PublishedTable, candidate: Columns, previous: Columns
    ) -> TableOutcome:
        fresh = sorted(name for name, item in self._decisions.items() if not item.is_held)
        kept = {
            name: item.stale_since
            for name, item in sorted(self._decisions.items())
            if item.is_held and name in self._origin.previous_groups
        }
        if set(fresh) - {OPS}:
            _require(table, candidate)
        parts = []
        if candidate and fresh:
            self._refuse_unknown_groups(table, candidate)
            source = qualified(self._origin.candidate, table)
            parts.append(row_queries.fresh_rows_of(source, candidate, self._version, fresh))
        if previous and kept:
            source = qualified(PREVIOUS, table)
            template = candidate or previous
            parts.append(row_queries.held_rows_of(source, previous, template, kept))
        if not parts:
            return self._add_empty(table, candidate, previous)
        comments_from = self._origin.candidate if candidate else PREVIOUS
        return self._create(table, " union all by name ".join(parts), "by_row", comments_from)

    def _add_empty(
        self, table: PublishedTable, candidate: Columns, previous: Columns
    ) -> TableOutcome:
        columns = without_version(candidate or previous or dict(table.columns))
        if not columns:
            return _outcome(table, "absent", None, 0)
        comments_from = self._origin.candidate if candidate else None
        return self._create(table, row_queries.no_rows(columns), "empty", comments_from)

    def _create(
        self, table: PublishedTable, rows: str, content: Content, comments_from: str | None
    ) -> TableOutcome:
        schema = f"{BUILD}.{identifier(table.schema_name)}"
        target = qualified(BUILD, table)
        order = self._order(table, rows) if self._is_sortable(rows, comments_from) else ""
        self._connection.execute(f"create schema if not exists {schema}")
        try:
            self._connection.execute(f"create table {target} as from ({rows}) {order}")
        except duckdb.ConversionException as error:
            raise PublishError(
                f"{table.name}: rows of a held group do not fit the table's new columns ({error}). "
                "Mend what holds the group, so that it is published anew."
            ) from error
        made = self._connection.execute(f"select * from {target} limit 0").description  # noqa: S608
        source = None if comments_from is None else self._catalogue.table(comments_from, table)
        columns = {column[0] for column in made}
        run_at_once(self._connection, comment_statements(table, BUILD, columns, source))
        self._on_step(f"table {table.name}")
        count = self._connection.execute(f"select count(*) from {target}").fetchall()[0][0]  # noqa: S608
        return _outcome(table, content, self._version_of(table, content), count)

    def _order(self, table: PublishedTable, rows: str) -> str:
        """By the key, which leaves no ties; comparing whole rows takes several times as long.

        Rows of a held group may be older than the key.
        """
        found = self._connection.execute(f"select * from ({rows}) limit 0").description  # noqa: S608
        has_key = table.key and {column[0] for column in found}.issuperset(table.key)
        return f"order by {select_list(table.key)}" if has_key else "order by all"

    def _is_sortable(self, rows: str, comments_from: str | None) -> bool:
        if comments_from is None:
            return False  # rows from outside come ordered, and can be read only once
        found = self._connection.execute(f"select count(*) from ({rows})").fetchall()  # noqa: S608
        return bool(found[0][0] <= SORT_ROW_LIMIT)

    def _version_of(self, table: PublishedTable, content: Content) -> str | None:
        if content == "published":
            return self._version
        if content == "held":
            return self._origin.previous_groups[table.group].publish_version
        return None

    def _columns(self, database: str, table: PublishedTable) -> Columns:
        return self._catalogue.table(database, table).columns

    def _refuse_unknown_groups(self, table: PublishedTable, candidate: Columns) -> None:
        if GROUP_COLUMN not in candidate:
            raise PublishError(f"{table.name} is published by row but has no {GROUP_COLUMN}")
        source = qualified(self._origin.candidate, table)
        found = self._connection.execute(f"select distinct {GROUP_COLUMN} from {source}")  # noqa: S608
        strangers = sorted(str(name) for (name,) in found.fetchall() if name not in self._decisions)
        if strangers:
            raise PublishError(
                f"{table.name} has rows of no publish group: {', '.join(strangers)}; "
                f"known: {', '.join(sorted(self._decisions))}"
            )


def _require(table: PublishedTable, candidate: Columns) -> None:
    if not candidate:
        raise PublishError(
            f"{table.name} is to be published but the warehouse has no such table. "
            "Run the whole job, without --select."
        )


def _outcome(
    table: PublishedTable, content: Content, version: str | None, row_count: int
) -> TableOutcome:
    return TableOutcome(
        table.schema_name,
        table.table_name,
        table.group,
        table.store,
        content,
        version,
        row_count,
        table.key,
    )
