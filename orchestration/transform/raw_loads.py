"""Which delivered files each raw view shows, and which of them are new since another time.

Belongs here: the record of them. Does not: the views (sources/file_drop/views.py), what their rows
reach (scope.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import duckdb

from orchestration.sources.file_drop import LOADS_TABLE

# Of one view: what each file's row of the table says, its load first.
Loads = frozenset[tuple[str, ...]]
# Beside what stood for the view's rows then.
Noted = tuple[str, Loads]
NOTED = "standing.raw_loads"


def shown_loads(connection: duckdb.DuckDBPyConnection) -> dict[str, Loads]:
    """The files of each raw view; empty in a home of before they were noted."""
    try:
        rows = connection.execute(
            "select entity, load_id, conditions, source_system, dataset_rank, file_rank "  # noqa: S608
            f"from {LOADS_TABLE}"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    found: dict[str, set[tuple[str, ...]]] = {}
    for entity, *load in rows:
        found.setdefault(entity, set()).add(tuple(map(str, load)))
    return {entity: frozenset(loads) for entity, loads in found.items()}


def added_loads(before: Loads, now: Loads) -> list[str] | None:
    """The load ids that are shown now and were not before; None where some were lost or changed."""
    if not before or not before <= now:
        return None
    return sorted(load_id for load_id, *_ in now - before)


def note_loads(connection: duckdb.DuckDBPyConnection, loads: Mapping[str, Noted]) -> None:
    """Keep what the views show while a build is remembered."""
    connection.execute(
        f"create or replace table {NOTED} as select unnest($1::varchar[]) as entity, "
        "unnest($2::varchar[]) as content, unnest($3::varchar[]) as loads",
        [
            list(loads),
            [content for content, _ in loads.values()],
            [json.dumps(sorted(shown)) for _, shown in loads.values()],
        ],
    )


def loads_before(connection: duckdb.DuckDBPyConnection) -> dict[str, Noted]:
    """What the views showed when a build was remembered last."""
    try:
        rows = connection.execute(
            f"select entity, content, loads from {NOTED}"  # noqa: S608
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return {
        entity: (content, frozenset(map(tuple, json.loads(loads))))
        for entity, content, loads in rows
    }
