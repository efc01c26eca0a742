"""Finds the column that a candidate of a map names in a landed table.

Loaders write `segments.date` as it is, as `segments_date` or `segments__date`, or keep `segments`
as a JSON column with a key `date`; `costMicros` becomes `cost_micros`. A table of Airbyte's oldest
form has all in one JSON column, `_airbyte_data`.

Belongs here: one table's columns. Does not: which ones an object wants (mapped_query.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.landed.names import spellings
from orchestration.connectors.typing_sql import literal, quoted

_RAW = "_airbyte_data"


@dataclass
class Columns:
    """The columns of one table, under an alias.

    Attributes:
        table: The table.
        alias: Its alias in the query.
        connection: To look which keys a JSON column has.
        found: Columns that were found so far (`table.column`) to their types.
        absent: Columns that were looked for in vain.
    """

    table: LandedTable
    alias: str
    connection: duckdb.DuckDBPyConnection
    found: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    _keys: dict[str, dict[str, str] | None] = field(default_factory=dict)

    def expressions(self, candidates: Iterable[str]) -> list[str]:
        """SQL texts of all candidates that are there; a blank text is nothing."""
        shown: dict[str, None] = {}
        for candidate in candidates:
            for sql in self._look_up(candidate):
                shown[sql] = None
        return list(shown)

    def value(self, candidates: Sequence[str]) -> str | None:
        """SQL text of the first candidate that holds a value; None when none is there."""
        return first_of(self.expressions(candidates))

    def needed(self, candidates: Sequence[str], what: str) -> str:
        """SQL text of a value that must have a column.

        Raises:
            FixConfiguration: When none is there.
        """
        value = self.value(candidates)
        if value is None:
            raise FixConfiguration(
                f"table {self.table.name} has no column for {what} (looked for "
                f"{', '.join(candidates)})"
            )
        return value

    def lists(self, candidates: Iterable[str]) -> list[str]:
        """SQL of the JSON lists of all candidates that are there."""
        found = []
        for candidate in candidates:
            name = next((n for n in spellings(candidate) if n in self.table.columns), None)
            self._note(candidate, None if name is None else self.table.columns[name][1])
            if name is not None:
                found.append(self._json(name))
        return found

    def _look_up(self, candidate: str) -> Iterable[str]:
        for name in spellings(candidate):
            if name in self.table.columns:
                column, kind = self.table.columns[name]
                self._note(candidate, kind)
                return [f"nullif(cast({self.alias}.{quoted(column)} as varchar), '')"]
        head, _, rest = candidate.partition(".")
        for outer, key in ((head, rest), (_RAW, candidate)):
            column_name = next((n for n in spellings(outer) if n in self.table.columns), None)
            if not key or column_name is None:
                continue
            keys = self._keys_of(column_name)
            first, *deeper = key.split(".") if outer != _RAW else [key]
            for name in (
                [first] if keys is None else [keys[n] for n in spellings(first) if n in keys]
            ):
                self._note(candidate, "JSON")
                path = literal("$." + ".".join(quoted(part) for part in (name, *deeper)))
                return [f"nullif(json_extract_string({self._json(column_name)}, {path}), '')"]
        self._note(candidate, None)
        return []

    def _json(self, name: str) -> str:
        column, kind = self.table.columns[name]
        sql = f"{self.alias}.{quoted(column)}"
        return f"cast({sql} as json)" if kind in ("VARCHAR", "JSON") else f"to_json({sql})"

    def _keys_of(self, name: str) -> dict[str, str] | None:
        """Keys of a JSON column in small letters; None when no row says."""
        if name not in self._keys:
            json = self._json(name)
            try:
                rows = self.connection.execute(
                    f"select distinct unnest(json_keys({json})) from {self.table.relation} "  # noqa: S608
                    f"as {self.alias} where json_type({json}) = 'OBJECT'"
                ).fetchall()
            except duckdb.Error:
                raise FixConfiguration(
                    f"table {self.table.name}, column {self.table.columns[name][0]}: a value is no "
                    "JSON; nothing was stored"
                ) from None
            self._keys[name] = {key.lower(): key for (key,) in rows} or None
        return self._keys[name]

    def _note(self, candidate: str, kind: str | None) -> None:
        label = f"{self.table.name}.{candidate}"
        if kind is None:
            self.absent.add(label)
        else:
            self.found[label] = kind


def first_of(expressions: Sequence[str]) -> str | None:
    """SQL of the first that holds a value."""
    if not expressions:
        return None
    return expressions[0] if len(expressions) == 1 else f"coalesce({', '.join(expressions)})"


def table_of(names: Sequence[str], tables: Mapping[str, LandedTable]) -> LandedTable | None:
    """The first of several tables that is there."""
    spelled = (spelling for name in names for spelling in spellings(name))
    return next((tables[name] for name in spelled if name in tables), None)
