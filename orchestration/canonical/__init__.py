"""The canonical entities: what a source may deliver, in Concord's words.

Belongs here: loading entities/*.yml and the types that follow from them. Does not: how one source
writes its files (orchestration/sources) or what a company decides (orchestration/company).
"""

from orchestration.canonical.entities import Entity, EntityError, Field, load_entities
from orchestration.canonical.schema import (
    TECHNICAL_COLUMNS,
    arrow_type,
    duckdb_type,
    raw_columns,
    raw_schema,
)

__all__ = [
    "TECHNICAL_COLUMNS",
    "Entity",
    "EntityError",
    "Field",
    "arrow_type",
    "duckdb_type",
    "load_entities",
    "raw_columns",
    "raw_schema",
]
