"""Writes a table too large for memory in parts: those of its keys, one after the other.

DuckDB sorts and windows what does not fit into memory on disk, which takes several times as long
and much more room than the data. A separable model that names a table with `all_keys` is asked for
a few of its keys at a time instead, by its own query (scope.py); the rows together are the same.
Keys chosen by their hash lie everywhere in what is read, so that each part reads all of it. Ranges
of a column (`parts_by`) put the rows of a part next to each other, and who reads the table by the
same ranges skips the rest of it.

Belongs here: how many parts, and writing them. Does not: keys that a batch reached (scope.py).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import duckdb

from orchestration.transform.nodes import Model, Project
from orchestration.transform.scope import in_scope, put_aside, set_keys, tables_below
from orchestration.transform.separable import Separable

# Rows of the largest table that a model reads, for each gigabyte of memory: two models are built at
# a time, and of twelve attribution models such a row needs half a kilobyte at once.
ROWS_PER_GIGABYTE = 750_000
# Of more keys a sample says where to cut.
KEYS_LOOKED_AT = 100_000
UNITS = {"bytes": 1 / 2**30, "KiB": 1 / 2**20, "MiB": 1 / 2**10, "GiB": 1.0, "TiB": 2.0**10}


def write_table(
    cursor: duckdb.DuckDBPyConnection,
    project: Project,
    model: Model,
    query: Callable[[Mapping[str, str]], str],
) -> int:
    """Create or replace a model's table, in parts where it is large; call it in a transaction.

    Args:
        cursor: Of the warehouse.
        project: The models.
        model: Which one.
        query: Its rows, of tables that may have other names.

    Returns:
        The rows written.

    Raises:
        duckdb.Error: When the query cannot be answered.
    """
    place, parts = f'"{model.schema}"."{model.name}"', part_queries(cursor, project, model)
    if not parts:
        return _rows(cursor, f"create or replace table {place} as (\n{query({})}\n)")
    below, written = tables_below(project, model.unique_id), 0
    for number, (separable, keys) in enumerate(parts):
        set_keys(cursor, keys)
        rows = query(put_aside(cursor, separable, below))
        begin = f"insert into {place}" if number else f"create or replace table {place} as"
        written += _rows(
            cursor,
            f"{begin} (select * from (\n{rows}\n) as own where {in_scope(separable.key)})",  # noqa: S608
        )
    return written


def part_queries(
    cursor: duckdb.DuckDBPyConnection, project: Project, model: Model
) -> list[tuple[Separable, str]]:
    """How a model falls apart, and the keys of each part; nothing where it is made whole."""
    if model.separable is None or model.separable.all_keys is None:
        return []
    separable, below = model.separable, tables_below(project, model.unique_id)
    tables = [below[path[-1].table] for path in separable.restricted]
    largest = max((_count(cursor, item.place) for item in tables if item.query is None), default=0)
    [(limit,)] = cursor.execute("select current_setting('memory_limit')").fetchall()
    count = math.ceil(largest / (gigabytes(limit) * ROWS_PER_GIGABYTE))
    if count < 2:
        return []
    key, keys = ", ".join(separable.key), below[model.separable.all_keys].place
    if separable.parts_by is None:
        conditions = [f"hash({key}) % {count} = {part}" for part in range(count)]
    else:
        conditions = _ranges(separable.parts_by, _bounds(cursor, keys, separable, count))
    return [
        (separable, f"select distinct {key} from {keys} where {condition}")  # noqa: S608
        for condition in conditions
    ]


def _bounds(
    cursor: duckdb.DuckDBPyConnection, place: str, separable: Separable, count: int
) -> list[str]:
    """Values between which there are about as many keys each; fewer where many keys have one."""
    some = max(1, _count(cursor, place) // KEYS_LOOKED_AT)
    [(found,)] = cursor.execute(
        f"select quantile_disc({separable.parts_by}, $1)::varchar[] from {place} "  # noqa: S608
        f"where hash({', '.join(separable.key)}) % {some} = 0",
        [[part / count for part in range(1, count)]],
    ).fetchall()
    return sorted(set(found or []), key=(found or []).index)


def _ranges(column: str, bounds: Sequence[str]) -> list[str]:
    """Conditions of which every row fulfils one, also a row without a value."""
    words = ["'" + bound.replace("'", "''") + "'" for bound in bounds]
    if not words:
        return ["true"]
    between = itertools.pairwise(words)
    return [
        f"({column} < {words[0]} or {column} is null)",
        *(f"{column} >= {first} and {column} < {last}" for first, last in between),
        f"{column} >= {words[-1]}",
    ]


def gigabytes(limit: str) -> float:
    """DuckDB's words for an amount of memory, such as `3.7 GiB`, as a number."""
    number, unit = limit.split()
    return float(number) * UNITS[unit]


def _count(cursor: duckdb.DuckDBPyConnection, place: str) -> int:
    [(count,)] = cursor.execute(f"select count(*) from {place}").fetchall()  # noqa: S608
    return int(count)


def _rows(cursor: duckdb.DuckDBPyConnection, statement: str) -> int:
    return int(cursor.execute(statement).fetchall()[0][0])
