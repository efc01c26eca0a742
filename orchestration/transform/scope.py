"""The part of a separable model that a batch may have changed: its keys, and the rows they need.

The keys are looked up from the rows that changed. Of the tables that need not be whole, the rows of
these keys are put aside under another name, the views between are made anew upon those, and the
model's own query is told the other names: it gives the rows of these keys, and maybe some of others
that are left out.

Belongs here: keys, rows, names. Does not: whether this may be done (standing.py), writing the rows
(difference.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.transform.difference import IS_OLD
from orchestration.transform.nodes import Project
from orchestration.transform.separable import Path, Separable, rows_needed, rows_reached

# Of rows that were inserted and deleted by the last build, each under its model's name.
CHANGES = "changes"
# Temporary objects: a cursor sees only its own.
KEYS = "temp.main.keys_in_scope"


@dataclass(frozen=True)
class Table:
    """A model as others name it.

    Attributes:
        place: As their compiled queries name it.
        query: Of a view; None of a table.
    """

    place: str
    query: str | None


@dataclass(frozen=True)
class Scope:
    """What changed below a separable model or test since it was last good.

    Attributes:
        separable: How it falls apart.
        changed: By name of the tables of which some rows changed, what holds those rows.
        below: Itself and all that lies below it by name, parents first.
        most_keys: More than these are not worth it.
    """

    separable: Separable
    changed: Mapping[str, str]
    below: Mapping[str, Table]
    most_keys: int


def views_below(project: Project, unique_id: str) -> list[str]:
    """The views between a node and the tables that it comes to read, by dbt id."""
    found: list[str] = []
    waiting = [unique_id]
    while waiting:
        node = waiting.pop()
        reads = (project.models.get(node) or project.tests[node]).reads
        views = [item for item in reads if item in project.models and _is_view(project, item)]
        waiting += [item for item in views if item not in found]
        found += [item for item in views if item not in found]
    return found


def tables_below(project: Project, unique_id: str) -> dict[str, Table]:
    """A model or test and all that lies below it, by name, parents first."""
    views = set(views_below(project, unique_id))
    found = {name: Table(place, None) for name, place in project.source_places.items()}

    def visit(item: str) -> None:
        model = project.models.get(item)
        if model is None or model.name in found:
            return
        for parent in model.reads:
            visit(parent)
        found[model.name] = Table(model.place, model.sql if item in views else None)

    node = project.models.get(unique_id) or project.tests[unique_id]
    for item in (*node.reads, unique_id):
        visit(item)
    return found


def _is_view(project: Project, unique_id: str) -> bool:
    return project.models[unique_id].materialized == "view"


class TooManyKeysError(Exception):
    """A batch reaches so many keys that working out all is no dearer."""


def change_place(name: str) -> str:
    """Where the changed rows of a model are kept."""
    return f'"{CHANGES}"."{name}"'


def in_scope(key: Sequence[str]) -> str:
    """The condition that the row `own` is of one of the keys."""
    same = " and ".join(f"own.{name} = here.{name}" for name in key)
    return f"exists (select 1 from {KEYS} as here where {same})"  # noqa: S608


def narrow(cursor: duckdb.DuckDBPyConnection, scope: Scope) -> dict[str, str]:
    """Find the keys and put aside the rows they need.

    Args:
        cursor: It alone sees what is put aside.
        scope: What changed.

    Returns:
        By the place of each table and view that has another name now, that name.

    Raises:
        TooManyKeysError: When they are more than is worth it.
        duckdb.Error: When a path names what is not there.
    """
    _find_keys(cursor, scope)
    return put_aside(cursor, scope.separable, scope.below)


def put_aside(
    cursor: duckdb.DuckDBPyConnection, separable: Separable, below: Mapping[str, Table]
) -> dict[str, str]:
    """Put aside the rows that the keys in scope need; returns and raises as `narrow`."""
    names = {}
    for table, paths in _by_table(separable.restricted).items():
        place, name = below[table].place, _name_of(table)
        equals = "is not distinct from" if separable.may_be_null else "="
        rows = rows_needed(KEYS, paths, lambda table: below[table].place, equals)
        cursor.execute(f"create or replace temp table {_own(name)} as {rows}")
        names[place] = name
    for table, found in below.items():
        if found.query is not None and any(place in found.query for place in names):
            name = _name_of(table)
            query = renamed(found.query, names)
            cursor.execute(f"create or replace temp view {_own(name)} as (\n{query}\n)")
            names[found.place] = name
    return names


def renamed(query: str, names: Mapping[str, str]) -> str:
    """The query with other names for tables."""
    for place, name in names.items():
        query = query.replace(place, name)
    return query


def _find_keys(cursor: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    queries = []
    for table, place in scope.changed.items():
        for reach in scope.separable.reached[table]:
            changed = _mattering(place, reach.of) if reach.of else place
            rows = rows_reached(changed, reach.path, lambda name: scope.below[name].place)
            key = ", ".join(
                f"{column} as {name}"
                for column, name in zip(reach.key, scope.separable.key, strict=True)
            )
            queries.append(f"select {key} from ({rows}) as reached")  # noqa: S608
    count = set_keys(cursor, " union ".join(queries))
    if count > scope.most_keys:
        raise TooManyKeysError(f"{count} keys are reached")


def set_keys(cursor: duckdb.DuckDBPyConnection, query: str) -> int:
    """Let the keys in scope be those of a query, which has the key's columns; return how many."""
    cursor.execute(f"create or replace temp table {_own(KEYS)} as {query}")
    [(count,)] = cursor.execute(f"select count(*) from {KEYS}").fetchall()  # noqa: S608
    return int(count)


def _mattering(place: str, columns: Sequence[str]) -> str:
    """Of the changed rows those that are not the same, in these columns, as they were."""
    same = " and ".join(f"one.{name} is not distinct from other.{name}" for name in columns)
    return (
        f"(select * from {place} as one where not exists (select 1 from {place} as other "  # noqa: S608
        f"where one.{IS_OLD} <> other.{IS_OLD} and {same}))"
    )


def _by_table(paths: Sequence[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in paths:
        found.setdefault(path[-1].table, []).append(path)
    return found


def _name_of(table: str) -> str:
    return f'temp.main."rows_of_{re.sub(r"[^0-9A-Za-z_]", "_", table)}"'


def _own(name: str) -> str:
    return name.removeprefix("temp.main.")
