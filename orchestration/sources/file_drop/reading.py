"""What all readers share: the batches they hand on, the header check and the log of a file.

A reader turns a file into Arrow batches of text: `row_number`, `line`, one column `t<i>` per
wanted column with its text, and, for formats whose cells have types, one column `n<i>` with the
cell written plainly (ISO dates, a point for decimals). A cell fills one of the two.

Belongs here: what is the same for every format. Does not: one format's details, or types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import pyarrow as pa

from orchestration.sources.file_drop.limits import (
    BATCH_CHARACTERS,
    BATCH_ROWS,
    MAX_COLUMNS,
    MAX_LISTED_COLUMNS,
    MAX_QUARANTINED_ROWS,
    MAX_ROWS,
)
from orchestration.sources.file_drop.model import FileRefusedError

# Formats whose cells carry types of their own.
TYPED_FORMATS = frozenset({"jsonl", "parquet", "xlsx"})


@dataclass(frozen=True)
class ReadOptions:
    """How one dataset's files are written.

    Attributes:
        format: csv, tsv, jsonl, parquet or xlsx.
        encoding: Declared encoding of text files.
        delimiter: Character between two cells.
        sheet: Sheet of a workbook, or None for the first.
        wanted: Columns to hand on, in order.
        necessary: Those of them that the file must have.
    """

    format: str
    encoding: str
    delimiter: str
    sheet: str | None
    wanted: tuple[str, ...]
    necessary: frozenset[str]


@dataclass(frozen=True)
class RowFault:
    """A record that could not be taken apart into cells."""

    line: int
    reason: str
    cells: str | Sequence[str | None]


@dataclass
class ReadLog:
    """What a reader learns beside the rows.

    Attributes:
        read_count: Records read, faulty ones included, blank lines not.
        faults: Records that could not be taken apart.
        notes: Remarks for people.
        ends_abruptly: Whether the last line has no line end, so that the file may be cut.
        last_column: Last column of the file: the one that a cut would hit.
    """

    read_count: int = 0
    faults: list[RowFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ends_abruptly: bool = False
    last_column: str | None = None

    def count_row(self) -> int:
        """Count one record and return its number."""
        self.read_count += 1
        if self.read_count > MAX_ROWS:
            raise FileRefusedError(
                f"it has more than {MAX_ROWS:,} rows", "deliver it in several files"
            )
        return self.read_count

    def add_fault(self, line: int, reason: str, cells: str | Sequence[str | None]) -> None:
        """Remember a faulty record; too many of them mean that the description is wrong."""
        self.faults.append(RowFault(line, reason, cells))
        require_few_faults(len(self.faults))


def require_few_faults(count: int) -> None:
    """Refuse a file of which too many rows cannot be used."""
    if count > MAX_QUARANTINED_ROWS:
        raise FileRefusedError(
            f"more than {MAX_QUARANTINED_ROWS:,} of its rows cannot be used",
            "check delimiter, date_formats, decimal and columns of the dataset in sources.yml",
        )


def listed(names: Sequence[str]) -> str:
    """Return names for a message, not too many of them."""
    shown = ", ".join(repr(name) for name in names[:MAX_LISTED_COLUMNS])
    more = len(names) - MAX_LISTED_COLUMNS
    return f"{shown} and {more:,} more" if more > 0 else shown


def check_header(header: Sequence[str], options: ReadOptions, log: ReadLog) -> dict[str, int]:
    """Return the position of every wanted column that is there.

    Raises:
        FileRefusedError: When a name is there twice or a necessary column is missing.
    """
    if len(header) > MAX_COLUMNS:
        raise FileRefusedError(
            f"it has {len(header):,} columns; the limit is {MAX_COLUMNS:,}",
            "check the delimiter and the header line",
        )
    repeated = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if repeated:
        raise FileRefusedError(
            f"the header has {listed(repeated)} more than once",
            "give every column of the export its own name",
        )
    present = {name: position for position, name in enumerate(header) if name}
    require_columns(present, options)
    note_columns(present, options, log)
    log.last_column = header[-1] if header else None
    return {name: present[name] for name in options.wanted if name in present}


def require_columns(present: dict[str, int], options: ReadOptions) -> None:
    """Refuse a file without a necessary column, with a hint at the likely one."""
    missing = [name for name in options.wanted if name in options.necessary - present.keys()]
    if not missing:
        return
    hints = []
    folded = {name.casefold(): name for name in present}
    for name in missing:
        close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
        hints.append(f"{name!r}" + (f" (close: {folded[close[0]]!r})" if close else ""))
    raise FileRefusedError(
        f"column {', '.join(hints)} is missing; the file has {listed(list(present))}",
        "correct `columns` of the dataset in sources.yml, or export the file with that column",
    )


def note_columns(present: dict[str, int], options: ReadOptions, log: ReadLog) -> None:
    """Note the columns that nobody wants and the wanted ones that are not there."""
    ignored = [name for name in present if name not in options.wanted]
    if ignored:
        log.notes.append(f"columns ignored: {listed(ignored)}")
    absent = [name for name in options.wanted if name not in present]
    if absent:
        log.notes.append(f"columns not there, so blank: {listed(absent)}")


class BatchBuilder:
    """Collects records and gives an Arrow batch of text when there are enough."""

    def __init__(self, positions: dict[str, int]) -> None:
        """Remember which cell of a record goes to which batch column."""
        self._positions = positions
        self._numbers: list[int] = []
        self._lines: list[int] = []
        self._rows: list[Sequence[str | None]] = []
        self._characters = 0

    def add(self, number: int, line: int, row: Sequence[str | None], characters: int) -> bool:
        """Add one record; True when a batch should be taken."""
        self._numbers.append(number)
        self._lines.append(line)
        self._rows.append(row)
        self._characters += characters
        return len(self._rows) >= BATCH_ROWS or self._characters >= BATCH_CHARACTERS

    def take(self) -> pa.RecordBatch | None:
        """Return what was collected and begin anew; None when there is nothing."""
        if not self._rows:
            return None
        cells = list(zip(*self._rows, strict=True))
        columns = {
            "row_number": pa.array(self._numbers, pa.int64()),
            "line": pa.array(self._lines, pa.int64()),
        }
        for name, position in self._positions.items():
            columns[name] = pa.array(cells[position], pa.string())
        self._numbers, self._lines, self._rows, self._characters = [], [], [], 0
        return pa.RecordBatch.from_pydict(columns)
