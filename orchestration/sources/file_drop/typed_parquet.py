"""A short way for Parquet files whose columns have the canonical types already.

The long way turns each cell into text and the text into a value, which for such a file gives back
what was there. Here DuckDB reads the values themselves; only text is trimmed. A file with a row for
the quarantine goes the long way after all, because the quarantine shows rows as they were written.

Belongs here: whether a file may take it, and its SQL. Does not: the long way (parquet, sql_rows).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.canonical import arrow_type, duckdb_type
from orchestration.sources.file_drop import sql_values as values
from orchestration.sources.file_drop.limits import MAX_ROWS
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.plan import DatasetPlan, FieldPlan
from orchestration.sources.file_drop.reading import ReadLog, check_header
from orchestration.sources.file_drop.sql_rows import staged_columns

_TEXTS = frozenset({"text", "email", "currency"})
# Types of which a value of the right kind may still be unusable.
_REFUSABLE = frozenset({"currency", "date", "timestamp"})


def stage_typed(
    connection: duckdb.DuckDBPyConnection, path: Path, plan: DatasetPlan, log: ReadLog
) -> bool:
    """Make `parsed`, and `staged` to count, of a file that may take the short way; else nothing.

    Args:
        connection: Connection whose temporary tables may be replaced.
        path: The file.
        plan: Plan of the dataset.
        log: Told the rows and what the header lacks.

    Returns:
        Whether the file was read.

    Raises:
        FileRefusedError: When the file cannot be used as a whole.
    """
    if plan.format != "parquet" or plan.where or plan.attributes:
        return False
    if any(field.aliases or field.constant is not None for field in plan.fields):
        return False
    if any(mark in str(path) for mark in "*?["):
        return False  # DuckDB would take the name for a pattern.
    try:
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
    except (pa.ArrowException, OSError, ValueError):
        return False  # The long way says what is wrong.
    types = {name: schema.field(name).type for name in schema.names}
    delivered = [field for field in plan.fields if _name(plan, field) in types]
    if len(types) != len(schema.names) or metadata.num_rows > MAX_ROWS:
        return False
    if any(not _is_canonical(types[_name(plan, field)], field.type) for field in delivered):
        return False
    check_header(schema.names, plan.read_options, log)
    log.read_count = metadata.num_rows
    try:
        connection.execute(_staged(path, plan))
        connection.execute(_parsed(path, plan, types))
    except duckdb.Error as error:
        raise FileRefusedError(
            f"it cannot be read as Parquet ({str(error).splitlines()[0][:200]}): truncated or no "
            "Parquet file",
            "export it again and copy it whole, or set `format` of the dataset",
        ) from None
    return True


def _name(plan: DatasetPlan, field: FieldPlan) -> str:
    return "" if field.column is None else plan.wanted[field.column]


def _is_canonical(kind: pa.DataType, field_type: str) -> bool:
    if field_type in _TEXTS:
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
    if field_type == "timestamp":
        # Without a zone it is wall time, which needs the zone of the dataset.
        return bool(pa.types.is_timestamp(kind) and kind.tz == "UTC" and kind.unit == "us")
    return bool(kind == arrow_type(field_type))


def _rows(path: Path) -> str:
    options = "file_row_number = true, hive_partitioning = false"
    return f"read_parquet({values.literal(str(path))}, {options})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _staged(path: Path, plan: DatasetPlan) -> str:
    """Rows to count; their cells are needed for the quarantine alone, which goes the long way."""
    cells = "".join(f", cast(null as varchar) as {name}" for name in staged_columns(plan))
    return (
        f"create temp view staged as select file_row_number + 1 as row_number{cells} "  # noqa: S608
        f"from {_rows(path)}"
    )


def _parsed(path: Path, plan: DatasetPlan, types: dict[str, pa.DataType]) -> str:
    outputs, faults = [], []
    for i, field in enumerate(plan.fields):
        name = _name(plan, field)
        value, given = _value(plan, field, name, name in types)
        outputs.append(f", {value} as v{i}")
        if field.required:
            faults.append(f"case when {value} is null then '{i}' end")
        elif given and field.type not in (
            "text",
            "email",
            "money",
            "decimal",
            "integer",
            "boolean",
        ):
            cell = values.trimmed(_quoted(name)) if field.type == "currency" else _quoted(name)
            faults.append(f"case when {value} is null and {cell} is not null then '{i}' end")
    found = f"nullif(concat_ws(' ', {', '.join(faults)}), '')" if faults else "null"
    return f"""
        create or replace temp table parsed as
        select file_row_number + 1 as row_number, file_row_number + 1 as line,
            cast(null as varchar) as attributes{"".join(outputs)},
            cast({found} as varchar) as faults
        from {_rows(path)}
        """  # noqa: S608 - names are quoted


def _value(plan: DatasetPlan, field: FieldPlan, name: str, is_there: bool) -> tuple[str, bool]:
    """SQL for the value of a field, and whether the file gives it."""
    if field.type == "currency":
        default = values.literal(plan.currency)
        if not is_there:
            return default, False
        text = values.trimmed(_quoted(name))
        code = values.currency_code(text, "null")
        return f"case when {text} is null then {default} else {code} end", True
    if not is_there:
        return f"cast(null as {duckdb_type(field.type)})", False
    cell = _quoted(name)
    if field.type in ("text", "email"):
        return values.trimmed(cell), True
    if field.type == "timestamp":
        return values.within_years(f"timezone('UTC', {cell})"), True
    if field.type == "date":
        return values.within_years(cell), True
    return cell, True
