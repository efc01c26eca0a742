"""How a tile of the sample company becomes rows: one list of columns per canonical entity.

Belongs here: the container that the chapters of the story write into. Does not: what happens
(web, programmes, content, customers), or Parquet (parquet_files).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]


class Rows:
    """Rows by entity, and rows of the planted truth by table."""

    def __init__(self) -> None:
        """Begin empty."""
        self.delivered: dict[str, list[Row]] = defaultdict(list)
        self.truth: dict[str, list[Row]] = defaultdict(list)

    def add(self, entity: str, /, **values: Any) -> None:
        """Add a row of an entity; fields that are not named are blank."""
        self.delivered[entity].append(values)

    def plant(self, table: str, /, **values: Any) -> None:
        """Add a row of the truth."""
        self.truth[table].append(values)


def utc(moment: datetime) -> datetime:
    """The moment in UTC, to the second."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.replace(microsecond=0) if moment.microsecond else moment
