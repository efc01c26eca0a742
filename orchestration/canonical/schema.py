"""The column types of raw tables, for Arrow (Parquet files) and DuckDB (views).

Belongs here: canonical type to engine type, and the technical columns every raw row carries. Does
not: how a source's text becomes a value (orchestration/sources).
"""

from __future__ import annotations

from types import MappingProxyType

import pyarrow as pa

from orchestration.canonical.entities import Entity

_ENGINE_TYPES = MappingProxyType(
    {
        "text": (pa.string(), "varchar"),
        "email": (pa.string(), "varchar"),
        "currency": (pa.string(), "varchar"),
        "date": (pa.date32(), "date"),
        "timestamp": (pa.timestamp("us"), "timestamp"),
        "money": (pa.decimal128(18, 2), "decimal(18, 2)"),
        "decimal": (pa.decimal128(18, 6), "decimal(18, 6)"),
        "integer": (pa.int64(), "bigint"),
        "boolean": (pa.bool_(), "boolean"),
    }
)

# Beside the entity's fields; timestamps are UTC and nothing here knows a clock.
TECHNICAL_COLUMNS = MappingProxyType(
    {
        "attributes": (pa.string(), "varchar"),
        "_source_system": (pa.string(), "varchar"),
        "_source_name": (pa.string(), "varchar"),
        "_dataset": (pa.string(), "varchar"),
        "_dataset_rank": (pa.int32(), "integer"),
        "_file": (pa.string(), "varchar"),
        "_file_rank": (pa.int64(), "bigint"),
        "_row_number": (pa.int64(), "bigint"),
        "_load_id": (pa.string(), "varchar"),
    }
)


def arrow_type(field_type: str) -> pa.DataType:
    """Return the Arrow type of a canonical type."""
    return _ENGINE_TYPES[field_type][0]


def duckdb_type(field_type: str) -> str:
    """Return the DuckDB type of a canonical type."""
    return _ENGINE_TYPES[field_type][1]


def raw_columns(entity: Entity) -> dict[str, str]:
    """Return the columns of an entity's raw table with their DuckDB types, in order."""
    columns = {name: duckdb_type(field.type) for name, field in entity.fields.items()}
    return columns | {name: sql_type for name, (_, sql_type) in TECHNICAL_COLUMNS.items()}


def raw_schema(entity: Entity) -> pa.Schema:
    """Return the Arrow schema of an entity's raw table."""
    fields = [pa.field(name, arrow_type(field.type)) for name, field in entity.fields.items()]
    technical = [pa.field(name, kind) for name, (kind, _) in TECHNICAL_COLUMNS.items()]
    return pa.schema(fields + technical)
