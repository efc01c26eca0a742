"""One file-drop source in one run: what was known goes in, what is remembered comes out.

Belongs here: the bridge between the state store's records and those of sources/file_drop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.company.sources import Source
from orchestration.sources import file_drop
from orchestration.state import FileVersion, QuarantinedRow, SourceLoad
from orchestration.steps import Step


@dataclass(frozen=True)
class Refusal:
    """A file, a dataset or a whole source of which nothing was read.

    Attributes:
        entity: Canonical entity, or None when the whole source failed.
        file: The file, or the source's name.
        message: What is wrong and what to do.
    """

    entity: str | None
    file: str
    message: str


@dataclass(frozen=True)
class SourceReading:
    """What reading one source gave.

    Attributes:
        source: Its name.
        versions: The active versions, as the views need them.
        quarantined: Rows left out, and one entry per refused file.
        refusals: What was refused whole.
        is_read: Whether the source was read at all; if not, what was active stays active.
        source_system: Its loader.
    """

    source: str
    versions: Sequence[file_drop.FileVersion]
    quarantined: Sequence[QuarantinedRow]
    refusals: Sequence[Refusal]
    is_read: bool = True
    source_system: str = "file_drop"

    @property
    def files(self) -> list[FileVersion]:
        """The active versions, as the state store keeps them."""
        return [_as_state(version) for version in self.versions]

    @property
    def new_count(self) -> int:
        """Files that were read in this run."""
        return sum(version.status == "new" for version in self.versions)

    def refusals_of(self, entity: str) -> list[str]:
        """What was refused of an entity, in words."""
        return [item.message for item in self.refusals if item.entity in (entity, None)]


def known_versions(work: Step, source: str) -> list[file_drop.FileVersion]:
    """The versions that an earlier run made active."""
    return [
        file_drop.FileVersion(
            source=file.source,
            dataset=file.dataset,
            entity=file.entity,
            file=file.file,
            content_hash=file.content_hash,
            mapping_hash=file.mapping_hash,
            row_count=file.row_count,
            quarantined_count=file.quarantined_count,
            duplicate_count=file.duplicate_count,
            parquet_path=file.parquet_path,
            status="unchanged",
        )
        for file in work.state.active_files(source)
    ]


def read_source(work: Step, source: Source) -> SourceReading:
    """Read what is new in the source's drop folder."""
    result = file_drop.extract(
        source,
        source.options.folder,
        known_versions(work, source.name),
        work.settings.raw_file_drop_dir,
        memory=work.settings.memory,
        threads=work.settings.threads,
    )
    refusals = [
        Refusal(
            source.datasets[refusal.dataset].entity,
            refusal.file,
            f"{source.name}/{refusal.file}: {refusal.reason}; {refusal.fix}",
        )
        for refusal in result.refusals
    ]
    return SourceReading(
        source=source.name,
        source_system=source.loader,
        versions=result.files,
        quarantined=[
            *(_quarantined(row) for row in result.quarantined),
            *(_refused(source, refusal) for refusal in result.refusals),
        ],
        refusals=refusals,
    )


def failed_reading(work: Step, source: Source, reason: str) -> SourceReading:
    """A source of which nothing could be read; what was active stays active."""
    return SourceReading(
        source=source.name,
        source_system=source.loader,
        versions=file_drop.with_ranks(source, known_versions(work, source.name)),
        quarantined=(),
        refusals=[Refusal(None, source.name, f"source {source.name} {reason}")],
        is_read=False,
    )


def source_loads(reading: SourceReading, loaded_at: datetime) -> list[SourceLoad]:
    """One record per dataset of the source."""
    totals: dict[str, list[int]] = {}
    for version in reading.versions:
        counts = totals.setdefault(version.dataset, [0, 0])
        counts[0] += version.row_count
        counts[1] += version.quarantined_count
    return [
        SourceLoad(
            source_system=reading.source_system,
            source_instance=reading.source,
            source_object=dataset,
            row_count=rows,
            min_cursor=None,
            max_cursor=None,
            quarantined_count=quarantined,
            loaded_at=loaded_at,
        )
        for dataset, (rows, quarantined) in totals.items()
    ]


def _as_state(version: file_drop.FileVersion) -> FileVersion:
    return FileVersion(
        source=version.source,
        dataset=version.dataset,
        entity=version.entity,
        file=version.file,
        content_hash=version.content_hash,
        mapping_hash=version.mapping_hash,
        row_count=version.row_count,
        quarantined_count=version.quarantined_count,
        duplicate_count=version.duplicate_count,
        parquet_path=version.parquet_path,
    )


def _quarantined(row: file_drop.QuarantinedRow) -> QuarantinedRow:
    return QuarantinedRow(
        source=row.source,
        dataset=row.dataset,
        entity=row.entity,
        file=row.file,
        line=row.line,
        column_name=row.column,
        value=row.value,
        reason=row.reason,
        payload=row.payload,
    )


def _refused(source: Source, refusal: file_drop.FileRefusal) -> QuarantinedRow:
    return QuarantinedRow(
        source=source.name,
        dataset=refusal.dataset,
        entity=source.datasets[refusal.dataset].entity,
        file=refusal.file,
        line=None,
        column_name=None,
        value=None,
        reason=f"{refusal.reason}; {refusal.fix}",
        scope="run",
    )
