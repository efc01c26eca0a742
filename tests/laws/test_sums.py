"""Rows and sums of the small company are the same from raw to every mart; each case can fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.laws.building import HASH_KEY
from tests.laws.sums import CASES, Case, broken, broken_cases

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("laws")]

LATER_TABLE = re.compile(r"\bfrom ((?:conformed|core|compensation)\.\w+)")


@pytest.fixture
def copy(first: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the small company's warehouse that a test may spoil."""
    file = Path(shutil.copy(first, tmp_path / first.name))
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def case_of(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def test_sums_of_the_small_company(first: Path) -> None:
    assert broken_cases(first, HASH_KEY) == []


def test_no_case_is_about_nothing(copy: duckdb.DuckDBPyConnection) -> None:
    said = {case.name: copy.execute(case.raw).fetchall() for case in CASES}
    assert [name for name, rows in said.items() if not any(map(any, rows))] == []


def test_every_case_notices_lost_rows(copy: duckdb.DuckDBPyConnection) -> None:
    silent = []
    for case in CASES:
        later = LATER_TABLE.search(case.later)
        if later is None:
            assert "from staging." in case.later, case
            later = re.search(r"\bfrom (staging\.\w+)", case.later)
        assert later is not None
        copy.execute("begin")
        copy.execute(f"delete from {later[1]} where rowid % 2 = 0")
        if not list(broken(copy, case)):
            silent.append(case.name)
        copy.execute("rollback")
    assert silent == []


@pytest.mark.parametrize(
    ("name", "statement", "words"),
    [
        (
            "payments -> core.fct_payment",
            "update core.fct_payment set amount_local = amount_local + 0.01 "
            "where payment_key = (select min(payment_key) from core.fct_payment)",
            r"only in raw: \('(EUR|USD|GBP)', '\d+', '[0-9.]+'\)",
        ),
        (
            "invoices -> core.fct_invoice_line",
            "update core.fct_invoice_line set currency_code = 'EUR' where currency_code = 'USD'",
            r"2 rows only in raw: \('EUR'.*\('USD'",
        ),
        (
            "every opportunity is in the mart once",
            "insert into core.fct_opportunity from core.fct_opportunity limit 1",
            r"1 rows only in later: \('O-\d+', '2'\)",
        ),
        (
            "the bookings of an opportunity with an amount, its unallocated rest among them, sum "
            "to it",
            "update core.fct_booking set amount = amount - 0.01 "
            "where booking_key = (select min(booking_key) from core.fct_booking)",
            r"1 rows only in later",
        ),
        (
            "touches -> core.fct_touch",
            "delete from raw_file_drop.touches where rowid = 0",
            r"rows only in later",
        ),
    ],
)
def test_one_row_or_one_cent_is_noticed(
    copy: duckdb.DuckDBPyConnection, name: str, statement: str, words: str
) -> None:
    if "raw_file_drop" in statement:
        copy.execute("create table kept as from raw_file_drop.touches")
        copy.execute("drop view raw_file_drop.touches")
        copy.execute("create table raw_file_drop.touches as from kept")
    copy.execute(statement)
    said = " ".join(broken(copy, case_of(name)))
    assert said.startswith(name)
    assert re.search(words, said), said
