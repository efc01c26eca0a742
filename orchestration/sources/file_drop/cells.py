"""Writes typed cells (of workbooks, JSON, Parquet) plainly: ISO dates, a point for decimals.

Belongs here: one Python value to its text. Does not: which field it is for.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

# Text as written by the source, and the value written plainly; at most one of the two is there.
Cell = tuple[str | None, str | None]

# Numbers beyond this many digits stay as they are written: no field could hold them.
_MAX_EXPONENT = 40


def plain_number(text: str) -> str:
    """Return a number without an exponent and without a useless fraction."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT:
        return text
    plain = format(number, "f")
    whole, _, fraction = plain.partition(".")
    return whole if fraction and not fraction.strip("0") else plain


def plain_float(value: float, digits: str = "") -> str | None:
    """Return a float as decimal text; NaN is a blank.

    Args:
        value: The number.
        digits: Format of its significant digits; default the shortest text that gives it back.
    """
    if math.isnan(value):
        return None
    return plain_number(format(value, digits) if digits else repr(value))


def plain_cell(value: Any, float_digits: str = "") -> Cell:
    """Return a value as a cell."""
    if value is None:
        return None, None
    if isinstance(value, str):
        return value, None
    if isinstance(value, bool):
        return None, "true" if value else "false"
    if isinstance(value, float):
        return None, plain_float(value, float_digits)
    if isinstance(value, (int, Decimal)):
        return None, plain_number(str(value))
    if isinstance(value, (datetime, date)):
        return None, value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace"), None
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str), None
    return str(value), None
