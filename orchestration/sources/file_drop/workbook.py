"""Reads XLSX workbooks; a line number is the row's number in the sheet.

Belongs here: choosing the sheet, rows to cells. Does not: whether the archive is safe to open
(workbook_safety.py) or what a cell means.

A formula gives the value that was saved with it. A text that looks like a formula stays text.
"""

from __future__ import annotations

import lzma
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError  # noqa: S405 - only the error; openpyxl uses defusedxml

import pyarrow as pa

from orchestration.sources.file_drop.cells import Cell, plain_cell
from orchestration.sources.file_drop.limits import MAX_COLUMNS, MAX_XLSX_ROWS
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.reading import (
    BatchBuilder,
    ReadLog,
    ReadOptions,
    check_header,
)
from orchestration.sources.file_drop.workbook_safety import check_archive, require_calculated

# Excel calculates with and shows 15 significant digits; what a double holds beyond is noise.
_EXCEL_DIGITS = ".15g"
# Whatever a reader of hostile XML in a damaged zip may raise.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    ParseError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OSError,
    EOFError,
    RuntimeError,
    AssertionError,
)
_MIDNIGHT = "T00:00:00"


def read_workbook(path: Path, options: ReadOptions, log: ReadLog) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one sheet as batches of cells."""
    check_archive(path)
    try:
        with _open_sheet(path, options.sheet) as sheet:
            yield from _read_sheet(sheet, options, log)
    except _DAMAGED as error:
        raise FileRefusedError(
            f"it cannot be read as a workbook ({str(error)[:200] or type(error).__name__}): "
            "damaged or no XLSX file",
            "open it in a spreadsheet program and save it again, or export it as CSV",
        ) from None


@contextmanager
def _open_sheet(path: Path, name: str | None) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that do not matter for values
        # Here, because most deliveries hold no workbook and the import takes a third of a second.
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        if name is not None and name not in sheets:
            raise FileRefusedError(
                f"it has no sheet {name!r}; it has {', '.join(map(repr, sheets))}",
                "correct `sheet` of the dataset in sources.yml",
            )
        if not sheets:
            raise FileRefusedError("it has no sheet with cells", "export it again")
        sheet = sheets[name] if name is not None else next(iter(sheets.values()))
        # The dimension a sheet claims is not believed; rows count as they come.
        sheet.reset_dimensions()
        yield sheet
    finally:
        book.close()


def _read_sheet(sheet: Any, options: ReadOptions, log: ReadLog) -> Iterator[pa.RecordBatch]:
    with sheet._get_source() as source:  # the sheet's XML inside the archive
        require_calculated(source)
    rows = _rows(sheet)
    first = next(rows, None)
    if first is None:
        raise FileRefusedError(
            f"sheet {sheet.title!r} is empty", "put the column names into the first row"
        )
    header = ["" if value is None else str(value).strip() for value in first[1]]
    while header and not header[-1]:
        header.pop()
    positions = check_header(header, options, log)
    places = [positions.get(name) for name in options.wanted]
    builder = BatchBuilder(
        {f"{kind}{i}": 2 * i + side for i in range(len(places)) for side, kind in enumerate("tn")}
    )
    for line, values in rows:
        number = log.count_row()
        if any(value is not None for value in values[len(header) :]):
            log.add_fault(
                line,
                f"the row has a value right of the last header (column {len(header)})",
                [None if value is None else str(value) for value in values],
            )
            continue
        cells = [part for place in places for part in _cell(values, place)]
        if builder.add(number, line, cells, sum(len(cell) for cell in cells if cell)):
            yield builder.take()
    if (rest := builder.take()) is not None:
        yield rest


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the rows that are not blank, with their numbers."""
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if line > MAX_XLSX_ROWS:
            raise FileRefusedError(
                f"it claims more than {MAX_XLSX_ROWS:,} rows, which no workbook can have",
                "save it again in a spreadsheet program, or export it as CSV",
            )
        if len(values) > MAX_COLUMNS:
            raise FileRefusedError(
                f"row {line} claims {len(values):,} columns; the limit is {MAX_COLUMNS:,}",
                "save it again in a spreadsheet program, or export it as CSV",
            )
        if any(value is not None and value != "" for value in values):
            yield line, values


def _cell(values: tuple[Any, ...], place: int | None) -> Cell:
    if place is None or place >= len(values):
        return None, None
    text, plain = plain_cell(values[place], _EXCEL_DIGITS)
    if plain is not None and plain.endswith(_MIDNIGHT):
        plain = plain.removesuffix(_MIDNIGHT)
    return text, plain
