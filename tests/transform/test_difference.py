"""Writing only the rows that differ leaves the table that writing it anew would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import duckdb
import pytest

from orchestration.transform import difference
from orchestration.transform.difference import Difference, write_difference

PLACE = '"main"."kept"'
Row = tuple[Any, ...]


@pytest.fixture
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("create table wanted (id integer, name varchar, amount decimal(18, 2))")
    connection.execute("create table kept (id integer, name varchar, amount decimal(18, 2))")
    yield connection
    connection.close()


def hold(cursor: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    cursor.execute(f"delete from {table}")
    if rows:
        cursor.executemany(f"insert into {table} values (?, ?, ?)", rows)


def rows_of(cursor: duckdb.DuckDBPyConnection, table: str) -> Counter[Row]:
    return Counter(cursor.execute(f"select * from {table}").fetchall())


def write(
    cursor: duckdb.DuckDBPyConnection, query: str = "select * from wanted"
) -> Difference | None:
    """As a build does: what was not the way is undone."""
    cursor.execute("begin")
    found = write_difference(cursor, PLACE, query)
    cursor.execute("rollback" if found is None else "commit")
    return found


def some_rows(random: Random, first: int, count: int) -> list[Row]:
    """Rows of different ids whose other values repeat, are empty or unknown."""
    return [
        (number, random.choice(["a", "b", "", None]), random.choice([None, 0, 1, -1]))
        for number in range(first, first + count)
    ]


@pytest.mark.parametrize("seed", range(40))
def test_the_table_holds_the_rows_of_the_query(
    cursor: duckdb.DuckDBPyConnection, seed: int
) -> None:
    random = Random(seed)
    rows = some_rows(random, 0, 100)
    hold(cursor, "kept", rows)
    for number_of_batch in range(8):
        kept = random.sample(rows, len(rows) - random.randint(0, 10))
        changed = [
            (number, random.choice(["a", None]), amount) if random.random() < 0.1 else row
            for row in kept
            for number, _, amount in [row]
        ]
        rows = [*changed, *some_rows(random, 100 * (number_of_batch + 1), random.randint(0, 10))]
        random.shuffle(rows)
        before = rows_of(cursor, "kept")
        hold(cursor, "wanted", rows)
        found = write(cursor)
        if found is None:
            assert number_of_batch > 2, "so few changes are worth writing alone"
            hold(cursor, "kept", rows)
            continue
        after = rows_of(cursor, "kept")
        assert after == Counter(rows_of(cursor, "wanted"))
        assert found.row_count == len(rows)
        assert found.changed_count == ((after - before) + (before - after)).total()


def test_equal_rows_and_another_order_are_no_change(cursor: duckdb.DuckDBPyConnection) -> None:
    hold(cursor, "kept", [(1, "a", 1), (2, None, 2)])
    hold(cursor, "wanted", [(2, None, 2), (1, "a", 1)])
    assert write(cursor) == Difference(2, 0)


def test_values_that_changed_their_columns_or_rows_are_seen(
    cursor: duckdb.DuckDBPyConnection,
) -> None:
    cursor.execute("alter table kept alter amount type integer")
    cursor.execute("alter table wanted alter amount type integer")
    others = [(number, "x", number) for number in range(10, 30)]
    hold(cursor, "kept", [(1, "a", 2), (3, "b", 4), *others])
    hold(cursor, "wanted", [(2, "a", 1), (3, "b", 4), *others])
    assert write(cursor) == Difference(22, 2)
    hold(cursor, "wanted", [(2, "b", 1), (3, "a", 4), *others])
    assert write(cursor) == Difference(22, 4)
    assert rows_of(cursor, "kept") == rows_of(cursor, "wanted")


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [
        pytest.param([1, 2, 3, 4], [1, 2, 3, 4, 4], id="a row came twice that stands once"),
        pytest.param([1, 2, 3, 4, 4], [1, 2, 3, 4], id="a row stands twice that came once"),
    ],
)
def test_rows_that_cannot_be_told_apart_are_left_to_a_new_table(
    cursor: duckdb.DuckDBPyConnection, kept: list[int], wanted: list[int]
) -> None:
    hold(cursor, "kept", [(number, "a", 1) for number in kept])
    hold(cursor, "wanted", [(number, "a", 1) for number in wanted])
    assert write(cursor) is None
    assert rows_of(cursor, "kept") == Counter((number, "a", 1) for number in kept)


def test_a_new_row_that_came_twice_is_written_twice(cursor: duckdb.DuckDBPyConnection) -> None:
    """The test of its key must see what a new table would show it."""
    hold(cursor, "kept", [(number, "a", 1) for number in range(10)])
    hold(cursor, "wanted", [(number, "a", 1) for number in [*range(10), 11, 11]])
    assert write(cursor) == Difference(12, 2)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("select *, 1 as more from wanted", id="a column more"),
        pytest.param("select id, name from wanted", id="a column less"),
        pytest.param("select name, id, amount from wanted", id="another order"),
        pytest.param("select id::bigint as id, name, amount from wanted", id="another type"),
    ],
)
def test_another_shape_is_left_to_a_new_table(
    cursor: duckdb.DuckDBPyConnection, query: str
) -> None:
    hold(cursor, "kept", [(1, "a", 1)])
    hold(cursor, "wanted", [(1, "a", 1)])
    assert write(cursor, query) is None


def test_more_changes_than_half_the_rows_are_left_to_a_new_table(
    cursor: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(difference, "FEW", 0)
    hold(cursor, "kept", [(number, "a", 1) for number in range(10)])
    hold(cursor, "wanted", [(number, "a" if number > 2 else "b", 1) for number in range(10)])
    assert write(cursor) is None
    hold(cursor, "wanted", [(number, "a" if number > 1 else "b", 1) for number in range(10)])
    assert write(cursor) == Difference(10, 4)
    hold(cursor, "wanted", [])
    assert write(cursor) is None


def test_a_table_full_of_deleted_places_is_left_to_a_new_one(
    cursor: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(difference, "FEW", 0)
    hold(cursor, "kept", [(number, "a", 1) for number in range(100)])
    cursor.execute("delete from kept where id < 60")
    hold(cursor, "wanted", [(number, "a", 1) for number in range(60, 100)])
    assert write(cursor) is None


def test_what_is_wrong_with_the_query_is_said(cursor: duckdb.DuckDBPyConnection) -> None:
    hold(cursor, "wanted", [(1, "a", 1)])
    hold(cursor, "kept", [(1, "a", 1)])
    with pytest.raises(duckdb.ConversionException, match="abc"):
        write(cursor, "select cast('abc' as integer) as id, name, amount from wanted")


class TestSomeRows:
    """Only rows that meet a condition are compared, and what changed is kept."""

    KEPT = "main.changed"

    def write(self, cursor: duckdb.DuckDBPyConnection, condition: str) -> Difference | None:
        return write_difference(
            cursor, PLACE, "select * from wanted", f"own.id {condition}", self.KEPT
        )

    def test_the_others_stand(self, cursor: duckdb.DuckDBPyConnection) -> None:
        hold(cursor, "kept", [(1, "a", 1), (2, "a", 1), (3, "a", 1)])
        hold(cursor, "wanted", [(1, "other", 1), (2, "b", 1), (4, "new", 1)])
        assert self.write(cursor, "in (2, 4)") == Difference(4, 3, are_kept=True)
        assert sorted(rows_of(cursor, "kept")) == [
            (1, "a", 1), (2, "b", 1), (3, "a", 1), (4, "new", 1)
        ]  # fmt: skip

    def test_what_changed_is_kept_as_it_was_and_as_it_is(
        self, cursor: duckdb.DuckDBPyConnection
    ) -> None:
        hold(cursor, "kept", [(1, "a", 1), (2, "a", 1)])
        hold(cursor, "wanted", [(2, "b", 1)])
        self.write(cursor, "= 2")
        assert set(rows_of(cursor, self.KEPT)) == {(2, "a", 1, True), (2, "b", 1, False)}

    def test_equal_rows_are_left_to_a_new_table(self, cursor: duckdb.DuckDBPyConnection) -> None:
        hold(cursor, "kept", [(1, "a", 1), (2, "a", 1)])
        hold(cursor, "wanted", [(2, "a", 1), (2, "a", 1)])
        assert self.write(cursor, "= 2") is None

    def test_nothing_changed_keeps_nothing(self, cursor: duckdb.DuckDBPyConnection) -> None:
        hold(cursor, "kept", [(1, "a", 1), (2, "a", 1)])
        hold(cursor, "wanted", [(2, "a", 1)])
        assert self.write(cursor, "= 2") == Difference(2, 0)

    def test_most_of_a_table_is_not_kept(
        self, cursor: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(difference, "FEW", 0)
        hold(cursor, "kept", [(number, "a", 1) for number in range(10)])
        hold(cursor, "wanted", [(number, "a" if number else "b", 1) for number in range(10)])
        assert self.write(cursor, ">= 0") == Difference(10, 2, are_kept=True)
        hold(cursor, "wanted", [(number, "a" if number > 1 else "c", 1) for number in range(10)])
        assert self.write(cursor, ">= 0") == Difference(10, 4)
