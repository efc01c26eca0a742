"""The comparison of two databases can fail, and says which table, which row, which column."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.laws.comparing import differences, table_names
from tests.laws.conftest import Life

pytestmark = pytest.mark.xdist_group("laws")

Spoil = Callable[[str], list[str]]
KEYS = {"fct_booking": ("booking_key",)}
BOOKINGS = """
    create schema core;
    create schema kpi;
    create table core.fct_booking as
    select * from (values
        ('b1', cast(10.00 as decimal(18, 2)), 'smb'),
        ('b2', cast(0.01 as decimal(18, 2)), null),
        ('b3', null, 'enterprise')
    ) as rows(booking_key, amount, segment)
"""


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """What differs once a statement has spoilt one of two equal databases."""

    def spoilt(statement: str) -> list[str]:
        files = [tmp_path / "one.duckdb", tmp_path / "other.duckdb"]
        for file in files:
            with duckdb.connect(str(file)) as connection:
                connection.execute(BOOKINGS)
                if file is files[1]:
                    connection.execute(statement)
        return differences(files[0], files[1], KEYS)

    return spoilt


def test_equal_databases_do_not_differ(spoil: Spoil) -> None:
    assert spoil("select 1") == []


@pytest.mark.slow
def test_all_marts_are_compared(first: Path) -> None:
    assert {"core.fct_booking", "funnel.fct_person_stage", "kpi.rpt_kpi"} <= table_names(first)


OF_THE_FIRST = "where booking_key = 'b1'"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            f"update core.fct_booking set amount = amount + 0.01 {OF_THE_FIRST}",
            r"core\.fct_booking: booking_key=b1: amount Decimal\('10.00'\) <> Decimal\('10.01'\)",
        ),
        (
            f"delete from core.fct_booking {OF_THE_FIRST}",
            r"core\.fct_booking: booking_key=b1: 1 times in the first, 0 in the second",
        ),
        (
            f"insert into core.fct_booking from core.fct_booking {OF_THE_FIRST}",
            r"core\.fct_booking: booking_key=b1: 0 times in the first, 1 in the second",
        ),
        (
            f"update core.fct_booking set segment = null {OF_THE_FIRST}",
            r"core\.fct_booking: booking_key=b1: segment 'smb' <> None",
        ),
        (
            "alter table core.fct_booking alter amount type decimal(18, 3)",
            r"core\.fct_booking: other columns or types: .*'DECIMAL\(18,2\)'",
        ),
        ("drop table core.fct_booking", r"core\.fct_booking: only in the first database"),
        ("create table kpi.more (more integer)", r"kpi\.more: only in the second database"),
    ],
)
def test_what_differs_is_named(spoil: Spoil, statement: str, words: str) -> None:
    found = spoil(statement)
    assert any(re.match(words, line) for line in found), found
    assert {line.split(":")[0] for line in found} <= {"core.fct_booking", "kpi.more"}


def test_columns_of_the_run_may_differ(spoil: Spoil) -> None:
    assert spoil("alter table core.fct_booking add column publish_version bigint default 7") == []


@pytest.mark.slow
def test_a_model_that_loses_a_row_is_found_in_every_mart_that_reads_it(
    life: Life, first: Path
) -> None:
    query = life.queries["conformed_payments"]
    spoilt = {
        **life.queries,
        "conformed_payments": f"select * from ({query}) order by payment_key offset 1",
    }
    found = differences(first, life.from_scratch("spoilt", spoilt), life.keys)
    assert any(re.match(r"core\.fct_payment: payment_key=\w+: 1 times", line) for line in found)
