"""Carries the descriptions of tables and columns into the published file.

Belongs here: DuckDB comments, copied or from descriptions. Does not: wording these (dbt_project).
"""

from __future__ import annotations

import duckdb

from orchestration.publish.sql import Named, identifier, literal, qualified
from orchestration.publish.tables import PublishedTable

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


def table_comments(
    connection: duckdb.DuckDBPyConnection, database: str, table: Named
) -> tuple[str | None, dict[str, str]]:
    """Return a table's comment and those of its columns."""
    place = [database, table.schema_name, table.table_name]
    found = connection.execute(f"select comment from duckdb_tables() {_HERE}", place).fetchall()  # noqa: S608
    commented = connection.execute(
        f"select column_name, comment from duckdb_columns() {_HERE} and comment is not null",  # noqa: S608
        place,
    ).fetchall()
    return (found[0][0] if found else None), dict(commented)


def copy_comments(
    connection: duckdb.DuckDBPyConnection, table: Named, source: str, target: str
) -> None:
    """Give a table in database `target` the comments that it has in database `source`."""
    name = qualified(target, table)
    comment, column_comments = table_comments(connection, source, table)
    if comment is not None:
        connection.execute(f"comment on table {name} is {literal(comment)}")
    made = table_columns(connection, target, table) if column_comments else {}
    for column, text in column_comments.items():
        if column in made:
            connection.execute(f"comment on column {name}.{identifier(column)} is {literal(text)}")


def describe(connection: duckdb.DuckDBPyConnection, table: PublishedTable, target: str) -> None:
    """Give a table in database `target` its descriptions as comments; they win over copied ones."""
    name = qualified(target, table)
    statements = []
    if table.description:
        statements.append(f"comment on table {name} is {literal(table.description)}")
    texts = [(column, text) for column, text in table.column_descriptions if text]
    made = table_columns(connection, target, table) if texts else {}
    statements += [
        f"comment on column {name}.{identifier(column)} is {literal(text)}"
        for column, text in texts
        if column in made
    ]
    if statements:  # one transaction: hundreds of comments take a moment each otherwise
        connection.execute("; ".join(["begin", *statements, "commit"]))
