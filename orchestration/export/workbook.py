"""A statement as a workbook of one sheet, for those who want to add up themselves.

Numbers are numbers; every text goes through neutral.py, so nothing in it is computed.

Belongs here: cells and their look. Does not: what a line says (words.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.export import words
from orchestration.export.month import Month, Row, Statement
from orchestration.export.neutral import neutral

MONEY = "#,##0.00"
FACTOR = "0.######"
SHARE = "0.00####%"
COLUMNS: Sequence[tuple[str, int, str]] = (
    ("#", 5, "0"), ("What", 26, ""), ("Entry", 12, ""), ("For", 10, ""), ("Day", 12, ""),
    ("Share", 10, SHARE), ("Credited", 15, MONEY), ("Currency", 9, ""), ("FX", 10, FACTOR),
    ("Base", 16, MONEY), ("Band", 6, "0"), ("Rate", 10, FACTOR), ("Amount", 14, MONEY),
    ("Plan clause", 42, ""), ("Sentence", 90, ""), ("Posting", 34, ""),
)  # fmt: skip
AMOUNT_COLUMN = 13
MUTED = Font(color="5C6B7A")
RULE = Border(bottom=Side(style="thin", color="1D2733"))


def write_workbook(month: Month, statement: Statement, path: Path) -> None:
    """Write a statement as an XLSX file."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):  # a new workbook has one
        raise TypeError("a workbook without a sheet")
    sheet.title = "Statement"
    # No clock: the same version gives the same cells and dates.
    stamp = datetime.combine(month.manifest.as_of_date, datetime.min.time())
    book.properties.created = book.properties.modified = stamp
    book.properties.creator = "Concord"
    first = _head(sheet, month, statement)
    _lines(sheet, statement.lines, first)
    _sums(sheet, statement, first + len(statement.lines) + 2)
    sheet.freeze_panes = f"C{first + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{first}:{first}"
    book.save(path)


def _head(sheet: Worksheet, month: Month, statement: Statement) -> int:
    """What it is about; returns the row of the column names."""
    head = statement.head
    _put(sheet, 1, 1, f"Statement of pay, {month.name}").font = Font(bold=True, size=16)
    _put(sheet, 2, 1, f"{head['full_name']} ({head['employee_id']})").font = Font(bold=True)
    _put(sheet, 3, 1, f"{month.company_name}; amounts in {head['currency_code']}").font = MUTED
    if month.is_final:
        state = f"final, locked on what was known on {month.period['closed_as_of_date']}"
    else:
        state = f"DRAFT, not locked: it may change; as of {month.manifest.as_of_date}"
    _put(sheet, 4, 1, state).font = Font(bold=True, color="1D7A4B" if month.is_final else "B3261E")
    if head["content_hash"]:
        _put(sheet, 5, 1, f"content {head['content_hash']}").font = MUTED
    return 7


def _lines(sheet: Worksheet, lines: Sequence[Row], first: int) -> None:
    for number, (name, width, _) in enumerate(COLUMNS, start=1):
        cell = _put(sheet, first, number, name)
        cell.font, cell.border = Font(bold=True), RULE
        cell.fill = PatternFill("solid", fgColor="F4F6F8")
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, line in enumerate(lines, start=first + 1):
        for column, value in enumerate(_cells(line), start=1):
            cell = _put(sheet, row, column, value)
            if form := COLUMNS[column - 1][2]:
                cell.number_format = form
            cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))


def _cells(line: Row) -> Sequence[object]:
    counted = line["credited_amount"]
    return (
        line["line_number"], words.event_of(line), words.kind_of(line),
        f"{line['origin_period']:%Y-%m}", str(line["event_date"] or ""), words.share_of(line),
        counted if counted is not None else line["credited_quantity"],
        line["event_currency_code"], line["fx_rate"], words.base_of(line), line["tier_number"],
        line["rate"], line["amount"], words.clause_of(line), line["explanation"],
        line["posting_key"],
    )  # fmt: skip


def _sums(sheet: Worksheet, statement: Statement, row: int) -> None:
    head = statement.head
    parts = [("Payable before", head["opening"])]
    parts += [(part.capitalize(), head[part]) for part in words.PARTS if head[part]]
    for number, (name, amount) in enumerate([*parts, ("Payable now", head["closing"])]):
        _put(sheet, row + number, AMOUNT_COLUMN - 1, name)
        _put(sheet, row + number, AMOUNT_COLUMN, amount).number_format = MONEY
    last = row + len(parts)
    for column in (AMOUNT_COLUMN - 1, AMOUNT_COLUMN):
        sheet.cell(last, column).font = Font(bold=True)
        sheet.cell(last, column).border = Border(top=Side(style="medium"))


def _put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """Write a cell; text stays text, whatever it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = neutral(value)
        cell.data_type = "s"
    elif isinstance(value, Decimal | int):
        cell.value = value
    elif value is not None:
        raise TypeError(f"no cell for {type(value).__name__}")
    return cell  # type: ignore[return-value]
