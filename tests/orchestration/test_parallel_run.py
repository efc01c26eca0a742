"""A month beside a spreadsheet: what is equal, what differs and by how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.scenario.parallel_run import (
    ParallelRunError,
    compare_amounts,
    read_amounts,
    read_posted,
)

MONTH = date(2026, 9, 1)
FILE = """\
employee_id,component,amount
E1,commission,100.50
E1,commission,-0.25
E2,commission,7
E3,spiff,0
"""


@pytest.fixture
def finance(tmp_path: Path) -> Path:
    """A finance file with the columns that are read."""
    path = tmp_path / "finance.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create schema compensation;
            create table compensation.comp_payee as
            select * from (values ('p1', 'E1'), ('p2', 'E2')) as t (payee_key, employee_id);
            create table compensation.comp_plan_component as
            select * from (values ('c1', 'commission'), ('c2', 'commission'))
                as t (component_key, component);
            create table compensation.comp_ledger as select * from (values
                ('p1', 'c1', null, 'earning', 60.25::decimal(18, 2), date '2026-09-01'),
                ('p1', 'c1', null, 'earning', 999, date '2026-08-01'),
                ('p1', 'c1', null, 'payment', -500, date '2026-09-01'),
                ('p2', null, 'o1', 'adjustment', 5, date '2026-09-01')
            ) as t (payee_key, component_key, override_key, entry_type, amount, posting_period);
            create table compensation.comp_pending_posting as select * from (values
                ('p1', 'c2', null, 'adjustment', 40::decimal(18, 2), date '2026-09-01'),
                ('p2', 'c1', null, 'earning', 6.99, date '2026-09-01')
            ) as t (payee_key, component_key, override_key, entry_type, amount, posting_period);
            """
        )
    return path


def test_what_is_equal_and_what_differs(finance: Path, tmp_path: Path) -> None:
    file = tmp_path / "paid.csv"
    file.write_text(FILE, encoding="utf-8")
    found = compare_amounts(read_posted(finance, MONTH), read_amounts(file))
    assert [(one.employee_id, one.component, one.state, one.difference) for one in found] == [
        ("E1", "commission", "equal", 0),
        ("E2", "commission", "differs", Decimal("-0.01")),
        ("E2", "override", "only_here", 5),
        ("E3", "spiff", "equal", 0),
    ]
    missing = compare_amounts({}, {("E9", "commission"): Decimal(3)})
    assert [(one.state, one.difference) for one in missing] == [("only_in_file", -3)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("payee,amount\n", "has to be employee_id,component,amount"),
        ("employee_id,component,amount\nE1,,5\nE1,base,1.000,50\n", "paid.csv:2"),
        ("employee_id,component,amount\nE1,base,NaN\n", "without signs of thousands"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "paid.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ParallelRunError, match=message):
        read_amounts(file)
