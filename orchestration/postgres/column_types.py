"""Which PostgreSQL type a DuckDB column becomes, and how its values travel.

Belongs here: types. A DuckDB TIMESTAMP of the marts is UTC by contract, so it becomes timestamptz.
"""

from __future__ import annotations

from orchestration.publish.sql import identifier

# A type whose values travel as they are.
TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "UTINYINT": "smallint",
    "SMALLINT": "smallint",
    "USMALLINT": "integer",
    "INTEGER": "integer",
    "UINTEGER": "bigint",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamptz",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
# A type whose values travel as text that PostgreSQL reads.
TYPES_BY_TEXT = {
    "UBIGINT": "numeric(20,0)",
    "HUGEINT": "numeric(39,0)",
    "TIME": "time",
    "UUID": "uuid",
}
TEXT = "text"
# PostgreSQL's text cannot hold the character NUL; it becomes the replacement character.
NUL, REPLACEMENT = "chr(0)", "chr(65533)"


def postgres_type(kind: str) -> str:
    """Return the type of a column; what PostgreSQL has no type for becomes text."""
    if kind.startswith("DECIMAL("):
        return kind.replace("DECIMAL", "numeric")
    return TYPES.get(kind) or TYPES_BY_TEXT.get(kind, TEXT)


def travelling(name: str, kind: str) -> str:
    """Return the DuckDB expression whose values are sent."""
    column = identifier(name)
    if kind.startswith("DECIMAL(") or kind in TYPES:
        return column
    text = f"cast({column} as varchar)" if kind != "VARCHAR" else column
    return f"replace({text}, {NUL}, {REPLACEMENT}) as {column}"
