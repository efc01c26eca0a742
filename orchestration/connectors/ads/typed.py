"""Reads a row's fields with the types that they must have, and names the one that has not.

Numbers are texts here (json_body.py), so that no digit changes on the way.

Belongs here: a field's value. Does not: which fields a platform has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from orchestration.connectors.errors import FixConfiguration

_LONGEST_ROW = 300
_LONGEST_VALUE = 60
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_MILLIONTH = Decimal("0.000001")
_MISSING = object()


def has_field(row: Mapping[str, Any], path: str) -> bool:
    """Whether a row has a field that is not null; parts of a path have dots between."""
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value is not None


@dataclass(frozen=True)
class Fields:
    """One row as the platform told it.

    Attributes:
        row: The row.
        place: What the row is, for a message.
    """

    row: Mapping[str, Any]
    place: str

    def text(self, path: str) -> str:
        """A text that must be there."""
        value = self._value(path)
        if not isinstance(value, str) or not value:
            raise self.wrong(path, "a text")
        return value

    def one_of(self, path: str, known: Sequence[str]) -> str:
        """A text that must be one of those that are known."""
        value = self._value(path)
        if not isinstance(value, str) or value not in known:
            raise self.wrong(path, f"one of {', '.join(known)}")
        return value

    def optional_text(self, path: str) -> str | None:
        """A text; None when the field is not there or null."""
        value = self._value(path)
        return None if value is _MISSING or value is None else self.text(path)

    def decimal(self, path: str, default: str | None = None) -> Decimal:
        """A number; `default` when the field is not there."""
        return Decimal(self._number(path, default, _DECIMAL, "a number"))

    def millionths(self, path: str, default: str | None = None) -> Decimal:
        """A number, rounded to the sixth place."""
        return self.decimal(path, default).quantize(_MILLIONTH)

    def count(self, path: str, default: str | None = None) -> int:
        """A whole number; `default` when the field is not there."""
        return int(self._number(path, default, _INTEGER, "a whole number"))

    def optional_count(self, path: str) -> int | None:
        """A whole number; None when the field is not there or null."""
        value = self._value(path)
        return None if value is _MISSING or value is None else self.count(path)

    def day(self, path: str) -> date:
        """A day as YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.text(path))
        except ValueError:
            raise self.wrong(path, "a day") from None

    def items(self, path: str) -> list[Any]:
        """A list; empty when the field is not there."""
        value = self._value(path)
        if value is _MISSING:
            return []
        if not isinstance(value, list):
            raise self.wrong(path, "a list")
        return value

    def wrong(self, path: str, wanted: str) -> FixConfiguration:
        """The error for a field that has not the type that it had."""
        value = self._value(path)
        said = "is not there" if value is _MISSING else f"is {json.dumps(value)[:_LONGEST_VALUE]}"
        shown = json.dumps(self.row, sort_keys=True, default=str)[:_LONGEST_ROW]
        return FixConfiguration(
            f"{self.place}: field {path} {said} and was {wanted}; a row does not have the fields "
            f"and types that it had: {shown}; nothing of these days was stored"
        )

    def _number(self, path: str, default: str | None, pattern: re.Pattern[str], wanted: str) -> str:
        value = self._value(path)
        if value is _MISSING and default is not None:
            return default
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.wrong(path, wanted)
        return value

    def _value(self, path: str) -> Any:
        value: Any = self.row
        for name in path.split("."):
            if not isinstance(value, Mapping) or name not in value:
                return _MISSING
            value = value[name]
        return value
