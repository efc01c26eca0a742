"""What readers of PostgreSQL get is what readers of the files get: rows, types, words."""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.postgres.published_home import WORDS, PublishedHome

pytestmark = pytest.mark.xdist_group("postgres")


def comparable(value: Any) -> Any:
    """DuckDB's naive timestamps are UTC; NaN equals nothing, itself included."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return str(value) if isinstance(value, (list, dict, UUID)) else value


def sorted_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(map(comparable, row)) for row in rows), key=repr)


def test_psycopg_reads_every_table_as_it_was_published(home: PublishedHome) -> None:
    result = home.release(1)
    assert (result.table_count, result.copied_tables) == (10, 10)  # five of them are ops
    names = home.file_rows("select schema_name || '.' || table_name from duckdb_tables()")
    for (name,) in names:
        mine, theirs = home.database.rows(f"select * from {name}"), home.file_rows(f"from {name}")
        if name == "core.fct_every_type":
            theirs = home.file_rows(
                f"select * replace (a_list::varchar as a_list, a_struct::varchar as a_struct, "
                f"a_hugeint::decimal(38, 0) as a_hugeint) from {name}"
            )
        assert sorted_rows(mine) == sorted_rows(theirs), name


def as_psql_prints(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "t" if value else "f"
    return f"{value}+00" if isinstance(value, datetime) else str(value)


def test_psql_reads_every_table_as_it_was_published(home: PublishedHome) -> None:
    home.release(1)
    names = home.file_rows("select schema_name || '.' || table_name from duckdb_tables()")
    for (name,) in names:
        if name == "core.fct_every_type":  # its lists and floats are written in other ways
            continue
        printed = home.database.server.psql(home.database.name, f"select * from {name}")
        theirs = [
            [as_psql_prints(value) for value in row] for row in home.file_rows(f"from {name}")
        ]
        assert sorted(csv.reader(io.StringIO(printed))) == sorted(theirs), name


def test_types_are_those_of_the_contract(home: PublishedHome) -> None:
    home.release(1)
    found = dict(
        home.database.rows(
            """
            select attname, format_type(atttypid, atttypmod) from pg_attribute
            where attrelid = 'core.fct_every_type'::regclass and attnum > 0
            """
        )
    )
    assert {name: found[name] for name in found if name != "publish_version"} == {
        "a_tinyint": "smallint",
        "a_smallint": "smallint",
        "an_integer": "integer",
        "a_bigint": "bigint",
        "a_utinyint": "smallint",
        "a_usmallint": "integer",
        "a_uinteger": "bigint",
        "a_ubigint": "numeric(20,0)",
        "a_hugeint": "numeric(39,0)",
        "a_real": "real",
        "a_double": "double precision",
        "another_double": "double precision",
        "an_amount": "numeric(18,2)",
        "a_rate": "numeric(18,9)",
        "a_boolean": "boolean",
        "a_date": "date",
        "a_timestamp": "timestamp with time zone",
        "a_moment": "timestamp with time zone",
        "a_time": "time without time zone",
        "a_uuid": "uuid",
        "a_text": "text",
        "a_list": "text",
        "a_struct": "text",
    }


def test_timestamps_are_moments_whatever_the_reader_s_zone(home: PublishedHome) -> None:
    home.release(1)
    with home.database.connect() as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")
        found = connection.execute("select min(booked_at) from core.fct_booking").fetchone()
    assert found is not None
    assert found[0].astimezone(UTC) == datetime(2026, 1, 31, 23, 30, 0, 123456, tzinfo=UTC)


def test_words_and_keys_come_along(home: PublishedHome) -> None:
    home.release(1)
    assert home.database.rows("select obj_description('core.dim_account'::regclass)") == [(WORDS,)]
    assert home.database.rows("select col_description('core.dim_account'::regclass, 2)") == [
        ("Name as the CRM has it",)
    ]
    indexes = home.database.rows(
        "select indexdef from pg_indexes where schemaname = 'core__000001' order by 1"
    )
    assert [text.split("(")[-1] for (text,) in indexes] == ["account_key)", "booking_key)"]
    home.release(2)
    assert home.database.rows("select obj_description('core.dim_account'::regclass)") == [(WORDS,)]


def test_a_nul_becomes_the_replacement_character(home: PublishedHome) -> None:
    home.release(1, "update core.dim_account set account_name = 'a' || chr(0) || 'b'")
    found = home.database.rows("select distinct account_name from core.dim_account")
    assert found == [("a\N{REPLACEMENT CHARACTER}b",)]


def test_an_overlong_key_only_costs_the_index(home: PublishedHome) -> None:
    long_key = "(select string_agg(md5(i::varchar), '') from range(3000) as numbers(i))"
    home.release(1, f"update core.dim_account set account_key = {long_key}")
    assert home.database.rows("select count(*) from core.dim_account") == [(10,)]
    indexes = home.database.rows("select tablename from pg_indexes where schemaname ~ '^core__'")
    assert indexes == [("fct_booking",)]
