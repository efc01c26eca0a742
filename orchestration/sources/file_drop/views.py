"""The raw views: what dbt's staging models read.

A view shows the rows of the active files only, adds what depends on the other files (the ranks)
and leaves out rows whose required reference is unknown. An entity without files is an empty view
with the right types.

Belongs here: SQL of the views. Does not: running it (the caller owns the warehouse).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from orchestration.canonical import Entity, raw_columns
from orchestration.sources.file_drop.model import FileVersion
from orchestration.sources.file_drop.references import ranks, read_files, unknown_reference

RAW_SCHEMA = "raw_file_drop"
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
    return [f"create schema if not exists {RAW_SCHEMA}", *views]


def _unknown_references(
    entity: Entity, files: Sequence[FileVersion], raw_dir: Path, entities: Mapping[str, Entity]
) -> str:
    conditions = [
        unknown_reference(field, entities[target], files, raw_dir, "rows")
        for field, target in entity.required_references().items()
    ]
    return " or ".join(condition for condition in conditions if condition) or "false"
