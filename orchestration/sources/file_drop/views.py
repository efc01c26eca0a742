"""The raw views: what dbt's staging models read.

A view shows the rows of the active files only, adds what depends on the other files (the ranks)
and leaves out rows whose required reference is unknown. An entity without files is an empty view
with the right types.

Belongs here: SQL of the views. Does not: running it (the caller owns the warehouse).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from orchestration.canonical import Entity, raw_columns
from orchestration.sources.file_drop.model import FileVersion
from orchestration.sources.file_drop.references import (
    rank_rows,
    ranks,
    read_files,
    unknown_reference,
)
from orchestration.sources.file_drop.sql_values import literal

RAW_SCHEMA = "raw_file_drop"
# Which files each view shows, and what else its rows depend on: see raw_loads_sql.
LOADS_TABLE = "raw_loads.shown"
_RANK_COLUMNS = {
    "_source_system": "ranks.source_system",
    "_dataset_rank": "ranks.dataset_rank",
    "_file_rank": "ranks.file_rank",
}


def raw_view_sql(
    entity: Entity,
    files: Iterable[FileVersion],
    raw_dir: Path,
    entities: Mapping[str, Entity],
) -> str:
    """Return the statement that makes the raw view of one entity.

    Args:
        entity: The entity.
        files: The active files of all entities and sources.
        raw_dir: The raw folder.
        entities: All canonical entities, for required references.
    """
    active = sorted(files, key=lambda file: (file.entity, *file.identity))
    own = [file for file in active if file.entity == entity.name]
    columns = raw_columns(entity)
    name = f"{RAW_SCHEMA}.{entity.name}"
    empty = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in columns.items())
    if not own:
        return f"create or replace view {name} as select {empty} where false"
    shown = ", ".join(
        f"cast({_RANK_COLUMNS.get(column, f'rows.{column}')} as {kind}) as {column}"
        for column, kind in columns.items()
    )
    unknown = _unknown_references(entity, active, raw_dir, entities)
    # The empty branch gives versions written before a field existed that field, as NULL.
    return (
        f"create or replace view {name} as select {shown} "  # noqa: S608
        f"from (select {empty} where false union all by name "
        f"select * from {read_files(own, raw_dir)}) as rows "
        f"inner join (values {ranks(own)}) as ranks"
        "(load_id, source_system, dataset_rank, file_rank) "
        f"on rows._load_id = ranks.load_id where not ({unknown})"
    )


def raw_views_sql(
    entities: Mapping[str, Entity], files: Iterable[FileVersion], raw_dir: Path
) -> list[str]:
    """Return the statements that make the schema and the raw view of every entity."""
    active = list(files)
    views = [raw_view_sql(entity, active, raw_dir, entities) for entity in entities.values()]
    return [
        f"create schema if not exists {RAW_SCHEMA}",
        *views,
        *raw_loads_sql(entities, active, raw_dir),
    ]


def raw_loads_sql(
    entities: Mapping[str, Entity], files: Sequence[FileVersion], raw_dir: Path
) -> list[str]:
    """Return the statements that say of each view which files it shows, and how.

    Of two states of a view with the same `conditions`, the rows that are in one only are those of
    the files that are in one only.

    Args:
        entities: All canonical entities.
        files: The active files of all of them.
        raw_dir: The raw folder.
    """
    rows = []
    for entity in entities.values():
        unknown = _unknown_references(entity, files, raw_dir, entities)
        shown = f"{', '.join(raw_columns(entity))} where not ({unknown})"
        conditions = literal(hashlib.sha256(shown.encode()).hexdigest())
        own = [file for file in files if file.entity == entity.name]
        rows += [f"({literal(entity.name)}, {conditions}, {rank[1:]}" for rank in rank_rows(own)]
    schema = LOADS_TABLE.split(".")[0]
    names = "entity, conditions, load_id, source_system, dataset_rank, file_rank"
    empty = "(select null, null, null, null, null, null where false)"
    shown_rows = f"(values {', '.join(rows)})" if rows else empty
    return [
        f"create schema if not exists {schema}",
        f"create or replace table {LOADS_TABLE} as "  # noqa: S608
        f"select * from {shown_rows} as loads({names})",
    ]


def _unknown_references(
    entity: Entity, files: Sequence[FileVersion], raw_dir: Path, entities: Mapping[str, Entity]
) -> str:
    conditions = [
        unknown_reference(field, entities[target], files, raw_dir, "rows")
        for field, target in entity.required_references().items()
    ]
    return " or ".join(condition for condition in conditions if condition) or "false"
