"""The queries.

Belongs here: SOQL. Does not: sending it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

_UNQUOTED = frozenset({"true", "false", "null"})


def moment(value: datetime) -> str:
    """A moment as SOQL writes it, to the millisecond."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def select(object_name: str, fields: Sequence[str], conditions: Iterable[str]) -> str:
    """A query."""
    where = " AND ".join(conditions)
    query = f"SELECT {', '.join(fields)} FROM {object_name}"  # noqa: S608 - SOQL, checked names
    return f"{query} WHERE {where}" if where else query


def window(field: str, since: datetime | None, until: datetime) -> list[str]:
    """Conditions of an extraction window: after `since`, up to `until`."""
    after = [f"{field} > {moment(since)}"] if since else []
    return [*after, f"{field} <= {moment(until)}"]


def days(field: str, start: datetime, end: datetime) -> list[str]:
    """Conditions of whole days: from `start`, before `end`."""
    return [f"{field} >= {moment(start)}", f"{field} < {moment(end)}"]


def filters(where: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Conditions that an output makes."""
    found = []
    for field, values in where.items():
        if not values:
            found.append(f"{field} != null")
            continue
        listed = [value if value in _UNQUOTED else _quoted(value) for value in values]
        single = len(listed) == 1
        found.append(f"{field} = {listed[0]}" if single else f"{field} IN ({', '.join(listed)})")
    return found


def with_ids(ids: Sequence[str]) -> str:
    """Condition on ids."""
    return f"Id IN ({', '.join(_quoted(value) for value in ids)})"


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
