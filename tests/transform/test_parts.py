"""A table written in parts holds the rows that it would hold written whole, however keys lie."""

from __future__ import annotations

from collections import Counter
from functools import partial
from random import Random
from typing import Any

import duckdb
import pytest

from orchestration.transform import parts
from orchestration.transform.nodes import Model, Project
from orchestration.transform.scope import renamed

SQL = (
    "select members.journey, members.period, touches.touch, "
    "row_number() over (partition by members.journey order by touches.touch) as number "
    "from made.members as members "
    "left join made.touches as touches on members.journey = touches.journey"
)
KEYS = 60
# The value by which parts are cut, of the key with this number.
VALUES: dict[str, Any] = {
    "a value each": lambda number: number,
    "far apart and below zero": lambda number: (number - 30) * 10**9,
    "ties at every bound": lambda number: number // 20,
    "one value has most keys": lambda number: max(number, 55),
    "one value has all keys": lambda number: 7,
    "some have none": lambda number: None if number % 3 == 0 else number,
    "most have none": lambda number: number if number < 4 else None,
    "none has one": lambda number: None,
}


def project(parts_by: str | None) -> Project:
    separable: dict[str, Any] = {
        "key": ["journey"],
        "reached": {"members": [[]], "touches": [["members.journey"]]},
        "restricted": [["members.journey"], ["touches.journey"]],
        "all_keys": "members",
    }
    if parts_by is not None:
        separable["parts_by"] = parts_by
    nodes = {
        f"model.{name}": {
            "unique_id": f"model.{name}", "resource_type": "model", "schema": "made",
            "name": name, "relation_name": f"made.{name}", "compiled_code": sql,
            "config": {"materialized": "table", "meta": meta},
            "depends_on": {"nodes": reads},
        }
        for name, sql, meta, reads in (
            ("members", "", {}, []),
            ("touches", "", {}, []),
            ("numbered", SQL, {"separable": separable}, ["model.members", "model.touches"]),
        )
    }  # fmt: skip
    return Project({"nodes": nodes, "sources": {}})


def filled(kind: str, values: Any, touches: int = 400) -> duckdb.DuckDBPyConnection:
    """Members in any order, most touches of one of them, and some of nobody."""
    random = Random(5)
    members = [(f"j{number:02}", values(number)) for number in range(KEYS)]
    random.shuffle(members)
    owners = [
        "j30" if random.random() < 0.6 else f"j{random.randrange(70):02}" for _ in range(touches)
    ]
    connection = duckdb.connect()
    connection.execute("create schema made")
    connection.execute(f"create table made.members (journey varchar, period {kind})")
    connection.execute("create table made.touches (journey varchar, touch integer)")
    connection.executemany("insert into made.members values (?, ?)", members)
    connection.executemany(
        "insert into made.touches values (?, ?)",
        [(owner, number) for number, owner in enumerate(owners)],
    )
    return connection


def written(connection: duckdb.DuckDBPyConnection, nodes: Project) -> Counter[tuple[Any, ...]]:
    model = nodes.models["model.numbered"]
    count = parts.write_table(connection, nodes, model, partial(renamed, SQL))
    rows = connection.execute("from made.numbered").fetchall()
    assert count == len(rows)
    return Counter(rows)


def expected(connection: duckdb.DuckDBPyConnection) -> Counter[tuple[Any, ...]]:
    """By hand: the touches of each member in their order."""
    owned: dict[str, list[int]] = {}
    for journey, touch in connection.execute("from made.touches").fetchall():
        owned.setdefault(journey, []).append(touch)
    found: Counter[tuple[Any, ...]] = Counter()
    for journey, period in connection.execute("from made.members").fetchall():
        for number, touch in enumerate(sorted(owned.get(journey, [])) or [None], start=1):
            found[(journey, period, touch, number)] += 1
    return found


def queries(connection: duckdb.DuckDBPyConnection, nodes: Project) -> list[str]:
    model: Model = nodes.models["model.numbered"]
    return [keys for _, keys in parts.part_queries(connection, nodes, model)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of this machine's memory a part may have a hundred rows."""
    monkeypatch.setattr(parts, "gigabytes", lambda _: 1)
    monkeypatch.setattr(parts, "ROWS_PER_GIGABYTE", 100)


@pytest.mark.parametrize("parts_by", ["period", "journey", None])
@pytest.mark.parametrize("shape", VALUES)
def test_parts_are_the_whole(shape: str, parts_by: str | None) -> None:
    connection, nodes = filled("bigint", VALUES[shape]), project(parts_by)
    assert written(connection, nodes) == expected(connection)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("varchar", lambda number: ["it's", "", "10", "9", 'a "b"'][number % 5]),
        ("date", lambda number: f"2026-01-{number // 2 + 1:02}"),
        ("timestamp", lambda number: f"2026-01-01 00:00:{number:02}.5"),
        ("decimal(18, 2)", lambda number: f"{number - 30}.25"),
        ("boolean", lambda number: number < 20),
    ],
)
def test_values_of_any_type_are_cut(kind: str, values: Any) -> None:
    connection, nodes = filled(kind, values), project("period")
    assert len(queries(connection, nodes)) > 1
    assert written(connection, nodes) == expected(connection)


@pytest.mark.parametrize("shape", VALUES)
def test_a_key_is_in_one_part(shape: str) -> None:
    connection = filled("bigint", VALUES[shape])
    found = [connection.execute(sql).fetchall() for sql in queries(connection, project("period"))]
    assert sorted(key for part in found for key in part) == sorted(
        connection.execute("select journey from made.members").fetchall()
    )


def test_parts_have_about_as_many_keys_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where only some keys were looked at to find the bounds."""
    connection, nodes = filled("bigint", VALUES["a value each"]), project("period")

    def sizes() -> list[int]:
        return [len(connection.execute(sql).fetchall()) for sql in queries(connection, nodes)]

    assert sizes() == [14, 15, 15, 16]
    monkeypatch.setattr(parts, "KEYS_LOOKED_AT", 20)
    assert len(sizes()) == 4
    assert max(sizes()) <= 30
    assert written(connection, nodes) == expected(connection)


def test_ranges_follow_one_another() -> None:
    """What is written first has the smallest values: rows of a range lie together."""
    connection, nodes = filled("bigint", VALUES["a value each"]), project("period")
    written(connection, nodes)
    places = connection.execute(
        "select period, min(rowid), max(rowid) from made.numbered group by period order by period"
    ).fetchall()
    size = len(places) // 4
    assert max(last for *_, last in places[: size - 2]) < min(
        first for _, first, _ in places[size + 2 :]
    )


def test_no_keys_are_one_part_without_rows() -> None:
    connection, nodes = filled("bigint", VALUES["a value each"]), project("period")
    connection.execute("delete from made.members")
    assert len(queries(connection, nodes)) == 1
    assert written(connection, nodes) == Counter()


def test_few_rows_are_written_whole() -> None:
    connection, nodes = filled("bigint", VALUES["a value each"], touches=100), project("period")
    assert queries(connection, nodes) == []
    assert written(connection, nodes) == expected(connection)
