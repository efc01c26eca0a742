"""Reads a CSV file of the company folder into rows of one model.

Belongs here: CSV as a format (header, number of cells, lines). Does not: which columns exist,
or checks that compare rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from orchestration.company.model_problems import error_text
from orchestration.company.problems import Problem, quoted
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.text_file import FileRefusedError, read_text, unprintable
from orchestration.company.value_types import CsvRow

Row = TypeVar("Row", bound=CsvRow)


@dataclass(frozen=True)
class CsvFile(Generic[Row]):
    """The rows of a CSV file, or None when the file has problems of its own."""

    name: str
    rows: list[Row] | None
    problems: list[Problem]


def columns_of(model: type[CsvRow]) -> list[str]:
    """Return the columns that a CSV of these rows may have, in their usual order."""
    return [name for name in model.model_fields if name != "line"]


def required_columns_of(model: type[CsvRow]) -> list[str]:
    """Return the columns that it must have: those of fields without a default."""
    fields = model.model_fields
    return [name for name in columns_of(model) if fields[name].is_required()]


def row_problem(
    file: str, row: CsvRow, column: str, message: str, *, allowed: str | None = None, fix: str
) -> Problem:
    """Make a problem about one cell of a row."""
    value = quoted(getattr(row, column))
    return Problem(file, row.line, column, value, message, allowed, fix)


def read_csv(path: Path, name: str, model: type[Row]) -> CsvFile[Row]:
    """Read a CSV file.

    Args:
        path: The file.
        name: Its name in messages.
        model: Model of one row; its fields but `line` are the columns. A column whose field has
            a default may be left out.
    """
    columns, required = columns_of(model), required_columns_of(model)
    problems: list[Problem] = []
    rows: list[Row] = []
    try:
        text = read_text(path, name, f"create it; a header is enough: {','.join(required)}")
        records = list(_records(text, name))
    except FileRefusedError as refusal:
        return CsvFile(name, None, [refusal.problem])
    if not records:
        fix = f"write the header: {','.join(required)}"
        return CsvFile(name, None, [Problem(name, 1, "", None, "the file is empty", None, fix)])
    line, header = records[0]
    header = [cell.strip() for cell in header]
    problems += _header_problems(name, line, header, columns, required)
    if problems and not set(required) <= set(header):
        return CsvFile(name, None, problems)
    for line, cells in records[1:]:
        if len(cells) != len(header):
            problems.append(_width_problem(name, line, cells, header))
            continue
        row, found = _row(name, line, dict(zip(header, cells, strict=True)), model)
        problems += found
        if row is not None:
            rows.append(row)
    return CsvFile(name, None if problems else rows, problems)


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank, with the line that it starts in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        fix = "put cells that hold quotes, commas or line breaks in quotes, and double the quotes"
        message = f"is not readable as CSV: {error}"
        raise FileRefusedError(Problem(name, line, "", None, message, None, fix)) from None


def _header_problems(
    name: str, line: int, header: list[str], columns: list[str], required: list[str]
) -> list[Problem]:
    allowed = listed(columns)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        fix = "save the file with commas between the cells"
        message = "the cells are not separated by commas"
        return [Problem(name, line, "", quoted(header[0]), message, allowed, fix)]
    problems = []
    missing = [column for column in required if column not in header]
    for position, column in enumerate(header):
        if column not in columns:
            hint = did_you_mean(column, missing or columns)
            fix = hint or "remove the column"
            key = quoted(column) or ""
            problems.append(Problem(name, line, key, None, "unknown column", allowed, fix))
        elif column in header[:position]:
            fix = "remove or rename one of the two"
            problems.append(Problem(name, line, column, None, "the column stands twice", None, fix))
    for column in missing:
        fix = f"add the column {column!r} to the header and to every row"
        problems.append(Problem(name, line, column, None, "missing column", allowed, fix))
    return problems


def _width_problem(name: str, line: int, cells: list[str], header: list[str]) -> Problem:
    few_or_many = "few" if len(cells) < len(header) else "many"
    message = f"the row has too {few_or_many} cells: {len(cells)} instead of {len(header)}"
    fix = "check the commas; a cell that holds a comma must stand in double quotes"
    return Problem(name, line, "", None, message, None, fix)


def _row(
    name: str, line: int, cells: dict[str, str], model: type[Row]
) -> tuple[Row | None, list[Problem]]:
    problems = []
    values: dict[str, str | int | None] = {"line": line}
    for column in (name for name in columns_of(model) if name in cells):
        text = cells[column].strip()
        if unprintable(text):
            message = "holds an invisible control character"
            problems.append(
                Problem(name, line, column, quoted(text), message, None, "type it again")
            )
        values[column] = text or None
    try:
        row = model.model_validate(values)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            column = str(item["loc"][0]) if item["loc"] else ""
            message, allowed, fix = error_text(item)
            value = quoted(values.get(column))
            problems.append(Problem(name, line, column, value, message, allowed, fix))
        return None, problems
    return row, problems
