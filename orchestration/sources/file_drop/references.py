"""Required references: which rows name an id that their source did not deliver.

Whether a reference is known depends on the other files, which change while this one stays the
same. So the check never goes into a stored version: it is made anew in every run (here, for the
quarantine list and the counts) and by the raw views (views.py) with the same condition.

It is made only where the source delivers the referenced entity: at least one of its files is
active.

Belongs here: that condition. Does not: optional references, which dbt maps to unknown members.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.canonical import Entity
from orchestration.sources.file_drop.model import FileVersion, QuarantinedRow
from orchestration.sources.file_drop.reasons import mask_value, reference_reason
from orchestration.sources.file_drop.sql_values import literal, literals


def read_files(files: Sequence[FileVersion], raw_dir: Path) -> str:
    """Return SQL that reads the stored versions."""
    paths = tuple(str((raw_dir / file.parquet_path).absolute()) for file in files)
    return f"read_parquet([{literals(paths)}], union_by_name = true)"


def unknown_reference(
    field: str, target: Entity, files: Sequence[FileVersion], raw_dir: Path, table: str
) -> str | None:
    """Return SQL that is true for a row whose reference is unknown, or None if nobody can say.

    Args:
        field: The referencing field.
        target: The referenced entity.
        files: All active files.
        raw_dir: The raw folder.
        table: Alias of the referencing rows.
    """
    targets = [file for file in files if file.entity == target.name]
    sources = tuple(sorted({file.source for file in targets}))
    if not sources:
        return None
    known = f"select _source_name, {target.key[0]} from {read_files(targets, raw_dir)}"  # noqa: S608
    return (
        f"({table}.{field} is not null and {table}._source_name in ({literals(sources)}) "
        f"and ({table}._source_name, {table}.{field}) not in ({known}))"
    )


def apply_references(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[FileVersion],
    entities: Mapping[str, Entity],
    raw_dir: Path,
) -> tuple[list[FileVersion], list[QuarantinedRow]]:
    """Return the files with counts that know of unknown references, and those rows."""
    orphans: list[QuarantinedRow] = []
    for entity in entities.values():
        for field, target in entity.required_references().items():
            orphans.extend(
                _find_orphans(connection, entity, field, entities[target], files, raw_dir)
            )
    # A row with two unknown references is one row in quarantine.
    by_row = {(row.dataset, row.file, row.line): row for row in reversed(orphans)}
    found = Counter((dataset, file) for dataset, file, _ in by_row)
    counted = [
        replace(
            file,
            row_count=file.row_count - found[file.dataset, file.file],
            quarantined_count=file.quarantined_count + found[file.dataset, file.file],
        )
        for file in files
    ]
    return counted, sorted(by_row.values(), key=lambda row: (row.dataset, row.file, row.line))


def _find_orphans(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    field: str,
    target: Entity,
    files: Sequence[FileVersion],
    raw_dir: Path,
) -> list[QuarantinedRow]:
    own = [file for file in files if file.entity == entity.name and file.row_count]
    condition = unknown_reference(field, target, files, raw_dir, "rows") if own else None
    if condition is None:
        return []
    columns = "".join(f", cast(rows.{name} as varchar)" for name in entity.fields)
    found = connection.execute(
        f"select rows._dataset, rows._file, rows._line, rows.attributes{columns} "  # noqa: S608
        f"from {read_files(own, raw_dir)} as rows where {condition} "
        "order by rows._dataset, rows._file, rows._row_number"
    ).fetchall()
    return [_orphan(own[0].source, entity, field, target, row) for row in found]


def _orphan(
    source: str, entity: Entity, field: str, target: Entity, row: Sequence[Any]
) -> QuarantinedRow:
    dataset, file, line, attributes, *cells = row
    values = dict(zip(entity.fields, cells, strict=True))
    shown = {
        name: mask_value(value, entity.fields[name].type)
        for name, value in values.items()
        if value is not None
    }
    if attributes is not None:
        shown["attributes"] = mask_value(attributes, None)
    return QuarantinedRow(
        source=source,
        dataset=dataset,
        entity=entity.name,
        file=file,
        line=line,
        reason=reference_reason(field, values[field], target.name),
        payload=json.dumps(shown, ensure_ascii=False),
        column=field,
        value=values[field],
    )


def ranks(files: Sequence[FileVersion]) -> str:
    """Return SQL rows (load id, source system, dataset rank, file rank) of the files."""
    return ", ".join(rank_rows(files))


def rank_rows(files: Sequence[FileVersion]) -> list[str]:
    """Return those rows one by one."""
    return [
        f"({literal(file.load_id)}, {literal(file.source_system)}, {file.dataset_rank}, "
        f"{file.file_rank})"
        for file in files
    ]
