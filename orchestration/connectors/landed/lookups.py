"""SQL of a lookup: the values that another landed table has for an object's rows.

Of a table that keeps versions the active row counts, else the newest one, so that a campaign that
was removed keeps its name.

Belongs here: one lookup's join. Does not: the object itself (mapped_query.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.landed.candidates import Columns, first_of, table_of
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.landed.loaders import gone_condition, loader_of, newest_first
from orchestration.connectors.landed.map_parts import Condition, Lookup
from orchestration.connectors.typing_sql import literal, quoted

ELEMENT = "element"
_CHANGED = ("updated_at", "updated_time", "last_modified_time", "lastmodified", "updatedat")


@dataclass(frozen=True)
class Join:
    """A lookup in SQL.

    Attributes:
        sql: The join; empty when there is no such table.
        values: Name to SQL of the values that are there.
        columns: What was found and what not.
    """

    sql: str
    values: Mapping[str, str]
    columns: Columns | None


def lookup_join(
    name: str,
    lookup: Lookup,
    tables: Mapping[str, LandedTable],
    ours: Callable[[Sequence[str]], list[str]],
    connection: duckdb.DuckDBPyConnection,
) -> Join:
    """Return the join of a lookup.

    Args:
        name: Its name in the map.
        lookup: The lookup.
        tables: All tables.
        ours: Candidates to SQL texts, of the object and the lookups before.
        connection: To look into JSON columns.

    Raises:
        FixConfiguration: When the table lacks a column that the match needs.
    """
    table = table_of(lookup.tables, tables)
    if table is None:
        return Join("", {}, None)
    alias = quoted(f"of {name}")
    found = Columns(exploded(table, lookup.explode, connection), alias, connection)
    own_sides = [first_of(ours(match.ours)) for match in lookup.match]
    if any(side is None for side in own_sides):
        return Join("", {}, found)
    keys = [
        stripped(found.needed(match.theirs, f"the match of {name}"), match.strip)
        for match in lookup.match
    ]
    values = {key: sql for key in lookup.values if (sql := found.value(lookup.values[key]))}
    if lookup.choose == "any":
        values = {key: literal(key) for key in lookup.values}
    if not values:
        return Join("", {}, found)
    select = _select(lookup, found, keys, values)
    joined = quoted(name)
    conditions = " and ".join(
        f"{joined}.{quoted(f'key {n}')} = {stripped(side or '', match.strip, match.pattern)}"
        for n, (side, match) in enumerate(zip(own_sides, lookup.match, strict=True))
    )
    shown = {key: f"{joined}.{quoted(key)}" for key in values}
    return Join(f"left join ({select}) as {joined} on {conditions}", shown, found)


def exploded(
    table: LandedTable, candidates: Sequence[str], connection: duckdb.DuckDBPyConnection
) -> LandedTable:
    """The table with a row for each element of a JSON list, where it has one of the columns."""
    columns = Columns(table, "outer_rows", connection)
    lists = columns.lists(candidates) if candidates else []
    if not lists:
        return table
    relation = (
        f"(select *, unnest(cast({lists[0]} as json[])) as {ELEMENT} "  # noqa: S608
        f"from {table.relation} as outer_rows)"
    )
    return LandedTable(table.name, relation, {**table.columns, ELEMENT: (ELEMENT, "JSON")})


def condition_sql(condition: Condition, columns: Columns) -> str | None:
    """SQL of which rows count; None when it chooses nothing.

    Raises:
        FixConfiguration: When its column is missing, or holds a value that is not known.
    """
    value = columns.value(condition.candidates)
    if value is None and condition.optional:
        return None
    if value is None:
        value = columns.needed(condition.candidates, "what says which rows count")
    if not condition.values:
        return f"{value} is not null"
    listed = ", ".join(literal(word) for word in condition.values)
    if condition.known:
        allowed = ", ".join(literal(word) for word in (*condition.values, *condition.known))
        unknown = columns.connection.execute(
            f"select distinct {value} from {columns.table.relation} as {columns.alias} "  # noqa: S608
            f"where {value} not in ({allowed}) order by 1 limit 5"
        ).fetchall()
        if unknown:
            raise FixConfiguration(
                f"table {columns.table.name}, column {condition.candidates[0]}: "
                f"{', '.join(repr(word) for (word,) in unknown)} is not known (known are "
                f"{allowed}); nothing was stored"
            )
    return f"{value} in ({listed})"


def stripped(value: str, beginnings: Sequence[str], pattern: str | None = None) -> str:
    """SQL of a value without some beginnings, and of it what a pattern's group finds."""
    if pattern is not None:
        value = f"nullif(regexp_extract({value}, {literal(pattern)}, 1), '')"
    for beginning in beginnings:
        size = len(beginning) + 1
        value = (
            f"case when starts_with({value}, {literal(beginning)}) "
            f"then substr({value}, {size}) else {value} end"
        )
    return value


def _select(lookup: Lookup, found: Columns, keys: Sequence[str], values: Mapping[str, str]) -> str:
    loader = loader_of(found.table.columns)
    conditions = [c for item in lookup.where if (c := condition_sql(item, found)) is not None]
    shown_keys = [f"{key} as {quoted(f'key {n}')}" for n, key in enumerate(keys)]
    relation = f"{found.table.relation} as {found.alias}"
    if lookup.choose == "newest":
        order = [newest_first(loader, found.table.columns)] if loader else []
        order = [
            *(f"{quoted(c)} desc nulls last" for c in _CHANGED if c in found.table.columns),
            *(item for item in order if item),
        ]
        if loader and loader.active in found.table.columns:
            order.insert(0, f"{quoted(loader.active or '')} desc nulls last")
        shown = [*shown_keys, *(f"{sql} as {quoted(key)}" for key, sql in values.items())]
        where = f" where {' and '.join(conditions)}" if conditions else ""
        return (
            f"select {', '.join(shown)} from {relation}{where} qualify row_number() over "  # noqa: S608
            f"(partition by {', '.join(keys)} order by {', '.join([*order, *keys])}) = 1"
        )
    if loader:
        conditions.append(f"not ({gone_condition(loader, found.table.columns)})")
    aggregates = [f"{_aggregate(lookup, found, sql)} as {quoted(k)}" for k, sql in values.items()]
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select {', '.join([*shown_keys, *aggregates])} from {relation}{where} group by all"  # noqa: S608


def _aggregate(lookup: Lookup, found: Columns, value: str) -> str:
    if lookup.choose == "smallest":
        preferred = condition_sql(lookup.prefer, found) if lookup.prefer else None
        order = [f"case when {preferred} then 0 else 1 end"] if preferred else []
        return f"first({value} order by {', '.join([*order, f'length({value})', value])})"
    if lookup.choose in ("earliest", "latest"):
        function = "min" if lookup.choose == "earliest" else "max"
        return f"cast({function}(cast({value} as timestamptz)) as varchar)"
    if lookup.choose == "sum":
        return f"cast(sum(cast({value} as decimal(28, 6))) as varchar)"
    return value
