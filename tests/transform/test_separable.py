"""What a yml says of how a model falls apart, and the queries it means."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.transform.separable import (
    Reach,
    Step,
    read_separable,
    rows_needed,
    rows_reached,
    separable_test,
)

TOUCHES = Step("touches", ("person",), ("person",))


def test_ways_are_read() -> None:
    found = read_separable(
        {
            "key": ["journey"],
            "reached": {
                "members": [[]],
                "raw.touch": [{"of": ["id"], "through": ["raw.touch.person=who"], "key": ["j"]}],
            },
            "restricted": [["members.journey", "touches.person+day=member+date"]],
        }
    )
    assert found.reached["members"] == (Reach((), ("journey",)),)
    step = Step("raw.touch", ("person",), ("who",))
    assert found.reached["raw.touch"] == (Reach((step,), ("j",), ("id",)),)
    last = Step("touches", ("person", "day"), ("member", "date"))
    assert found.restricted == ((Step("members", ("journey",), ("journey",)), last),)
    assert not found.may_be_null


@pytest.mark.parametrize("step", ["touches", "touches.", ".person"])
def test_a_step_names_a_table_and_a_column(step: str) -> None:
    with pytest.raises(ValueError, match=r"is no step; allowed: table.column"):
        read_separable({"key": ["a"], "reached": {"touches": [[step]]}})


def test_parts_are_cut_by_a_column_of_the_table_of_keys() -> None:
    said = {"key": ["a"], "reached": {"touches": [[]]}}
    assert read_separable(said).parts_by is None
    found = read_separable({**said, "all_keys": "touches", "parts_by": "b"})
    assert (found.all_keys, found.parts_by) == ("touches", "b")
    with pytest.raises(ValueError, match="parts_by: b is a column of no table; name"):
        read_separable({**said, "parts_by": "b"})


def test_a_test_looks_at_rows_that_changed_and_at_those_that_name_one() -> None:
    found = separable_test("touches", ["id"], {"channel": {"to": "channels", "field": "name"}})
    assert found.reached["touches"] == (Reach((), ("id",)),)
    named = Step("touches", ("channel",), ("name",))
    assert found.reached["channels"] == (Reach((named,), ("id",)),)
    assert found.may_be_null


def test_a_table_that_names_its_own_rows_is_reached_both_ways() -> None:
    found = separable_test("accounts", ["id"], {"parent": {"to": "accounts", "field": "id"}})
    assert [len(way.path) for way in found.reached["accounts"]] == [0, 1]


class TestQueries:
    @pytest.fixture
    def connection(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute("create table keys as select * from (values (1), (null)) as k(person)")
        connection.execute(
            "create table touches as select * from (values (1, 7, 'a'), (1, 8, 'b'), (2, 8, 'c'), "
            "(null, 9, 'd')) as t(person, session, name)"
        )
        return connection

    def names(self, connection: duckdb.DuckDBPyConnection, query: str) -> str:
        rows = connection.execute(f"select name from ({query}) as rows order by all").fetchall()
        return "".join(name for (name,) in rows)

    def test_rows_with_the_same_value(self, connection: duckdb.DuckDBPyConnection) -> None:
        assert self.names(connection, rows_reached("keys", (TOUCHES,), str)) == "ab"

    def test_missing_values_where_they_matter(self, connection: duckdb.DuckDBPyConnection) -> None:
        query = rows_reached("keys", (TOUCHES,), str, "is not distinct from")
        assert self.names(connection, query) == "abd"

    def test_two_steps(self, connection: duckdb.DuckDBPyConnection) -> None:
        path = (TOUCHES, Step("touches", ("session",), ("session",)))
        assert self.names(connection, rows_reached("keys", path, str)) == "abc"

    def test_of_several_paths_each_row_once(self, connection: duckdb.DuckDBPyConnection) -> None:
        path = (TOUCHES, Step("touches", ("session",), ("session",)))
        assert self.names(connection, rows_needed("keys", [(TOUCHES,), path], str)) == "abc"
