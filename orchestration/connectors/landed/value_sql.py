"""SQL of values that loaders write in their own ways: moments, lists, tables of changes.

Belongs here: expressions. Does not: which columns (mapped_query.py).
"""

from __future__ import annotations

import duckdb

from orchestration.connectors.landed.candidates import Columns
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.landed.loaders import LandedBy
from orchestration.connectors.landed.map_parts import Pivot, SumOf
from orchestration.connectors.typing_sql import literal, quoted


def pivoted(
    table: LandedTable, pivot: Pivot, loader: LandedBy, connection: duckdb.DuckDBPyConnection
) -> LandedTable:
    """A table of changes as one with a row per record and moment, a column per property."""
    own = Columns(table, "changes", connection)
    name = own.needed(pivot.name, "the property's name")
    value = own.needed(pivot.value, "the property's value")
    marker = table.columns[loader.marker][0]
    shown = {
        "record": own.needed(pivot.record, "the record's id"),
        "at": moment_sql(own.needed(pivot.at, "the moment")),
        marker: f"max({quoted(marker)})",
    }
    for item in pivot.properties:
        shown[item] = f"max_by({value}, {quoted(marker)}) filter ({name} = {literal(item)})"
    for item, candidates in pivot.beside.items():
        if (found := own.value(candidates)) is not None:
            shown[item] = f"max({found})"
    listed = ", ".join(f"{sql} as {quoted(column)}" for column, sql in shown.items())
    names = ", ".join(literal(item) for item in pivot.properties)
    relation = (
        f"(select {listed} from {table.relation} as changes where {name} in ({names}) "  # noqa: S608
        "group by 1, 2)"
    )
    types = {column.lower(): (column, "VARCHAR") for column in shown}
    return LandedTable(table.name, relation, types)


def moment_sql(value: str) -> str:
    """SQL of a moment: milliseconds since 1970 as a timestamp, any other text as it is."""
    return (
        f"case when regexp_full_match({value}, '[0-9]{{11,14}}(\\.0+)?') "
        f"then cast(epoch_ms(cast(cast({value} as decimal(18, 1)) as bigint)) as varchar) || '+00' "
        f"else {value} end"
    )


def smallest_sql(list_sql: str) -> str:
    """SQL of the smallest id of a JSON list: the oldest record."""
    padded = f"list_transform(cast({list_sql} as varchar[]), lambda id: lpad(id, 20, '0'))"
    return f"ltrim(list_min({padded}), '0')"


def sum_sql(list_sql: str, what: SumOf) -> str:
    """SQL of the sum of some of a JSON list's numbers; nothing without a list."""
    name, number = (literal("$." + quoted(key)) for key in (what.name, what.value))
    names = ", ".join(literal(word) for word in what.names)
    chosen = (
        f"list_filter(cast({list_sql} as json[]), "
        f"lambda it: json_extract_string(it, {name}) in ({names}))"
    )
    numbers = f"lambda it: cast(json_extract_string(it, {number}) as decimal(28, 6))"
    return f"cast(list_sum(list_transform({chosen}, {numbers})) as varchar)"
