"""A field that no row has any more, though rows of the same days had a value before.

Platforms leave out what is zero, so a field that is gone looks like nothing at all. It is told from
a restatement by how much there was: a few counts may be taken back, a name never is.

Belongs here: the comparison. Does not: reading rows (each platform), what follows (pull.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from orchestration.connectors.ads.typed import has_field
from orchestration.connectors.errors import FixConfiguration

# So many campaigns' days do not lose their counts to a restatement all at once.
_COUNTS_AT_LEAST = 3


def lacking(rows: Sequence[Mapping[str, Any]], fields: Mapping[str, str]) -> dict[str, str]:
    """The columns, with their fields, that no row has; none without rows."""
    return {
        column: path
        for column, path in fields.items()
        if rows and not any(has_field(row, path) for row in rows)
    }


def refuse_vanished(
    lacks: Mapping[str, str],
    before: Iterable[Mapping[str, Any]],
    first: date,
    last: date,
    least: int = _COUNTS_AT_LEAST,
) -> None:
    """Compare with what was delivered of the same days.

    Args:
        lacks: Columns, with their fields, that no row has now.
        before: Rows that were delivered.
        first: First day.
        last: Last day.
        least: So many rows with a count do not lose it by a restatement.

    Raises:
        FixConfiguration: With every field that had values.
    """
    rows = list(before) if lacks else []
    problems = []
    for column, path in lacks.items():
        values = [row[column] for row in rows if row[column]]
        if len(values) >= (1 if values and isinstance(values[0], str) else least):
            problems.append(
                f"field {path} is not there in any row, and {column} was {values[-1]} and the like "
                f"in {len(values)} rows"
            )
    if problems:
        raise FixConfiguration(
            f"from {first} to {last} {'; '.join(problems)}; nothing of these days was stored. If "
            "that is right (it was all taken back, or options changed): --full-refresh"
        )
