"""Reads what is new in the drop folder of one source and says which versions are active.

Belongs here: going through datasets and files, what a refusal means for the version before. Does
not: reading one file (loading.py), storing it (storage.py), remembering anything: what was active
before comes in, what is active now goes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import duckdb

from orchestration.canonical import Entity, load_entities
from orchestration.company.sources import Dataset, Source
from orchestration.daemon_threads import start
from orchestration.sources.file_drop.discovery import (
    Fingerprint,
    find_files,
    fingerprint,
    natural_key,
    resolve_inside,
)
from orchestration.sources.file_drop.engine import open_engine
from orchestration.sources.file_drop.limits import DEFAULT_MEMORY
from orchestration.sources.file_drop.model import (
    FileDropResult,
    FileNote,
    FileProgress,
    FileRefusal,
    FileRefusedError,
    FileVersion,
    OnProgress,
    ProgressStatus,
)
from orchestration.sources.file_drop.plan import DatasetPlan, make_plan
from orchestration.sources.file_drop.plan_check import check_plan
from orchestration.sources.file_drop.readers import format_of
from orchestration.sources.file_drop.references import apply_references
from orchestration.sources.file_drop.single_file import (
    FileTask,
    counts_of,
    kept_version,
    make_version,
)
from orchestration.sources.file_drop.storage import (
    read_quarantine,
    remove_leftovers,
)

Previous = Mapping[tuple[str, str, str], FileVersion]


def extract(
    source: Source,
    folder: Path,
    previous: Iterable[FileVersion],
    raw_dir: Path,
    *,
    on_progress: OnProgress | None = None,
    memory: str = DEFAULT_MEMORY,
    threads: int = 1,
) -> FileDropResult:
    """Read the new and changed files of one source.

    Args:
        source: The source, of a loaded company.
        folder: Its drop folder.
        previous: The versions that were active after the run before (those of other sources
            do no harm).
        raw_dir: Folder that the Parquet versions of file-drop sources go to.
        on_progress: Called when a file begins, after each batch and when it ends; from several
            threads when several files are read at once.
        memory: DuckDB's memory limit while reading; beyond it, it uses the disk.
        threads: Files read at once.

    Returns:
        The versions that are active now, the rows in quarantine, refusals and notes. A refusal
        means that the run has to end red.
    """
    raw_dir.mkdir(parents=True, exist_ok=True)
    remove_leftovers(raw_dir, source.name)
    known = {version.identity: version for version in previous if version.source == source.name}
    with open_engine(raw_dir, memory) as connection:
        run = _Extraction(source, folder, known, raw_dir, connection, on_progress, threads)
        return run.run()


def with_ranks(source: Source, versions: Iterable[FileVersion]) -> list[FileVersion]:
    """Return the versions with their ranks, which follow from sources.yml and the file names.

    Whoever shows versions without extracting (a source that could not be read) needs this.
    """
    ranked: list[FileVersion] = []
    by_dataset: dict[str, list[FileVersion]] = {name: [] for name in source.datasets}
    for version in versions:
        by_dataset.setdefault(version.dataset, []).append(version)
    for position, (name, own) in enumerate(by_dataset.items(), start=1):
        dataset = source.datasets.get(name)
        rank = (dataset.precedence if dataset is not None else None) or position
        own.sort(key=lambda version: natural_key(version.file))
        ranked.extend(
            replace(version, dataset_rank=rank, file_rank=file_rank, source_system=source.loader)
            for file_rank, version in enumerate(own, start=1)
        )
    return ranked


@dataclass(frozen=True)
class _FileToRead:
    """One file of a dataset that is to be read."""

    dataset: Dataset
    plan: DatasetPlan
    file: str


@dataclass
class _Found:
    """What came of one file, or of a dataset that could not be read at all."""

    versions: list[FileVersion] = field(default_factory=list)
    refusals: list[FileRefusal] = field(default_factory=list)
    notes: list[FileNote] = field(default_factory=list)


@dataclass(frozen=True)
class _Extraction:
    """One run over one source."""

    source: Source
    folder: Path
    previous: Previous
    raw_dir: Path
    connection: duckdb.DuckDBPyConnection
    on_progress: OnProgress | None
    threads: int
    # Several datasets may read one file; it is hashed once, unless two begin at the same time.
    fingerprints: dict[Path, Fingerprint] = field(default_factory=dict)

    def run(self) -> FileDropResult:
        entities = load_entities()
        result = FileDropResult(self.source.name)
        planned = [
            item
            for dataset in self.source.datasets.values()
            for item in self._dataset(dataset, entities)
        ]
        for future in start(planned, self._read, self.threads):
            found = future.result()
            result.files.extend(found.versions)
            result.refusals.extend(found.refusals)
            result.notes.extend(found.notes)
        for version in result.files:
            result.quarantined.extend(read_quarantine(self.raw_dir, version.parquet_path))
        result.files, orphans = apply_references(
            self.connection, with_ranks(self.source, result.files), entities, self.raw_dir
        )
        result.quarantined.extend(orphans)
        for version in result.files:
            counts_of(version).require_complete()
        return result

    def _dataset(
        self, dataset: Dataset, entities: Mapping[str, Entity]
    ) -> list[_FileToRead | _Found]:
        try:
            plan = make_plan(self.source, dataset, entities)
            check_plan(self.connection, plan)
            files = find_files(self.folder, dataset.files)
            if not files and not dataset.optional:
                raise FileRefusedError(
                    f"no file in {self.folder} matches {dataset.files!r}",
                    "put the export there, correct `files` or options.folder in sources.yml, or "
                    "set `optional: true`",
                )
        except FileRefusedError as refused:
            before = [item for item in self.previous.values() if item.dataset == dataset.name]
            kept = [version for item in before for version in self._kept(item, dataset)]
            refusal = self._refusal(dataset, dataset.files, refused, bool(kept))
            return [_Found(kept, [refusal])]
        return [_FileToRead(dataset, plan, file) for file in files]

    def _read(self, item: _FileToRead | _Found) -> _Found:
        if isinstance(item, _Found):
            return item
        # Temporary tables belong to one cursor; memory and its limit are shared.
        with self.connection.cursor() as cursor:
            return self._file(item, cursor)

    def _file(self, item: _FileToRead, cursor: duckdb.DuckDBPyConnection) -> _Found:
        """Return the version of a file that is active now: one, or none."""
        dataset, file = item.dataset, item.file
        self._report(dataset, file, 0, "reading")
        before = self.previous.get((self.source.name, dataset.name, file))
        try:
            format_ = format_of(file, dataset.format)
            path = resolve_inside(self.folder, file)
            if path not in self.fingerprints:
                self.fingerprints[path] = fingerprint(path)
            plan, print_ = item.plan.for_format(format_), self.fingerprints[path]
            version, notes = make_version(
                cursor,
                self.raw_dir,
                FileTask(plan, file, path, print_),
                lambda rows: self._report(dataset, file, rows, "reading"),
            )
        except FileRefusedError as refused:
            kept = self._kept(before, dataset)
            self._report(dataset, file, 0, "refused")
            return _Found(kept, [self._refusal(dataset, file, refused, bool(kept))])
        is_unchanged = before is not None and before.parquet_path == version.parquet_path
        status: Literal["new", "unchanged"] = "unchanged" if is_unchanged else "new"
        self._report(dataset, file, version.read_count, status)
        said = [FileNote(self.source.name, dataset.name, file, text) for text in notes]
        return _Found([replace(version, status=status)], notes=said)

    def _kept(self, before: FileVersion | None, dataset: Dataset) -> list[FileVersion]:
        """Return the previous version with its own counts, if there is one that can be used."""
        if before is None or before.entity != dataset.entity:
            return []
        version = kept_version(self.raw_dir, before)
        return [] if version is None else [version]

    def _refusal(
        self, dataset: Dataset, file: str, refused: FileRefusedError, kept: bool
    ) -> FileRefusal:
        return FileRefusal(
            source=self.source.name,
            dataset=dataset.name,
            file=file,
            reason=refused.reason,
            fix=refused.fix,
            kept_previous=kept,
        )

    def _report(self, dataset: Dataset, file: str, rows: int, status: ProgressStatus) -> None:
        if self.on_progress is not None:
            event = FileProgress(self.source.name, dataset.name, file, rows, status)
            self.on_progress(event)
