"""Validity periods: valid_from inclusive, valid_to exclusive or open.

Belongs here: comparing periods of rows of one CSV. Does not: what the rows are about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol, TypeVar

from orchestration.company.problems import Problem, quoted


class Dated(Protocol):
    """What a row with a validity period has."""

    @property
    def line(self) -> int:
        """Line of the row."""

    @property
    def valid_from(self) -> date:
        """First day that the row holds."""

    @property
    def valid_to(self) -> date | None:
        """First day that the row no longer holds; None when it is open."""


DatedRow = TypeVar("DatedRow", bound=Dated)


def end_of(row: Dated) -> date:
    """Return the first day that a row no longer holds; the last day of all when it is open."""
    return row.valid_to or date.max


def holds_on(row: Dated, day: date) -> bool:
    """Say whether a row holds on a day."""
    return row.valid_from <= day < end_of(row)


def validity_problems(
    file: str, rows: Iterable[DatedRow], key: Callable[[DatedRow], str], what: str
) -> list[Problem]:
    """Find periods that end before they start, and periods of one key that overlap.

    Args:
        file: Name of the CSV in messages.
        rows: Its rows.
        key: What a row is about; only rows of the same key must not overlap.
        what: Word for the key in messages.
    """
    problems: list[Problem] = []
    by_key: dict[str, list[DatedRow]] = defaultdict(list)
    for row in rows:
        if end_of(row) <= row.valid_from:
            problems.append(
                Problem(
                    file,
                    row.line,
                    "valid_to",
                    quoted(row.valid_to),
                    "the validity ends before it starts",
                    f"a day after {row.valid_from}, or blank",
                    "correct valid_from or valid_to; valid_to is the first day after",
                )
            )
        else:
            by_key[key(row)].append(row)
    for name, group in by_key.items():
        problems += _overlaps(file, group, f"{what} {name!r}")
    return problems


def _overlaps(file: str, rows: Iterable[DatedRow], who: str) -> list[Problem]:
    problems = []
    latest: DatedRow | None = None
    for row in sorted(rows, key=lambda row: (row.valid_from, row.line)):
        if latest is not None and row.valid_from < end_of(latest):
            until = latest.valid_to or "open"
            problems.append(
                Problem(
                    file,
                    row.line,
                    "valid_from",
                    quoted(row.valid_from),
                    f"{who} overlaps with line {latest.line} ({latest.valid_from} to {until})",
                    "periods that do not overlap; valid_to is the first day after",
                    f"end line {latest.line} with valid_to {row.valid_from}, or start later"
                    if latest.valid_from < row.valid_from
                    else "remove one of the two rows",
                )
            )
        if latest is None or end_of(row) > end_of(latest):
            latest = row
    return problems
