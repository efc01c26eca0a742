"""What the file-drop source tells its caller, as plain values.

Belongs here: the result's dataclasses and the refusal that readers raise. Does not: any reading,
and no state; the caller keeps what it wants to remember.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

# new: read now, or its Parquet from an earlier run became active again.
# unchanged: same content and mapping as the version that was active before.
# kept: the file (or all files of a dataset) was refused; the previous good version stays active.
Status = Literal["new", "unchanged", "kept"]
ProgressStatus = Literal["reading", "new", "unchanged", "refused"]


@dataclass(frozen=True)
class FileVersion:
    """One version of one file of one dataset that is active now.

    read_count = row_count + quarantined_count + duplicate_count + filtered_count, always.

    Attributes:
        source: Name of the source.
        dataset: Name of the dataset inside the source.
        entity: Canonical entity of the rows.
        file: Path relative to the drop folder; identifies the file.
        content_hash: SHA-256 of the file's bytes.
        mapping_hash: Hash of everything in sources.yml and the reader that shapes the rows.
        row_count: Rows that the raw view shows.
        quarantined_count: Rows in quarantine, those with an unknown required reference included.
        duplicate_count: Identical repetitions that were collapsed.
        parquet_path: Where the rows are, relative to the folder of the raw Parquet files.
        status: Whether this run read it.
        read_count: Rows of the file.
        filtered_count: Rows that rows_where leaves out.
        dataset_rank: Precedence of the dataset; smaller wins.
        file_rank: Natural order of the file's name inside its dataset; larger is newer.
        source_system: Loader of the source, which its rows carry.
    """

    source: str
    dataset: str
    entity: str
    file: str
    content_hash: str
    mapping_hash: str
    row_count: int
    quarantined_count: int
    duplicate_count: int
    parquet_path: str
    status: Status
    read_count: int = 0
    filtered_count: int = 0
    dataset_rank: int = 1
    file_rank: int = 1
    source_system: str = "file_drop"

    @property
    def identity(self) -> tuple[str, str, str]:
        """What stays the same when the file changes: source, dataset, file."""
        return self.source, self.dataset, self.file

    @property
    def load_id(self) -> str:
        """The _load_id of its rows: from path, content and mapping, never from a clock."""
        return self.parquet_path.rsplit("/", 1)[-1].removesuffix(".parquet")


@dataclass(frozen=True)
class QuarantinedRow:
    """One row that was not loaded, and why.

    Attributes:
        source: Name of the source.
        dataset: Name of the dataset.
        entity: Canonical entity.
        file: Path relative to the drop folder.
        line: Physical line where the record starts (XLSX: row of the sheet; Parquet: row).
        reason: What is wrong and what is allowed, for people.
        payload: The row as JSON, e-mail addresses masked.
        column: Column of the file (or field) that is at fault first, or None.
        value: Its value as delivered, or None.
    """

    source: str
    dataset: str
    entity: str
    file: str
    line: int
    reason: str
    payload: str
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class FileRefusal:
    """A file (or a whole dataset) of which nothing was read. The run ends red for it.

    Attributes:
        source: Name of the source.
        dataset: Name of the dataset.
        file: Path relative to the drop folder, or the pattern when no file is there.
        reason: What is wrong, with the value.
        fix: What to do.
        kept_previous: Whether an earlier good version stays active.
    """

    source: str
    dataset: str
    file: str
    reason: str
    fix: str
    kept_previous: bool = False


@dataclass(frozen=True)
class FileNote:
    """Something worth knowing about a file that is no error."""

    source: str
    dataset: str
    file: str
    text: str


@dataclass(frozen=True)
class FileProgress:
    """How far reading is; rows is 0 when a file begins.

    Attributes:
        source: Name of the source.
        dataset: Name of the dataset.
        file: Path relative to the drop folder.
        rows: Rows read so far.
        status: reading, or how the file ended.
    """

    source: str
    dataset: str
    file: str
    rows: int
    status: ProgressStatus


OnProgress = Callable[[FileProgress], None]


@dataclass
class FileDropResult:
    """What one run over one source gave.

    Attributes:
        source: Name of the source.
        files: The versions that are active now; what is not listed is no longer active.
        quarantined: All rows in quarantine of the active versions, also of those not read again.
        refusals: What was refused whole.
        notes: Remarks, for example columns that are ignored.
    """

    source: str
    files: list[FileVersion] = field(default_factory=list)
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    refusals: list[FileRefusal] = field(default_factory=list)
    notes: list[FileNote] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        """Rows that the raw views show of this source."""
        return sum(version.row_count for version in self.files)


def active_files(results: Iterable[FileDropResult]) -> list[FileVersion]:
    """Return the active versions of several sources, in a fixed order."""
    versions = [version for result in results for version in result.files]
    return sorted(versions, key=lambda version: (version.entity, *version.identity))


class FileRefusedError(Exception):
    """A file cannot be read as a whole: the reason, and what to do about it."""

    def __init__(self, reason: str, fix: str) -> None:
        """Keep reason and fix apart, so that they can be shown apart."""
        super().__init__(f"{reason}; {fix}")
        self.reason = reason
        self.fix = fix
