"""Carries the descriptions of tables and columns into the published file.

Belongs here: copying DuckDB comments. Does not: writing descriptions (dbt_project).
"""

from __future__ import annotations

import duckdb

from orchestration.publish.sql import Named, identifier, literal, qualified

_HERE = "where database_name = ? and schema_name = ? and table_name = ?"


def table_columns(
    connection: duckdb.DuckDBPyConnection, database: str, table: Named
) -> dict[str, str]:
    """Return a table's columns with their types; nothing when there is no such table."""
    found = connection.execute(
        f"select column_name, data_type from duckdb_columns() {_HERE} order by column_index",  # noqa: S608
        [database, table.schema_name, table.table_name],
    )
    return dict(found.fetchall())


def copy_comments(
    connection: duckdb.DuckDBPyConnection, table: Named, source: str, target: str
) -> None:
    """Give a table in database `target` the comments that it has in database `source`."""
    place = [source, table.schema_name, table.table_name]
    name = qualified(target, table)
    for (comment,) in connection.execute(
        f"select comment from duckdb_tables() {_HERE} and comment is not null",  # noqa: S608
        place,
    ).fetchall():
        connection.execute(f"comment on table {name} is {literal(comment)}")
    commented = connection.execute(
        f"select column_name, comment from duckdb_columns() {_HERE} and comment is not null",  # noqa: S608
        place,
    ).fetchall()
    if not commented:
        return
    made = table_columns(connection, target, table)
    for column, comment in commented:
        if column in made:
            connection.execute(
                f"comment on column {name}.{identifier(column)} is {literal(comment)}"
            )
