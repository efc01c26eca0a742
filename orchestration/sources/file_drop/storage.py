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
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.sources.file_drop.engine import first_row
from orchestration.sources.file_drop.limits import PARQUET_ROW_GROUP
from orchestration.sources.file_drop.loading import Counts, LoadedFile, LostRowsError, good_rows
from orchestration.sources.file_drop.model import QuarantinedRow
from orchestration.sources.file_drop.plan import DatasetPlan
from orchestration.sources.file_drop.sql_values import literal

_COUNTS = "concord.counts"


def version_path(plan: DatasetPlan, file: str, content_hash: str, mapping_hash: str) -> str:
    """Return where a version is, relative to the raw Parquet files' folder."""
    identity = json.dumps([file, content_hash, mapping_hash])
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return f"{plan.entity}/{plan.source}__{plan.dataset}__{digest}.parquet"


def read_counts(raw_dir: Path, parquet_path: str) -> Counts | None:
    """Return the counts of a stored version, or None when it is not there as a whole."""
    path = raw_dir / parquet_path
    if not path.is_file() or not _quarantine_path(path).is_file():
        return None
    try:
        metadata = pq.read_metadata(path)
        counts = Counts(**json.loads((metadata.metadata or {})[_COUNTS.encode()]))
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        return None
    return counts if metadata.num_rows == counts.loaded else None


def read_quarantine(raw_dir: Path, parquet_path: str) -> list[QuarantinedRow]:
    """Return the quarantined rows of a stored version."""
    path = _quarantine_path(raw_dir / parquet_path)
    with path.open(encoding="utf-8", newline="\n") as stream:
        return [QuarantinedRow(**json.loads(line)) for line in stream]


def write_version(
    connection: duckdb.DuckDBPyConnection,
    raw_dir: Path,
    parquet_path: str,
    plan: DatasetPlan,
    file: str,
    loaded: LoadedFile,
) -> None:
    """Write the file just loaded as a version, so that it is there whole or not at all.

    Args:
        connection: Holds the good rows (loading.py).
        raw_dir: The raw folder.
        parquet_path: Where the version belongs in it.
        plan: Plan of the dataset.
        file: Name of the file.
        loaded: What reading it gave.

    Raises:
        LostRowsError: When not every good row was written.
        duckdb.IOException: When the disk is full.
    """
    path = raw_dir / parquet_path
    path.parent.mkdir(parents=True, exist_ok=True)
    constants = {"_source_name": plan.source, "_dataset": plan.dataset, "_file": file}
    constants["_load_id"] = path.stem
    columns = "".join(f", {literal(value)} as {name}" for name, value in constants.items())
    counts = literal(json.dumps(asdict(loaded.counts)))

    def write_rows(temporary: Path) -> None:
        written = first_row(
            connection,
            f"copy (select *{columns} from ({good_rows(plan)})) to {literal(str(temporary))} "  # noqa: S608
            f"(format parquet, parquet_version v2, compression zstd, "
            f"row_group_size {PARQUET_ROW_GROUP}, kv_metadata {{{literal(_COUNTS)}: {counts}}})",
        )
        if written != (loaded.counts.loaded,):
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


def _write_and_rename(path: Path, write: Callable[[Path], None]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    write(temporary)
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)
