"""One table that another loader filled, wherever it is.

Belongs here: its shape. Does not: finding or reading it (tables.py, postgres_tables.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class LandedTable:
    """One table.

    Attributes:
        name: As the loader wrote it.
        relation: SQL that reads it.
        columns: Name in small letters to its name and type, in order.
    """

    name: str
    relation: str
    columns: Mapping[str, tuple[str, str]]
