"""The query that reads a landed table as a mapped object's canonical fields, all text.

Belongs here: one object's SQL. Does not: its lookups (lookups.py), single values
(value_sql.py), running it (pull.py, spend.py),
or typing (typing_sql.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from orchestration.canonical import load_entities
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.landed.candidates import Columns, first_of
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.landed.loaders import (
    LandedBy,
    gone_condition,
    loader_of,
    newest_first,
    row_filter,
)
from orchestration.connectors.landed.lookups import (
    Join,
    condition_sql,
    exploded,
    lookup_join,
    stripped,
)
from orchestration.connectors.landed.map_parts import (
    GONE,
    KEY,
    MODIFIED,
    MappedObject,
    Value,
)
from orchestration.connectors.landed.query import TableQuery, no_known_loader
from orchestration.connectors.landed.value_sql import moment_sql, pivoted, smallest_sql, sum_sql
from orchestration.connectors.typing_sql import literal, quoted


def mapped_query(
    item: MappedObject,
    custom: Sequence[str],
    table: LandedTable,
    tables: Mapping[str, LandedTable],
    connection: duckdb.DuckDBPyConnection,
) -> TableQuery:
    """Return how a table gives an object's rows; the query's columns are canonical fields.

    Args:
        item: The object.
        custom: The company's further columns.
        table: The object's table.
        tables: All tables.
        connection: To look into JSON columns.

    Raises:
        FixConfiguration: When no loader's marker is there, a column that must be there is missing,
            or a value is not known.
    """
    loader = loader_of(table.columns)
    if loader is None:
        raise no_known_loader(table)
    loads = tables.get(loader.loads_table or "")
    read = exploded(table, item.explode, connection)
    if item.pivot is not None:
        read = pivoted(read, item.pivot, loader, connection)
    own = Columns(read, "own", connection)
    base = _Base(item, own, loader, loads.relation if loads else None)
    fields = _Fields(item, tables, own)
    shown = {
        KEY: base.key(),
        MODIFIED: own.value(item.modified) or _stamp(own, loader),
        GONE: "'false'"
        if item.keeps_deleted
        else f"cast({gone_condition(loader, read.columns)} as varchar)",
    }
    values = {name: fields.value(value) for name, value in item.fields.items()}
    _refuse_missing(item, values, table)
    shown |= {name: sql for name, sql in values.items() if sql is not None}
    for name in custom:
        found = own.value((name, f"properties.{name}", f"property_{name}"))
        if found is not None:
            shown[name] = found
    chosen = [c for where in item.where if (c := condition_sql(where, own)) is not None]
    listed = ", ".join(f"{value} as {quoted(name)}" for name, value in shown.items())
    joins = " ".join(join.sql for join in fields.joins.values())
    sql = (
        f"select {listed} from ({base.sql()}) as own {joins} where {' and '.join(chosen) or 'true'}"  # noqa: E501, S608
    )
    missing = tuple(
        name
        for name in (*values, *custom)
        if name not in shown and (name in custom or item.fields[name].constant is None)
    )
    columns, absent = fields.columns()
    return TableQuery(sql, columns, missing, loader, absent, frozenset(shown))


@dataclass(frozen=True)
class _Base:
    """The rows that count: one of each record."""

    item: MappedObject
    own: Columns
    loader: LandedBy
    loads: str | None

    def key(self) -> str:
        first, *others = self.item.key
        parts = [self.own.needed(first, f"the key of {self.item.dataset}")]
        parts += [value for part in others if (value := self.own.value(part)) is not None]
        return " || '-' || ".join(parts)

    def sql(self) -> str:
        loader, columns = self.loader, self.own.table.columns
        if self.item.is_history and loader.active in columns:
            loader = replace(loader, active=None)
        condition = row_filter(loader, columns, self.loads)
        sql = f"select * from {self.own.table.relation} as own where {condition}"  # noqa: S608
        if self.item.is_spend and loader.name == "fivetran":
            # Merged by a key of its own; a breakdown that is not landed must cost no rows.
            return sql
        order = newest_first(loader, columns)
        return (
            f"{sql} qualify row_number() over (partition by {self.key()} "
            f"order by {order or '1'}) = 1"
        )


class _Fields:
    """Values of an object and its lookups."""

    def __init__(self, item: MappedObject, tables: Mapping[str, LandedTable], own: Columns) -> None:
        self.item, self.own = item, own
        self.joins: dict[str, Join] = {}
        for name, lookup in item.lookups.items():
            self.joins[name] = lookup_join(name, lookup, tables, self.expressions, own.connection)

    def expressions(self, candidates: Sequence[str]) -> list[str]:
        found: list[str] = []
        for candidate in candidates:
            head, _, rest = candidate.partition(".")
            if head in self.item.lookups:
                join = self.joins.get(head)
                found += [join.values[rest]] if join and rest in join.values else []
            else:
                found += self.own.expressions((candidate,))
        return found

    def value(self, value: Value) -> str | None:
        """SQL of a field's value; None when no column is there."""
        if value.constant is not None:
            return None
        if value.together:
            parts = [part for item in value.together if (part := self._first(item)) is not None]
            between = literal(value.separator)
            return f"nullif(concat_ws({between}, {', '.join(parts)}), '')" if parts else None
        expressions = self.expressions(value.candidates)
        expressions += [smallest_sql(sql) for sql in self.own.lists(value.smallest_of)]
        if value.sum_of is not None:
            expressions += [
                sum_sql(sql, value.sum_of) for sql in self.own.lists(value.sum_of.lists)
            ]
        if not expressions and value.default is None:
            return None
        if value.default is not None:
            expressions.append(literal(value.default))
        found = stripped(first_of(expressions) or "", value.strip, value.pattern)
        return moment_sql(found) if value.unit == "milliseconds" else found

    def columns(self) -> tuple[dict[str, str], frozenset[str]]:
        """Columns that were found, with their types, and those that were not."""
        parts = [self.own, *(join.columns for join in self.joins.values() if join.columns)]
        found = {label: kind for part in parts for label, kind in part.found.items()}
        absent = {label for part in parts for label in part.absent}
        for name, join in self.joins.items():
            if join.columns is None:
                absent |= self._of_missing_lookup(name)
        return found, frozenset(absent - found.keys())

    def _of_missing_lookup(self, name: str) -> set[str]:
        lookup = self.item.lookups[name]
        wanted = [c for match in lookup.match for c in match.theirs]
        wanted += [c for candidates in lookup.values.values() for c in candidates]
        return {f"{table}.{column}" for table in lookup.tables for column in wanted}

    def _first(self, candidates: Sequence[str]) -> str | None:
        return first_of(self.expressions(candidates))


def _stamp(own: Columns, loader: LandedBy) -> str:
    marker = own.table.columns[loader.marker][0]
    if loader.loads_table:  # a load's id is seconds since 1970
        return f"cast(to_timestamp(cast(own.{quoted(marker)} as double)) as varchar)"
    return f"cast(own.{quoted(marker)} as varchar)"


def _refuse_missing(
    item: MappedObject, values: Mapping[str, str | None], table: LandedTable
) -> None:
    required = load_entities()[item.entity].fields
    missing = [
        name
        for name, value in item.fields.items()
        if values[name] is None
        and value.constant is None
        and (required[name].required or name in item.needed)
    ]
    if missing:
        looked = "; ".join(f"{n} ({', '.join(item.fields[n].candidates)})" for n in missing)
        raise FixConfiguration(f"table {table.name} has no column for {looked}")
