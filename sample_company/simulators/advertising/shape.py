"""How a vendor's rows change their shape: a new field, another type, a field that is gone.

Belongs here: changes to a row that is ready to be sent. Does not: what a row says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
_GONE = object()


class Shape:
    """Changes to all rows from now on; paths have dots, as `metrics.costMicros`."""

    def __init__(self) -> None:
        """Change nothing."""
        self._changes: list[tuple[list[str], Callable[[Any], Any]]] = []

    def add(self, path: str, value: Any) -> None:
        """Let rows that have the object have a field more."""
        self._changes.append((path.split("."), lambda _: value))

    def change(self, path: str, function: Callable[[Any], Any]) -> None:
        """Let a field, where it is there, have another type or value."""
        self._changes.append((path.split("."), lambda x: _GONE if x is _GONE else function(x)))

    def drop(self, path: str) -> None:
        """Let a field be gone."""
        self._changes.append((path.split("."), lambda _: _GONE))

    def restore(self) -> None:
        """Be as documented again."""
        self._changes.clear()

    def of(self, row: Row) -> Row:
        """The row as it is sent."""
        for (*parents, name), function in self._changes:
            place: Any = row
            for parent in parents:
                place = place.get(parent) if isinstance(place, dict) else None
            if not isinstance(place, dict):
                continue
            value = function(place.get(name, _GONE))
            if value is _GONE:
                place.pop(name, None)
            else:
                place[name] = value
        return row
