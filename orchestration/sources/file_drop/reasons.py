"""Says in words why a row is in quarantine, and hides e-mail addresses in what it shows.

Belongs here: texts for people. Does not: deciding that a row is bad (sql_rows.py, loading.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from orchestration.sources.file_drop.limits import MAX_PAYLOAD_CHARACTERS
from orchestration.sources.file_drop.plan import DatasetPlan, FieldPlan
from orchestration.sources.file_drop.sql_values import EXCEL_ERRORS

# Words; matching the part before an @ directly would take quadratic time on a long word.
_WORD = re.compile(r"[^\s,;:<>()\[\]{}\"'\\]+")
_LONGEST_VALUE = 200


def mask_emails(text: str) -> str:
    """Return a text in which only the domain of e-mail addresses can be read."""
    return _WORD.sub(_mask_word, text) if "@" in text else text


def _mask_word(word: re.Match[str]) -> str:
    _, at, domain = word.group().rpartition("@")
    return f"***@{domain}" if at and domain else word.group()


def shorten(text: str) -> str:
    """Return a text that can be kept; the whole one is in the file."""
    more = len(text) - MAX_PAYLOAD_CHARACTERS
    return f"{text[:MAX_PAYLOAD_CHARACTERS]} [{more:,} more characters]" if more > 0 else text


def mask_value(value: str | None, field_type: str | None) -> str | None:
    """Return a value fit to be shown; one that should be an e-mail address is hidden."""
    if value is None:
        return None
    masked = mask_emails(shorten(value))
    return "***" if field_type == "email" and "***@" not in masked else masked


def payload(row: dict[str, str | None], email_columns: frozenset[str]) -> str:
    """Return a row as JSON with e-mail addresses masked."""
    shown = {
        name: mask_value(value, "email" if name in email_columns else None)
        for name, value in row.items()
    }
    return json.dumps(shown, ensure_ascii=False)


def payload_of_cells(cells: str | Sequence[str | None]) -> str:
    """Return a record that could not be taken apart as JSON, with e-mail addresses masked."""
    if isinstance(cells, str):
        return json.dumps({"record": mask_value(cells, None)}, ensure_ascii=False)
    shown = [mask_value(text, None) for text in cells]
    return json.dumps({"record": shown}, ensure_ascii=False)


def field_reason(field: FieldPlan, plan: DatasetPlan, value: str | None) -> str:
    """Say what is wrong with one field's value and what is allowed."""
    column = plan.wanted[field.column] if field.column is not None else None
    place = f"{field.name} (column {column!r})" if column else field.name
    if value is None:
        return f"{place} is blank but required"
    shown = mask_value(value[:_LONGEST_VALUE], field.type)
    if value in EXCEL_ERRORS:
        return f"{place} holds the Excel error {shown}; correct the formula"
    return f"{place} is {shown!r}, {_expectation(field.type, plan)}"


def _expectation(field_type: str, plan: DatasetPlan) -> str:
    dialect = f"decimal mark {plan.decimal!r}, " + (
        f"thousands mark {plan.thousands!r}" if plan.thousands else "no thousands mark"
    )
    dates = ", ".join(plan.date_formats) or "ISO 8601 such as 2026-10-31"
    return {
        "money": f"no amount that can be taken exactly ({dialect}, at most 2 decimals and 16 "
        "digits before them, no mark of another currency)",
        "decimal": f"no number ({dialect})",
        "integer": f"no whole number ({dialect})",
        "boolean": "not true/false, yes/no, t/f, y/n or 1/0",
        "currency": "no currency code of three letters such as EUR",
        "date": f"no date in the form {dates}, years 1000 to 9999",
        "timestamp": f"no date and time in the form {dates}, years 1000 to 9999",
    }.get(field_type, "not usable")


def duplicate_reason(key: dict[str, Any], first_line: int) -> str:
    """Say that an earlier row of the file has the same key but other content."""
    shown = ", ".join(f"{name} {mask_emails(str(value))!r}" for name, value in key.items())
    return (
        f"{shown} is already in line {first_line} with other content; the first is kept: "
        "correct the export so that each key is there once"
    )


def reference_reason(field: str, value: str, entity: str) -> str:
    """Say that a required reference is unknown."""
    return (
        f"{field} {mask_emails(value)!r} is not among the loaded {entity} of this source; "
        f"deliver it, or see whether that row is in quarantine"
    )
