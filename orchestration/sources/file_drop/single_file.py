"""One file to one stored version: read it, unless that very version is stored already.

Belongs here: content hash and mapping hash to version; what a failing disk or engine means. Does
not: which files there are and what was active before (extraction.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.sources.file_drop.discovery import Fingerprint, require_unchanged
from orchestration.sources.file_drop.loading import Counts, LoadedFile, load_file
from orchestration.sources.file_drop.model import FileRefusedError, FileVersion
from orchestration.sources.file_drop.plan import DatasetPlan
from orchestration.sources.file_drop.storage import read_counts, version_path, write_version


@dataclass(frozen=True)
class FileTask:
    """One file of one dataset.

    Attributes:
        plan: Plan of the dataset with the file's format.
        file: Path relative to the drop folder.
        path: Where it really is.
        before: What it was like before it is read.
    """

    plan: DatasetPlan
    file: str
    path: Path
    before: Fingerprint


def make_version(
    connection: duckdb.DuckDBPyConnection,
    raw_dir: Path,
    task: FileTask,
    report_rows: Callable[[int], None],
) -> tuple[FileVersion, list[str]]:
    """Return the version of the file as it is now, and notes if it was read for that.

    Raises:
        FileRefusedError: When the file cannot be used as a whole.
    """
    plan = task.plan
    mapping_hash = plan.mapping_hash()
    parquet_path = version_path(plan, task.file, task.before.content_hash, mapping_hash)
    notes: list[str] = []
    counts = read_counts(raw_dir, parquet_path)
    if counts is None:
        loaded = _store(connection, raw_dir, parquet_path, task, report_rows)
        counts, notes = loaded.counts, loaded.notes
    version = FileVersion(
        source=plan.source,
        dataset=plan.dataset,
        entity=plan.entity,
        file=task.file,
        content_hash=task.before.content_hash,
        mapping_hash=mapping_hash,
        parquet_path=parquet_path,
        status="new",
        read_count=counts.read,
        row_count=counts.loaded,
        quarantined_count=counts.quarantined,
        duplicate_count=counts.duplicate,
        filtered_count=counts.filtered,
    )
    return version, notes


def kept_version(raw_dir: Path, before: FileVersion) -> FileVersion | None:
    """Return an earlier version as it is stored, or None when it is not there any more."""
    counts = read_counts(raw_dir, before.parquet_path)
    if counts is None:
        return None
    return replace(
        before,
        status="kept",
        read_count=counts.read,
        row_count=counts.loaded,
        quarantined_count=counts.quarantined,
        duplicate_count=counts.duplicate,
        filtered_count=counts.filtered,
    )


def counts_of(version: FileVersion) -> Counts:
    """Return the counts of a version."""
    return Counts(
        read=version.read_count,
        loaded=version.row_count,
        quarantined=version.quarantined_count,
        duplicate=version.duplicate_count,
        filtered=version.filtered_count,
    )


def _store(
    connection: duckdb.DuckDBPyConnection,
    raw_dir: Path,
    parquet_path: str,
    task: FileTask,
    report_rows: Callable[[int], None],
) -> LoadedFile:
    try:
        loaded = load_file(connection, task.path, task.plan, task.file, report_rows)
        require_unchanged(task.path, task.before)
        write_version(connection, raw_dir, parquet_path, task.plan, task.file, loaded)
    except FileRefusedError:
        # A file that is still being written looks broken in many ways; say the real one.
        require_unchanged(task.path, task.before)
        raise
    except OSError as error:
        require_unchanged(task.path, task.before)
        raise FileRefusedError(
            f"it cannot be read ({error.strerror or error})", "check the disk and try again"
        ) from None
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise FileRefusedError(
            f"it does not fit into memory or onto the disk ({str(error).splitlines()[0][:200]})",
            "raise CONCORD_MEMORY, free disk space, or deliver it in several files",
        ) from None
    return loaded
