"""Brings a table to what a query gives by writing only the rows that differ.

Working out a million rows takes DuckDB less than half the time that writing them takes, and one new
day changes few of them. The query is asked in full each time, so what the table holds afterwards is
what writing it anew would give: no model need say which of its rows a batch may have changed.

Belongs here: the comparison and the writing. Does not: which tables are worth it (statements.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

# Temporary objects: a cursor sees only its own.
NAME = "difference"
DIFFERENCE = f"temp.main.{NAME}"
COUNTED = "counted_rows"
# Places of deleted rows are not all given free; a table with more such places than rows is written
# anew. So is one of which more than half changed: that is no dearer.
MOST_PLACES_PER_ROW = 2
MOST_CHANGED = 0.5


@dataclass(frozen=True)
class Difference:
    """What was written.

    Attributes:
        row_count: Rows of the table now.
        changed_count: Rows that were inserted and deleted.
    """

    row_count: int
    changed_count: int


def write_difference(
    cursor: duckdb.DuckDBPyConnection, place: str, query: str
) -> Difference | None:
    """Make the rows of a table those of a query; call it in a transaction.

    Args:
        cursor: Of the warehouse.
        place: The table, as SQL quotes it; its rows are told apart by something.
        query: Gives the columns of the table, in their order.

    Returns:
        None where the table has to be written anew: other columns or types, equal rows, too many
        changed ones or too many places of deleted ones. The table may then hold anything.

    Raises:
        duckdb.Error: When the query cannot be answered.
    """
    columns = cursor.execute(f"describe {place}").fetchall()
    names = [f'"{name}"' for name, *_ in columns]
    # Asked before anything is written: what a transaction inserts has no place yet.
    [(last_place,)] = cursor.execute(f"select coalesce(max(rowid), 0) from {place}").fetchall()  # noqa: S608
    try:
        counted = _compare(cursor, place, query, names)
    except duckdb.BinderException:
        return None  # It has other columns; or it is wrong, which writing it anew will say.
    if [column[:2] for column in cursor.execute(f"describe {DIFFERENCE}").fetchall()[:-1]] != [
        column[:2] for column in columns
    ]:
        return None
    [(deleted, inserted)] = cursor.execute(
        f"select count(place_before), count(*) - count(place_before) from {DIFFERENCE}"  # noqa: S608
    ).fetchall()
    is_worth_it = last_place <= counted * MOST_PLACES_PER_ROW
    if not is_worth_it or deleted + inserted > counted * MOST_CHANGED:
        return None
    if deleted:
        cursor.execute(
            f"delete from {place} where rowid in "  # noqa: S608
            f"(select place_before from {DIFFERENCE} where place_before is not null)"
        )
    if inserted:
        cursor.execute(
            f"insert into {place} select {', '.join(names)} from {DIFFERENCE} "  # noqa: S608
            "where place_before is null"
        )
    cursor.execute(f"drop table {DIFFERENCE}")
    [(row_count,)] = cursor.execute(f"select count(*) from {place}").fetchall()  # noqa: S608
    # Rows that equal each other find the same row of the table, and only one of them would stand.
    return Difference(row_count, deleted + inserted) if row_count == counted else None


def _compare(cursor: duckdb.DuckDBPyConnection, place: str, query: str, names: list[str]) -> int:
    """Keep what only one of the two holds; return the rows of the query.

    Two hashes, one from the first column to the last and one back: two rows of the same key pass
    for equal once in 2^64 changes, any other two never.
    """
    forth, back = ", ".join(names), ", ".join(reversed(names))
    cursor.execute(f"create or replace temp sequence {COUNTED}")
    # The sequence counts the rows in passing; asking for their number would be asking twice.
    cursor.execute(
        f"create or replace temp table {NAME} as "  # noqa: S608
        f"with fresh as (select *, hash({forth}) as hash_forth, hash({back}) as hash_back "
        f"from (\n{query}\n) as answered where nextval('{COUNTED}') > 0), "
        f"standing as (select rowid as place_before, hash({forth}) as hash_forth, "
        f"hash({back}) as hash_back from {place}) "
        "select fresh.* exclude (hash_forth, hash_back), standing.place_before "
        "from fresh full join standing "
        "on fresh.hash_forth = standing.hash_forth and fresh.hash_back = standing.hash_back "
        "where fresh.hash_forth is null or standing.hash_forth is null"
    )
    [(counted,)] = cursor.execute(
        f"select coalesce(last_value, 0) from duckdb_sequences() "  # noqa: S608
        f"where sequence_name = '{COUNTED}' and temporary"
    ).fetchall()
    return int(counted)
