"""Copies one table of a published DuckDB file into a version schema.

Belongs here: the COPY. Does not: which tables are copied (publishing.py), what readers see
(switch.py). A table appears with all its rows, its index and its entry in the books, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import psycopg
import pyarrow as pa
from psycopg import sql
from pyarrow import csv

from orchestration.postgres.books import Books, Content
from orchestration.postgres.column_types import postgres_type, travelling

BATCH_ROWS = 50_000
# Every text in quotes, and a NULL never: so an empty text is not taken for NULL.
CSV = csv.WriteOptions(include_header=False, quoting_style="needed")


def copy_table(
    connection: psycopg.Connection,
    books: Books,
    content: Content,
    version_schema: str,
    rows: duckdb.DuckDBPyConnection,
    source: str,
    columns: Mapping[str, str],
    key: Sequence[str],
) -> int:
    """Copy a table in one transaction.

    Args:
        connection: The server.
        books: Where the table is entered.
        content: What is copied.
        version_schema: Schema that it is copied into; made where it is missing.
        rows: The connection that `source` is read through.
        source: The table's name there.
        columns: Its columns and DuckDB types.
        key: The columns that identify a row.

    Returns:
        The number of rows.
    """
    schema = sql.Identifier(version_schema)
    target = sql.Identifier(version_schema, content.table_name)
    definitions = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(postgres_type(kind)))
        for name, kind in columns.items()
    ]
    with connection.transaction():
        connection.execute(sql.SQL("create schema if not exists {}").format(schema))
        connection.execute(sql.SQL("revoke all on schema {} from public").format(schema))
        connection.execute(
            sql.SQL("create table {} ({})").format(target, sql.SQL(", ").join(definitions))
        )
        count = _send_rows(connection, target, rows, source, columns)
        if key:
            _index(connection, target, key)
        connection.execute(sql.SQL("analyze {}").format(target))
        books.add_copied(content, version_schema, count)
    return count


def _send_rows(
    connection: psycopg.Connection,
    target: sql.Composable,
    rows: duckdb.DuckDBPyConnection,
    source: str,
    columns: Mapping[str, str],
) -> int:
    chosen = ", ".join(travelling(name, kind) for name, kind in columns.items())
    reader = rows.sql(f"select {chosen} from {source}").to_arrow_reader(BATCH_ROWS)  # noqa: S608
    # Frozen: nobody can have seen the rows yet, so that they need no vacuum later.
    statement = sql.SQL("copy {} from stdin (format csv, freeze)").format(target)
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in reader:
            count += batch.num_rows
            buffer = pa.BufferOutputStream()
            csv.write_csv(batch, buffer, CSV)
            copy.write(buffer.getvalue().to_pybytes())
    return count


def _index(connection: psycopg.Connection, target: sql.Composable, key: Sequence[str]) -> None:
    """Index the key, for look-ups; without it where PostgreSQL cannot (an overlong text)."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in key)
    try:
        with connection.transaction():
            connection.execute(sql.SQL("create index on {} ({})").format(target, columns))
    except psycopg.errors.ProgramLimitExceeded:
        return
