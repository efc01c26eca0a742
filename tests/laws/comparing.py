"""Compares the marts of two databases, row by row, and says what differs where.

Belongs here: the comparison and its words. Does not: building either database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

# Differ from run to run by design; ops tells of the runs themselves.
OF_THE_RUN = frozenset({"run_id", "publish_version", "kpi_publish_version"})
# What a home published earlier is an input of its next run: what holds now has to be equal.
HISTORIES: Mapping[tuple[str, str], tuple[str, set[str]]] = {
    ("kpi", "rpt_kpi_history"): ("known_to is null", {"known_from", "known_to"}),
    ("attribution", "rpt_credit_history"): ("known_to is null", {"known_from", "known_to"}),
    ("attribution", "rpt_credit_restatement"): ("false", set()),
}
PUBLISHED = {"marts.duckdb": ("core", "funnel", "attribution", "kpi"),
             "finance.duckdb": ("compensation",)}  # fmt: skip
SCHEMAS = tuple(schema for schemas in PUBLISHED.values() for schema in schemas)
SHOWN_ROWS = 4

Table = tuple[str, str]
Keys = Mapping[str, Sequence[str]]


def published_differences(folder: Path, right: Path, keys: Keys) -> list[str]:
    """What differs between the files of a published version and a database."""
    return [
        line
        for name, schemas in PUBLISHED.items()
        for line in differences(folder / name, right, keys, schemas)
    ]


def differences(left: Path, right: Path, keys: Keys, schemas: Sequence[str] = SCHEMAS) -> list[str]:
    """What differs between two databases' marts, in words; empty when they are equal.

    Args:
        left: A database.
        right: Another one.
        keys: The key columns of each table by its name; the first column where it is not named.
        schemas: Whose tables are compared.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{left}' as one (read_only)")
        connection.execute(f"attach '{right}' as other (read_only)")
        columns = {name: _columns(connection, name, schemas) for name in ("one", "other")}
        found = []
        for table in sorted({*columns["one"], *columns["other"]}):
            found += _table_differences(
                connection,
                table,
                [columns[name].get(table) for name in ("one", "other")],
                keys.get(table[1]),
            )
    return found


def table_names(database: Path) -> set[str]:
    """The marts of a database, as `schema.table`."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as one (read_only)")
        return {".".join(table) for table in _columns(connection, "one", SCHEMAS)}


def _columns(
    connection: duckdb.DuckDBPyConnection, name: str, schemas: Sequence[str]
) -> dict[Table, dict[str, str]]:
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name in (select unnest(?)) "
        "order by schema_name, table_name, column_index",
        [name, list(schemas)],
    ).fetchall()
    found: dict[Table, dict[str, str]] = {}
    for schema, table, column, data_type in rows:
        if column not in OF_THE_RUN | HISTORIES.get((schema, table), ("", set()))[1]:
            found.setdefault((schema, table), {})[column] = data_type
    return found


def _table_differences(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Sequence[dict[str, str] | None],
    key: Sequence[str] | None,
) -> list[str]:
    name = ".".join(table)
    one, other = columns
    if one is None or other is None:
        return [f"{name}: only in the {'second' if one is None else 'first'} database"]
    if one != other:
        apart = sorted(set(one.items()) ^ set(other.items()))
        return [f"{name}: other columns or types: {apart}"]
    names = list(one)
    key = [column for column in key or () if column in one] or names[:1]
    chosen = ", ".join(f'"{column}"' for column in names)
    where = HISTORIES.get(table, ("true", ()))[0]
    rows = [
        connection.execute(
            f"select {chosen} from {here}.{name} where {where} "
            f"except all select {chosen} from {there}.{name} where {where}"
        ).fetchall()
        for here, there in (("one", "other"), ("other", "one"))
    ]
    return _words(name, names, key, rows) if any(rows) else []


def _words(
    name: str, columns: list[str], key: Sequence[str], rows: list[list[tuple[Any, ...]]]
) -> list[str]:
    """The rows that differ, those of one key beside each other."""
    places = [columns.index(column) for column in key]
    sides: list[dict[tuple[Any, ...], list[tuple[Any, ...]]]] = [{}, {}]
    for side, found in zip(sides, rows, strict=True):
        for row in found:
            side.setdefault(tuple(row[place] for place in places), []).append(row)
    said = [f"{name}: {len(rows[0])} rows only in the first, {len(rows[1])} only in the second"]
    for values in sorted({*sides[0], *sides[1]}, key=repr)[:SHOWN_ROWS]:
        label = ", ".join(f"{column}={value}" for column, value in zip(key, values, strict=True))
        first, second = (side.get(values, []) for side in sides)
        if len(first) == len(second) == 1:
            changes = [
                f"{column} {one!r} <> {other!r}"
                for column, one, other in zip(columns, first[0], second[0], strict=True)
                if one != other
            ]
            said.append(f"{name}: {label}: {'; '.join(changes)}")
        else:
            row = dict(zip(columns, (first or second)[0], strict=True))
            times = f"{len(first)} times in the first, {len(second)} in the second"
            said.append(f"{name}: {label}: {times}: {row}")
    return said
