"""The queries that choose the rows of a published table.

Belongs here: SQL text, built from column lists; nothing is run. Does not: the decision which query
a table needs (store_file.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from orchestration.publish.sql import Columns, identifier, literal, select_list

VERSION_COLUMN = "publish_version"
# In what version the KPIs were audited that pay was computed from. Pay is held with them, so
# rows that are published are from KPIs of the same version.
KPI_VERSION_COLUMN = "kpi_publish_version"
GROUP_COLUMN = "kpi_group"
STALE_COLUMN = "stale_since"


def without_version(columns: Columns) -> Columns:
    """Return the columns but the one that publishing adds."""
    return {name: kind for name, kind in columns.items() if name != VERSION_COLUMN}


def fresh_rows(source: str, columns: Columns, version: str) -> str:
    """Select all rows of a candidate, marked with the version they are published in."""
    own = {name: kind for name, kind in columns.items() if name != KPI_VERSION_COLUMN}
    told = [VERSION_COLUMN]
    if KPI_VERSION_COLUMN in columns:
        told.insert(0, KPI_VERSION_COLUMN)
    marks = ", ".join(f"{literal(version)} as {name}" for name in told)
    return f"select {select_list(without_version(own))}, {marks} from {source}"  # noqa: S608


def fresh_rows_of(source: str, columns: Columns, version: str, groups: Sequence[str]) -> str:
    """Select the rows of some groups of a candidate."""
    return f"{fresh_rows(source, columns, version)} where {_is_in(groups)}"


def held_rows(source: str) -> str:
    """Select all rows of an earlier version, with the version they are from."""
    return f"select * from {source}"  # noqa: S608


def held_rows_of(
    source: str, columns: Columns, template: Columns, stale_since: Mapping[str, date | None]
) -> str:
    """Select the rows of some groups of an earlier version, saying since when they are stale.

    Args:
        source: The earlier version's table.
        columns: Its columns.
        template: The columns that the result is to have; one that the source lacks is NULL.
        stale_since: The groups, each with the as-of date that its rows stay at.
    """
    chosen = []
    for name, kind in without_version(template).items():
        value = identifier(name) if name in columns else "null"
        if name == STALE_COLUMN:
            value = _stale_since(stale_since)
        chosen.append(f"cast({value} as {kind}) as {identifier(name)}")
    return (
        f"select {', '.join(chosen)}, {VERSION_COLUMN} from {source} "  # noqa: S608
        f"where {_is_in(list(stale_since))}"
    )


def no_rows(columns: Columns) -> str:
    """Select nothing, in the columns that the table will have."""
    nulls = [f"cast(null as {kind}) as {identifier(name)}" for name, kind in columns.items()]
    return f"select {', '.join(nulls)}, cast(null as varchar) as {VERSION_COLUMN} where false"  # noqa: S608


def _is_in(groups: Sequence[str]) -> str:
    return f"{GROUP_COLUMN} in ({', '.join(literal(name) for name in groups)})"


def _stale_since(stale_since: Mapping[str, date | None]) -> str:
    cases = [
        f"when {literal(name)} then date {literal(since.isoformat())}"
        for name, since in stale_since.items()
        if since is not None
    ]
    return f"case {GROUP_COLUMN} {' '.join(cases)} end" if cases else "null"
