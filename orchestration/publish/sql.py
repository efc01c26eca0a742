"""Writes names and texts into SQL statements safely.

Belongs here: quoting. Does not: statements.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

Columns = dict[str, str]


class Named(Protocol):
    """Anything that has a schema and a table name."""

    @property
    def schema_name(self) -> str:
        """Its schema."""

    @property
    def table_name(self) -> str:
        """Its name."""


def identifier(name: str) -> str:
    """Return a name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """Return a text in single quotes."""
    return "'" + str(text).replace("'", "''") + "'"


def qualified(database: str, table: Named) -> str:
    """Return a table's full name."""
    parts = (database, table.schema_name, table.table_name)
    return ".".join(identifier(part) for part in parts)


def select_list(columns: Iterable[str]) -> str:
    """Return columns for a select."""
    return ", ".join(identifier(name) for name in columns)
