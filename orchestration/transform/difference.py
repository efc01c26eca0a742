"""Brings a table to what a query gives by writing only the rows that differ.

Working out a million rows takes DuckDB less than half the time that writing them takes, and one new
day changes few of them. A query that is asked in full leaves what writing it anew would leave, and
no model need say which of its rows a batch may have changed. One that falls apart by a key may be
asked for some keys only, and compared with the rows of these.

Belongs here: the comparison, the writing, keeping what changed. Does not: which tables are worth it
(statements.py), which keys (scope.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

# Temporary objects: a cursor sees only its own.
NAME = "difference"
DIFFERENCE = f"temp.main.{NAME}"
WANTED = "wanted_rows"
STANDING = "standing_rows"
# Beside the columns of rows that are kept: whether they were deleted.
IS_OLD = "_is_old"
PLACES_BEFORE = f"select place_before from {DIFFERENCE} where place_before is not null"  # noqa: S608
# Places of deleted rows are not all given free; a table with more such places than rows is written
# anew. So is one of which more than half changed: that is no dearer.
MOST_PLACES_PER_ROW = 2
MOST_CHANGED = 0.5
# Whoever reads the table would not look at more changed rows than this one by one.
MOST_KEPT = 0.2
# So many may change of any table, however small.
FEW = 1_000


@dataclass(frozen=True)
class Difference:
    """What was written.

    Attributes:
        row_count: Rows of the table now.
        changed_count: Rows that were inserted and deleted.
        are_kept: Whether these rows lie where they should be kept.
    """

    row_count: int
    changed_count: int
    are_kept: bool = False


def write_difference(
    cursor: duckdb.DuckDBPyConnection,
    place: str,
    query: str,
    condition: str = "true",
    kept_in: str | None = None,
) -> Difference | None:
    """Make the rows of a table those of a query; call it in a transaction.

    Args:
        cursor: Of the warehouse.
        place: The table, as SQL quotes it; its rows are told apart by something.
        query: Gives the columns of the table, in their order.
        condition: Which rows `own` of the table are compared with which of the query; the table's
            others stand, the query's others are left out.
        kept_in: The table that shall hold the rows that changed, as they were and as they are.

    Returns:
        None where the table has to be written anew: other columns or types, equal rows, too many
        changed ones or too many places of deleted ones. The table may then hold anything.

    Raises:
        duckdb.Error: When the query cannot be answered.
    """
    columns = cursor.execute(f"describe {place}").fetchall()
    names = [f'"{name}"' for name, *_ in columns]
    # Asked before anything is written: what a transaction inserts has no place yet.
    [(last_place, count_before)] = cursor.execute(
        f"select coalesce(max(rowid), 0), count(*) from {place}"  # noqa: S608
    ).fetchall()
    try:
        wanted, standing = _compare(cursor, place, query, condition, names)
    except duckdb.BinderException:
        return None  # It has other columns; or it is wrong, which writing it anew will say.
    if [column[:2] for column in cursor.execute(f"describe {DIFFERENCE}").fetchall()[:-1]] != [
        column[:2] for column in columns
    ]:
        return None
    [(deleted, inserted)] = cursor.execute(
        f"select count(place_before), count(*) - count(place_before) from {DIFFERENCE}"  # noqa: S608
    ).fetchall()
    # Rows that equal each other find the same row of the table, and only one of them would stand.
    if standing - deleted + inserted != wanted:
        return None
    count_after = count_before - deleted + inserted
    is_worth_it = last_place <= max(count_after * MOST_PLACES_PER_ROW, FEW)
    if not is_worth_it or deleted + inserted > max(count_after * MOST_CHANGED, FEW):
        return None
    are_few = 0 < deleted + inserted <= max(count_after * MOST_KEPT, FEW)
    if kept_in is not None and are_few:
        _keep(cursor, place, kept_in, names)
    if deleted:
        cursor.execute(f"delete from {place} where rowid in ({PLACES_BEFORE})")  # noqa: S608
    if inserted:
        cursor.execute(f"insert into {place} {_inserted(names)}")
    cursor.execute(f"drop table {DIFFERENCE}")
    return Difference(count_after, deleted + inserted, kept_in is not None and are_few)


def _compare(
    cursor: duckdb.DuckDBPyConnection, place: str, query: str, condition: str, names: list[str]
) -> tuple[int, int]:
    """Keep what only one of the two holds; return the rows of the query and of the table.

    Two hashes, one from the first column to the last and one back: two rows of the same key pass
    for equal once in 2^64 changes, any other two never.
    """
    forth, back = ", ".join(names), ", ".join(reversed(names))
    for sequence in (WANTED, STANDING):
        cursor.execute(f"create or replace temp sequence {sequence}")
    # The sequences count the rows in passing; asking for their number would be asking twice.
    cursor.execute(
        f"create or replace temp table {NAME} as "  # noqa: S608
        f"with answered as (select * from (\n{query}\n) as own where {condition}), "
        f"fresh as (select *, hash({forth}) as hash_forth, hash({back}) as hash_back "
        f"from answered where nextval('{WANTED}') > 0), "
        f"kept as (select own.rowid as place_before, hash({forth}) as hash_forth, "
        f"hash({back}) as hash_back from {place} as own where {condition}), "
        f"standing as (select * from kept where nextval('{STANDING}') > 0) "
        "select fresh.* exclude (hash_forth, hash_back), standing.place_before "
        "from fresh full join standing "
        "on fresh.hash_forth = standing.hash_forth and fresh.hash_back = standing.hash_back "
        "where fresh.hash_forth is null or standing.hash_forth is null"
    )
    counts = dict(
        cursor.execute(
            "select sequence_name, coalesce(last_value, 0) from duckdb_sequences() where temporary"
        ).fetchall()
    )
    return int(counts[WANTED]), int(counts[STANDING])


def _keep(cursor: duckdb.DuckDBPyConnection, place: str, kept_in: str, names: list[str]) -> None:
    """Put the rows that go and those that come aside; call it before they do."""
    cursor.execute(
        f"create or replace table {kept_in} as select *, false as {IS_OLD} "  # noqa: S608
        f"from ({_inserted(names)}) as inserted union all "
        f"select {', '.join(names)}, true from {place} where rowid in ({PLACES_BEFORE})"
    )


def _inserted(names: list[str]) -> str:
    return f"select {', '.join(names)} from {DIFFERENCE} where place_before is null"  # noqa: S608
