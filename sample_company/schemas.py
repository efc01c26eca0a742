"""The canonical raw schemas, read as data from the entities' own files.

Belongs here: field names and Arrow types. Does not: any of Concord's code, which the sample must
not lean on.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyarrow as pa
import yaml

ENTITIES = Path(__file__).resolve().parent.parent / "orchestration" / "canonical" / "entities"
ARROW = {
    "text": pa.string(),
    "email": pa.string(),
    "currency": pa.string(),
    "date": pa.date32(),
    # With its zone: wall time would be read in the zone of the company.
    "timestamp": pa.timestamp("us", "UTC"),
    "money": pa.decimal128(18, 2),
    "decimal": pa.decimal128(18, 6),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}


@cache
def entity_types(entity: str) -> dict[str, str] | None:
    """Canonical type of each field of an entity; None for an entity that does not exist."""
    path = ENTITIES / f"{entity}.yml"
    if not path.exists():
        return None
    fields = yaml.safe_load(path.read_text(encoding="utf-8"))["fields"]
    return {name: field["type"] for name, field in fields.items()}
