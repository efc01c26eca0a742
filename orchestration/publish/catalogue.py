"""What tables, columns and comments a database holds.

Belongs here: reading DuckDB's catalogue, at once where many tables are asked for: each question
goes through every column of every attached database. Does not: what is done with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from orchestration.publish.sql import Columns, Named


@dataclass
class TableEntry:
    """A table as its database knows it.

    Attributes:
        columns: Names and types, in order.
        comment: The table's comment.
        column_comments: The comments of the columns that have one.
    """

    columns: Columns = field(default_factory=dict)
    comment: str | None = None
    column_comments: dict[str, str] = field(default_factory=dict)


class Catalogue:
    """The tables of databases that do not change meanwhile; each database is read once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read nothing yet."""
        self._connection = connection
        self._databases: dict[str, dict[tuple[str, str], TableEntry]] = {}

    def table(self, database: str, table: Named) -> TableEntry:
        """Return a table, empty when there is none of that name."""
        if database not in self._databases:
            self._databases[database] = self._read(database)
        return self._databases[database].get((table.schema_name, table.table_name), TableEntry())

    def _read(self, database: str) -> dict[tuple[str, str], TableEntry]:
        found: dict[tuple[str, str], TableEntry] = {}
        columns = self._connection.execute(
            "select schema_name, table_name, column_name, data_type, comment "
            "from duckdb_columns() where database_name = ? "
            "order by schema_name, table_name, column_index",
            [database],
        ).fetchall()
        for schema, name, column, kind, comment in columns:
            entry = found.setdefault((schema, name), TableEntry())
            entry.columns[column] = kind
            if comment is not None:
                entry.column_comments[column] = comment
        tables = self._connection.execute(
            "select schema_name, table_name, comment from duckdb_tables() where database_name = ?",
            [database],
        ).fetchall()
        for schema, name, comment in tables:
            found.setdefault((schema, name), TableEntry()).comment = comment
        return found
