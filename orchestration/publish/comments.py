"""Carries the descriptions of tables and columns into the published file.

Belongs here: DuckDB comments, copied or from descriptions. Does not: wording these (dbt_project).
"""

from __future__ import annotations

import duckdb

from orchestration.publish.catalogue import TableEntry
from orchestration.publish.sql import identifier, literal, qualified
from orchestration.publish.tables import PublishedTable


def comment_statements(
    table: PublishedTable, target: str, made: set[str], source: TableEntry | None
) -> list[str]:
    """Return SQL that gives a table its comments: its descriptions, else those of its source.

    Args:
        table: The table.
        target: Database it stands in.
        made: Its columns there.
        source: The table it was copied from, if it was.
    """
    name = qualified(target, table)
    copied = source or TableEntry()
    own = {column: text for column, text in table.column_descriptions if text}
    comment = table.description or copied.comment
    columns = {**copied.column_comments, **own}
    statements = [] if not comment else [f"comment on table {name} is {literal(comment)}"]
    return statements + [
        f"comment on column {name}.{identifier(column)} is {literal(text)}"
        for column, text in columns.items()
        if column in made
    ]


def run_at_once(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
    """Run statements in one transaction: hundreds of comments take a moment each otherwise."""
    if statements:
        connection.execute("; ".join(["begin", *statements, "commit"]))
