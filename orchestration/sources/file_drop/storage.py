"""Writes and finds the Parquet version of one file: same input, same name, same bytes.

A version consists of `<name>.parquet` and, beside it, `<name>.quarantine.jsonl`. The name holds a
hash of path, content and mapping, so a version is never written twice with different content and
an old one is never overwritten. The Parquet file is renamed into place last: where it is, all is.

Belongs here: the raw folder's layout. Does not: which versions are active.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.canonical import Entity, raw_schema
from orchestration.sources.file_drop.limits import PARQUET_ROW_GROUP
from orchestration.sources.file_drop.loading import Counts, LoadedFile, LostRowsError
from orchestration.sources.file_drop.model import QuarantinedRow
from orchestration.sources.file_drop.plan import DatasetPlan

_COUNTS = b"concord.counts"
# These depend on the other files of the dataset and on its source, so the view adds them.
_COLUMNS_OF_THE_VIEW = ("_source_system", "_dataset_rank", "_file_rank")


def version_path(plan: DatasetPlan, file: str, content_hash: str, mapping_hash: str) -> str:
    """Return where a version is, relative to the raw Parquet files' folder."""
    identity = json.dumps([file, content_hash, mapping_hash])
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return f"{plan.entity}/{plan.source}__{plan.dataset}__{digest}.parquet"


def file_schema(entity: Entity) -> pa.Schema:
    """Return the schema of a stored version: the raw table's, and the line of each row."""
    kept = [field for field in raw_schema(entity) if field.name not in _COLUMNS_OF_THE_VIEW]
    return pa.schema([*kept, pa.field("_line", pa.int64())])


def read_counts(raw_dir: Path, parquet_path: str) -> Counts | None:
    """Return the counts of a stored version, or None when it is not there as a whole."""
    path = raw_dir / parquet_path
    if not path.is_file() or not _quarantine_path(path).is_file():
        return None
    try:
        metadata = pq.read_metadata(path)
        counts = Counts(**json.loads((metadata.metadata or {})[_COUNTS]))
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        return None
    return counts if metadata.num_rows == counts.loaded else None


def read_quarantine(raw_dir: Path, parquet_path: str) -> list[QuarantinedRow]:
    """Return the quarantined rows of a stored version."""
    path = _quarantine_path(raw_dir / parquet_path)
    with path.open(encoding="utf-8", newline="\n") as stream:
        return [QuarantinedRow(**json.loads(line)) for line in stream]


def write_version(
    raw_dir: Path,
    parquet_path: str,
    entity: Entity,
    plan: DatasetPlan,
    file: str,
    rows: pa.RecordBatchReader,
    loaded: LoadedFile,
) -> None:
    """Write a version so that it is there whole or not at all."""
    path = raw_dir / parquet_path
    path.parent.mkdir(parents=True, exist_ok=True)
    load_id = path.stem
    schema = file_schema(entity).with_metadata({_COUNTS: json.dumps(asdict(loaded.counts))})
    constants = {"_source_name": plan.source, "_dataset": plan.dataset, "_file": file}
    constants["_load_id"] = load_id

    def write_rows(temporary: Path) -> None:
        written = 0
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for table in _row_groups(rows):
                writer.write_table(_with_constants(table, constants, schema))
                written += table.num_rows
        if written != loaded.counts.loaded:
            raise LostRowsError(f"{written} rows were written of {loaded.counts.loaded}")

    def write_quarantine(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            for row in loaded.quarantined:
                stream.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")

    _write_and_rename(_quarantine_path(path), write_quarantine)
    _write_and_rename(path, write_rows)


def remove_leftovers(raw_dir: Path, source: str) -> None:
    """Remove what an interrupted run of this source left half written."""
    for path in raw_dir.glob(f"*/.{source}__*.tmp"):
        path.unlink(missing_ok=True)


def _quarantine_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}.quarantine.jsonl")


def _row_groups(rows: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Cut the rows into groups of a fixed size, whatever batches they come in."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in rows:
        while count + batch.num_rows >= PARQUET_ROW_GROUP:
            taken = PARQUET_ROW_GROUP - count
            yield pa.Table.from_batches([*waiting, batch.slice(0, taken)]).combine_chunks()
            batch, waiting, count = batch.slice(taken), [], 0
        if batch.num_rows:
            waiting.append(batch)
            count += batch.num_rows
    if waiting:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _with_constants(table: pa.Table, constants: dict[str, str], schema: pa.Schema) -> pa.Table:
    columns = []
    for field in schema:
        if field.name in constants:
            columns.append(pa.repeat(pa.scalar(constants[field.name], pa.string()), len(table)))
        else:
            columns.append(table.column(field.name).cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _write_and_rename(path: Path, write: Callable[[Path], None]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    write(temporary)
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)
