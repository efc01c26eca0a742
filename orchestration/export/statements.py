"""Statements and the overview as web pages: each one file, printable, with nothing from elsewhere.

Belongs here: filling the templates. Does not: workbooks (workbook.py), what a line says (words.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.export import words
from orchestration.export.month import Month, Statement

if TYPE_CHECKING:
    from orchestration.export.tie_out import Check

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["words"] = words
    made.filters["money"] = lambda amount: f"{amount:,}"
    made.filters["plain"] = words.plain
    made.filters["percent"] = words.percent
    return made


def statement_page(month: Month, statement: Statement) -> str:
    """A statement as a page."""
    return _environment().get_template("statement.html.j2").render(month=month, one=statement)


def overview_page(month: Month, files: Sequence[str], checks: Sequence[Check]) -> str:
    """All statements of the month, what else lies there, and whether it ties out."""
    template = _environment().get_template("overview.html.j2")
    return template.render(
        month=month, files=files, checks=checks, is_tied=all(one.is_good for one in checks)
    )


def tie_out_page(month: Month, checks: Sequence[Check]) -> str:
    """The tie-out as a page."""
    template = _environment().get_template("tie_out.html.j2")
    return template.render(month=month, checks=checks, is_tied=all(one.is_good for one in checks))
