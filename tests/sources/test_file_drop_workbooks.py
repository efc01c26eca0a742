"""XLSX: typed cells come through, and hostile or damaged workbooks do no harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

_at = datetime.fromisoformat  # UTC without a zone, as raw tables hold it

HEADER = ["id", "stage", "value", "closed"]


def _book(*rows: list[Any], sheet: str = "Sheet") -> bytes:
    book = openpyxl.Workbook()
    active: Any = book.active
    active.title = sheet
    for row in rows:
        active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _edit(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return the workbook with one of its XML files changed."""
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            text = old.read(entry)
            new.writestr(entry, change(text.decode()) if entry == name else text)
    return sink.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def books(drop: Any) -> Any:
    drop.deals(files="*.xlsx")
    return drop


def test_typed_cells(books: Any) -> None:
    columns = books.datasets["deals"]["columns"]
    books.options = {"decimal": ",", "thousands": ".", "time_zone": "Europe/Berlin"}
    books.deals(columns={**columns, "created_at": "created", "is_test": "test"})
    books.write(
        "deals.xlsx",
        _book(
            [*HEADER, "created", "test"],
            [1001, "Won", 1234.5, date(2024, 1, 2), _at("2024-07-01 12:00:00"), True],
            [1002.0, "Won", 0.1 + 0.2, _at("2024-01-02 00:00:00"), date(2024, 1, 1), 0],
            ["003", "=cmd|' /C calc'!A0", "1.234,50", "2024-01-02", None, None],
            [None, None, "", None, None, None],
            ["4", "'+1+1", -5, None, None, "no"],
        ),
    )
    # openpyxl writes a text with = as a formula; make it the text it is in a real export.
    path = books.folder / "deals.xlsx"
    path.write_bytes(
        _edit(
            path.read_bytes(),
            SHEET,
            lambda xml: xml.replace(
                "<c r=\"B4\"><f>cmd|' /C calc'!A0</f><v /></c>",
                '<c r="B4" t="inlineStr"><is><t>=cmd|\' /C calc\'!A0</t></is></c>',
            ),
        )
    )
    books.extract()

    assert not books.result.refusals
    assert not books.result.quarantined
    rows = books.rows()
    assert [row["opportunity_id"] for row in rows] == ["1001", "1002", "003", "4"]
    assert [row["sales_stage"] for row in rows][2:] == ["=cmd|' /C calc'!A0", "'+1+1"]
    assert [row["amount"] for row in rows] == [
        Decimal("1234.50"),
        Decimal("0.30"),
        Decimal("1234.50"),
        Decimal(-5),
    ]
    assert [row["close_date"] for row in rows] == [date(2024, 1, 2)] * 3 + [None]
    assert [row["created_at"] for row in rows][:2] == [
        _at("2024-07-01 10:00:00"),
        _at("2023-12-31 23:00:00"),
    ]
    assert [row["is_test"] for row in rows] == [True, False, None, False]


def test_the_line_is_the_sheets_row(books: Any) -> None:
    content = _book(HEADER, ["1", "Won", "x", None], [None] * 4, ["2", "Won", 1.005, None, "extra"])
    books.write("deals.xlsx", content)
    books.extract()

    assert [(row.line, row.column) for row in books.result.quarantined] == [(2, "value"), (4, None)]


def test_excel_errors_go_to_quarantine(books: Any) -> None:
    books.write("deals.xlsx", _book(HEADER, ["#REF!", "Won", 1, None], ["2", "Won", "#N/A", None]))
    books.extract()

    assert [row.value for row in books.result.quarantined] == ["#REF!", "#N/A"]
    assert "Excel error" in books.result.quarantined[0].reason


def test_a_formula_gives_its_saved_value(books: Any) -> None:
    def calculated(xml: str) -> str:
        return xml.replace("<f>1+1</f><v />", "<f>1+1</f><v>2</v>")

    content = _book(HEADER, ["1", "Won", "=1+1", None])
    books.write("deals.xlsx", _edit(content, SHEET, calculated))
    books.extract()

    assert books.column("amount") == [Decimal(2)]


def test_a_formula_without_a_value_is_refused(books: Any) -> None:
    books.write("deals.xlsx", _book(HEADER, ["1", "Won", "=1+1", None]))
    books.extract()

    assert "C2 holds a formula that was never calculated" in books.refusal()


def test_the_sheet_is_chosen_by_name(books: Any) -> None:
    book: Any = openpyxl.Workbook()
    book.active.append(["nothing"])
    book.create_sheet("Deals").append(HEADER)
    sink = io.BytesIO()
    book.save(sink)
    books.write("deals.xlsx", sink.getvalue())
    books.deals(sheet="Deals")
    books.extract()
    assert not books.result.refusals

    books.deals(sheet="deals")
    books.extract()
    assert "no sheet 'deals'; it has 'Sheet', 'Deals'" in books.refusal()


def test_a_dimension_of_a_billion_rows_is_not_believed(books: Any) -> None:
    def claim(xml: str) -> str:
        assert '<dimension ref="A1:D2"' in xml
        return xml.replace('ref="A1:D2"', 'ref="A1:XFD1000000000"')

    books.write("deals.xlsx", _edit(_book(HEADER, ["1", "Won", 5, None]), SHEET, claim))
    books.extract()

    assert not books.result.refusals
    assert len(books.rows()) == 1


def test_a_row_number_of_a_billion_is_refused(books: Any) -> None:
    def claim(xml: str) -> str:
        assert '<row r="2"' in xml
        return xml.replace('<row r="2"', '<row r="1000000000"').replace('r="A2"', 'r="A1000000000"')

    books.write("deals.xlsx", _edit(_book(HEADER, ["1", "Won", 5, None]), SHEET, claim))
    books.extract()

    assert "claims more than 1,048,576 rows" in books.refusal()


def test_an_entity_bomb_is_refused(books: Any) -> None:
    def bomb(xml: str) -> str:
        entities = '<!ENTITY a "ha">' + "".join(
            f'<!ENTITY {name} "{f"&{before};" * 10}">'
            for before, name in zip("abcdefgh", "bcdefghi", strict=True)
        )
        body = xml[xml.index("<worksheet") :].replace("</sheetData>", "&i;</sheetData>")
        return f"<!DOCTYPE x [{entities}]>{body}"

    books.write("deals.xlsx", _edit(_book(HEADER, ["1", "Won", 5, None]), SHEET, bomb))
    books.extract()

    assert "cannot be read as a workbook" in books.refusal()


def test_a_zip_bomb_is_refused_before_it_is_opened(
    books: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("the workbook was opened")

    monkeypatch.setattr(openpyxl, "load_workbook", never)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, b"0" * 40_000_000)
    books.write("deals.xlsx", sink.getvalue())
    books.extract()
    assert "times its size; the limit is 200" in books.refusal()

    limit = "orchestration.sources.file_drop.workbook_safety.MAX_XLSX_UNPACKED_BYTES"
    monkeypatch.setattr(limit, 1_000_000)
    books.extract()
    assert "would unpack to 40,000,000 bytes; the limit is 1,000,000" in books.refusal()

    entries = "orchestration.sources.file_drop.workbook_safety.MAX_XLSX_ENTRIES"
    monkeypatch.setattr(entries, 0)
    books.extract()
    assert "has 1 entries" in books.refusal()


def test_a_zip_that_lies_about_its_size_cannot_unpack_more(books: Any) -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(3, 50_000))
    content = _edit(
        _book(HEADER, ["1", "Won", 5, None]),
        SHEET,
        lambda xml: xml.replace("</sheetData>", f"{rows}</sheetData>"),
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    books.write(
        "deals.xlsx", content.replace(size.to_bytes(4, "little"), (500).to_bytes(4, "little"))
    )
    books.extract()

    assert "cannot be read as a workbook" in books.refusal()


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.99])
def test_a_cut_workbook(books: Any, part: float) -> None:
    content = _book(HEADER, ["1", "Won", 5, None])
    books.write("deals.xlsx", content[: int(len(content) * part)])
    books.extract()

    assert "export it again and copy it whole" in books.refusal()


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", SHEET, "[Content_Types].xml"])
def test_damaged_parts(books: Any, name: str) -> None:
    books.write(
        "deals.xlsx", _edit(_book(HEADER, ["1", "W", 5, None]), name, lambda x: x[: len(x) // 2])
    )
    books.extract()

    assert "cannot be read as a workbook" in books.refusal()


def test_an_old_workbook_and_an_empty_sheet(books: Any) -> None:
    books.write("deals.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    books.extract()
    assert "save it as .xlsx" in books.refusal()

    books.write("deals.xlsx", _book())
    books.extract()
    assert "is empty" in books.refusal()
