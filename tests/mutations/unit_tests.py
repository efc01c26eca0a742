"""Runs dbt's unit tests of a model on a query that may have been spoiled.

dbt takes seconds for one of them; a mutation needs them all in a moment. The given rows become
tables of a database in memory, the query runs, and what it returns is compared with the expected
rows as dbt does: the columns that they name, in any order of rows.

Belongs here: that. Does not: which query (mutants.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import duckdb

from tests.connections import connect

CATALOG = "warehouse"
INPUT = re.compile(r"(?P<kind>ref|source)\((?P<names>[^)]*)\)")
Types = Mapping[str, Mapping[str, str]]  # by schema.table, of each column


class UnitTests:
    """The unit tests of a manifest.

    Args:
        manifest: dbt's, with unit tests and relations.
        types: The columns of every table that they may give.
    """

    def __init__(self, manifest: Mapping[str, Any], types: Types) -> None:
        """Keep what is given."""
        self._nodes = {
            node["name"]: f"{node['schema']}.{node['name']}"
            for kind in ("nodes", "sources")
            for node in manifest[kind].values()
            if node["resource_type"] in ("model", "source")
        }
        self._tests = [_ for _ in manifest["unit_tests"].values() if _is_plain(_)]
        self._types = types

    def failing(self, model: str, sql: str) -> list[str]:
        """Return the names of the model's unit tests that do not hold of a query.

        A query that cannot run at all fails them, too.
        """
        return [test["name"] for test in self.of(model) if not self._holds(test, model, sql)]

    def of(self, model: str) -> list[Mapping[str, Any]]:
        """The unit tests of a model."""
        return [test for test in self._tests if test["model"] == model]

    def _holds(self, test: Mapping[str, Any], model: str, sql: str) -> bool:
        with connect() as connection:
            connection.execute(f"attach ':memory:' as {CATALOG}")
            connection.execute(f"use {CATALOG}")
            connection.execute("set TimeZone = 'UTC'")
            for given in test["given"]:
                self._give(connection, given)
            types = self._types[self._nodes[model]]
            rows = test["expect"]["rows"]
            columns = [name.lower() for name in rows[0]] if rows else ["*"]
            try:
                found = connection.execute(
                    f"select {', '.join(columns)} from ({sql}\n) as found"
                ).fetchall()
            except duckdb.Error:
                return False
            wanted = [
                _typed(connection, [types[name.lower()] for name in rows[0]], row.values())
                for row in rows
            ]
            return Counter(map(_told, found)) == Counter(map(_told, wanted))

    def _give(self, connection: duckdb.DuckDBPyConnection, given: Mapping[str, Any]) -> None:
        matched = INPUT.match(given["input"])
        assert matched is not None, given["input"]
        table = self._nodes[re.split(r"[,\s]+", matched["names"].replace("'", ""))[-1]]
        types = self._types[table]
        connection.execute(f"create schema if not exists {table.split('.')[0]}")
        listed = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        connection.execute(f"create table {table} ({listed})")
        for row in given["rows"]:
            names = [name.lower() for name in row]
            values = _typed(connection, [types[name] for name in names], row.values())
            marks = ", ".join("?" for _ in names)
            connection.execute(
                f"insert into {table} ({', '.join(names)}) values ({marks})", list(values)
            )


def _is_plain(test: Mapping[str, Any]) -> bool:
    """Whether rows are listed, and nothing but rows is said to differ."""
    sides = [*test["given"], test["expect"]]
    return not test.get("overrides") and all(isinstance(side["rows"], list) for side in sides)


def _typed(connection: duckdb.DuckDBPyConnection, kinds: list[str], values: Any) -> tuple[Any, ...]:
    """Cast what YAML or CSV says to the types of columns."""
    casts = ", ".join(f"cast(? as {kind})" for kind in kinds)
    texts = [None if value in (None, "") else str(value) for value in values]
    row = connection.execute(f"select {casts}", texts).fetchone()
    assert row is not None
    return row


def _told(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(map(_value, row))


def _value(value: Any) -> str:
    """One text for one value, whatever its number of decimals."""
    if isinstance(value, bool) or value is None:
        return str(value)
    try:
        return f"{value.normalize():f}"
    except AttributeError:
        return str(value)
