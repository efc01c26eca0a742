"""Reads JSON of an API without changing a digit: numbers stay the text they were.

Belongs here: JSON and records to text columns. Does not: types (typing_sql.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa


def read_json(body: bytes) -> Any:
    """Return the content; numbers are texts.

    Raises:
        ValueError: When it is no JSON, or not all of it.
    """
    return json.loads(body, parse_float=str, parse_int=str)


def text_columns(records: Sequence[dict[str, Any]], fields: Sequence[str]) -> pa.Table:
    """Return records as a table of texts.

    Args:
        records: As the API gave them.
        fields: Columns; `Owner.Name` is a field of a nested object.

    Raises:
        ValueError: When a value is a list or an object.
    """
    return pa.table({name: _column(records, name) for name in fields})


def _column(records: Sequence[dict[str, Any]], name: str) -> pa.Array:
    head, _, rest = name.partition(".")
    if rest:
        inner = [record.get(head) or {} for record in records]
        return _column(inner, rest)
    values = [record.get(name) for record in records]
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    raise ValueError("a value is a list or an object")
