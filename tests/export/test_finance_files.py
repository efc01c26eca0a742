"""What an export makes of a small published month: pages, workbook, tables, tie-out."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from orchestration.export.audit_pack import Performed
from orchestration.export.finance import check_again, export_month
from orchestration.export.month import ExportError, read_month
from orchestration.export.tie_out import Check, tie_out
from orchestration.settings import Settings
from tests.export.finance_world import EVIL, EVIL_NAME, LOCKED, MAY, publish_month


def red(checks: list[Check]) -> list[tuple[str, Decimal | int | None]]:
    return [(one.step, one.difference) for one in checks if not one.is_good]


def test_a_sound_month_ties_out(tmp_path: Path) -> None:
    checks = tie_out(publish_month(tmp_path, LOCKED), "EUR")
    assert red(checks) == []
    assert all(one.is_checked for one in checks)
    assert [(one.step[0], one.left) for one in checks] == [
        ("0", 0), ("1", 1000), ("1", 0), ("2", 1000), ("3", 60), ("4", 60), ("5", 65), ("5", 5),
        ("5", 65), ("6", 60),
    ]  # fmt: skip
    assert checks[3].note == "of which the house account 400.00"


@pytest.mark.parametrize(
    ("change", "step", "difference"),
    [
        ("marts:update core.fct_booking set amount = 1001", "1 bookings", 1),
        ("marts:update core.fct_refund set refund_date = date '2026-05-04'", "1 bookings", -7),
        (
            "update compensation.comp_credit set credited_amount = 390 where credit_key = 'c2'",
            "2 credits", 10,
        ),
        ("update compensation.comp_earning_line set amount = 61", "3 earnings", 1),
        (
            "update compensation.comp_earning_line set period_grain = 'quarter', "
            "period = date '2026-05-01'", "3 earnings", -60,
        ),
        ("update compensation.comp_pending_posting set amount = 59.99", "4 ledger", "-0.01"),
        ("update compensation.comp_statement set earnings = 50 where period = '2026-05-01'",
         "5 statements", 10),
        ("update compensation.comp_statement set closing = 6 where period = '2026-04-01'",
         "5 statements", 1),
        ("update compensation.comp_payroll_input set amount = 100", "6 payroll", -40),
        ("delete from compensation.comp_payroll_input", "6 payroll", 60),
        ("insert into compensation.comp_payroll_input values ('x', '2026-05-01', 3, 'USD', '')",
         "6 payroll", -3),
    ],
)  # fmt: skip
def test_what_does_not_tie_out_is_red_where_it_breaks(
    tmp_path: Path, change: str, step: str, difference: int | str
) -> None:
    checks = tie_out(publish_month(tmp_path, LOCKED, change), "EUR")
    assert red(checks) == [(step, Decimal(difference))]


def test_a_group_that_is_held_is_red(tmp_path: Path) -> None:
    assert red(tie_out(publish_month(tmp_path, held="core"), "EUR")) == [("0 guards", 1)]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ((LOCKED, "drop table compensation.comp_payroll_input"), "no comp_payroll_input"),
        ((), "a draft is not sent"),
        (
            (
                LOCKED,
                "delete from compensation.comp_payroll_input",
                "create table compensation.comp_accrual (period date)",
            ),
            "no compensation/payroll.yml",
        ),
    ],
)
def test_without_payroll_it_says_so(tmp_path: Path, changes: tuple[str, ...], why: str) -> None:
    month = publish_month(tmp_path, *changes)
    [last] = [one for one in tie_out(month, "EUR") if not one.is_checked]
    assert (last.step, last.is_good) == ("6 payroll", True)
    assert why in last.note


def test_a_draft_is_exported_and_marked(tmp_path: Path) -> None:
    month = publish_month(tmp_path)
    made = export_month(_settings(tmp_path), month, "EUR", tmp_path / "may")
    assert made.unexplained == []
    assert not (made.folder / "audit_pack").exists()
    modes = {path.stat().st_mode & 0o777 for path in made.folder.rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in (made.folder, made.folder / "statements")}
    assert (modes, folders) == ({0o600}, {0o700})
    assert [path.name for path in tmp_path.glob(".may*")] == []
    page = (made.folder / "statements" / "E1-EUR.html").read_text()
    assert "DRAFT" in page and "Payable now" in page and "65.00 EUR" in page
    for one in made.folder.rglob("*.html"):
        text = one.read_text()
        assert EVIL_NAME not in text
        assert not re.search(r"(src|href)=\"?(https?:)?//", text), one


def test_nothing_in_a_workbook_or_table_is_a_formula(tmp_path: Path) -> None:
    made = export_month(_settings(tmp_path), publish_month(tmp_path), "EUR", tmp_path / "may")
    book = openpyxl.load_workbook(made.folder / "statements" / "E1-EUR.xlsx")
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if str(cell.value).startswith(tuple("=+@"))]
    texts = {str(cell.value) for cell in cells}
    assert {f"deal {EVIL}", "'+SUM(A1)"} <= texts
    assert {600, 0.1, 60, 65} <= {cell.value for cell in cells if cell.data_type == "n"}
    with (made.folder / "payroll_input.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["component"], row["amount"]) == ("'@cmd", "60.00")


def test_only_an_earlier_export_is_replaced(tmp_path: Path) -> None:
    month, target = publish_month(tmp_path), tmp_path / "may"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match="no earlier export"):
        export_month(_settings(tmp_path), month, "EUR", target)
    assert [path.name for path in target.iterdir()] == ["mine.txt"]
    (target / "mine.txt").unlink()
    target.rmdir()
    export_month(_settings(tmp_path), month, "EUR", target)
    (target / "index.html").write_text("old")
    export_month(_settings(tmp_path), month, "EUR", target)
    assert "Made-up &amp; Co" in (target / "index.html").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "finance.duckdb", "marts.duckdb", "may",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("done", "is_good", "is_checked"),
    [
        (Performed("m", 3, 3, is_same_month=True), True, True),
        (Performed("m", 3, 2, is_same_month=False), False, True),
        (Performed("m", 3, 3, is_same_month=False), False, True),
        (Performed("m", 3, 3, is_same_month=True, has_later_inputs=True), True, True),
        (Performed("m", 3, 2, is_same_month=False, has_later_inputs=True), True, False),
    ],
)
def test_a_month_that_comes_out_otherwise_is_red_unless_more_is_known(
    done: Performed, is_good: bool, is_checked: bool
) -> None:
    check = check_again(done)
    assert (check.is_good, check.is_checked) == (is_good, is_checked)


def test_a_month_that_is_none_is_refused_with_those_there_are(tmp_path: Path) -> None:
    month = publish_month(tmp_path)
    with pytest.raises(ExportError, match="no period 2026-06; these are: 2026-05 to 2026-05"):
        read_month(month.finance, month.manifest, "x", MAY.replace(month=6))


def _settings(folder: Path) -> Settings:
    return Settings(company_dir=folder, home=folder)
