"""Reads CSV and TSV files.

Belongs here: quoting, embedded line ends, wrong numbers of cells, cut files. Does not: encodings
(text_encoding.py) or what a cell means.

A line number is the physical line on which a record starts, so an editor finds it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from orchestration.sources.file_drop.limits import MAX_CELL_CHARACTERS
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.reading import (
    BatchBuilder,
    ReadLog,
    ReadOptions,
    check_header,
)
from orchestration.sources.file_drop.text_encoding import open_text, read_lines

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", ":": "colon"}
_END_OF_DATA = "unexpected end of data"
_TOO_LONG = "field larger than field limit"
_EXPORT_AGAIN = "export it again and copy it whole, under another name first"

Record = tuple[int, list[str], int]


def read_delimited(path: Path, options: ReadOptions, log: ReadLog) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a CSV or TSV file as batches of text."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    with open_text(path, options.encoding) as stream:
        seen: list[str] = []
        reader = csv.reader(
            read_lines(stream, seen), delimiter=options.delimiter, doublequote=True, strict=True
        )
        records = _records(reader, seen, log)
        header = _read_header(records, options)
        positions = check_header(header, options, log)
        builder = BatchBuilder(
            {f"t{options.wanted.index(name)}": place for name, place in positions.items()}
        )
        yield from _batches(records, len(header), builder, log)


def _batches(
    records: Iterator[Record], width: int, builder: BatchBuilder, log: ReadLog
) -> Iterator[pa.RecordBatch]:
    last_is_short = False
    line = 0
    for line, cells, characters in records:
        number = log.count_row()
        last_is_short = len(cells) < width
        if len(cells) != width:
            log.add_fault(line, _wrong_width(len(cells), width), cells)
        elif builder.add(number, line, cells, characters):
            yield builder.take()
    if last_is_short and log.ends_abruptly:
        raise FileRefusedError(
            f"its last record (line {line}) stops before the last column and has no line end: "
            "truncated",
            _EXPORT_AGAIN,
        )
    if (rest := builder.take()) is not None:
        yield rest


def _records(reader: Iterator[list[str]], seen: list[str], log: ReadLog) -> Iterator[Record]:
    line_end = True
    while True:
        line = reader.line_num + 1  # type: ignore[attr-defined]
        seen.clear()
        try:
            cells = next(reader)
        except StopIteration:
            log.ends_abruptly = not line_end
            return
        except csv.Error as error:
            _refuse_if_cut(str(error), line)
            log.count_row()
            log.add_fault(line, _broken_quote(str(error)), "".join(seen))
            line_end = seen[-1].endswith(("\n", "\r"))
            continue
        line_end = seen[-1].endswith(("\n", "\r"))
        if any(map(str.strip, cells)):
            yield line, cells, sum(map(len, seen))


def _refuse_if_cut(error: str, line: int) -> None:
    if _END_OF_DATA in error:
        raise FileRefusedError(
            f"the record that starts in line {line} has a quote that is never closed: truncated",
            _EXPORT_AGAIN,
        )
    if _TOO_LONG in error:
        raise FileRefusedError(
            f"the record that starts in line {line} has a cell of more than "
            f"{MAX_CELL_CHARACTERS:,} characters",
            "look for a quote in that line that is never closed",
        )


def _read_header(records: Iterator[Record], options: ReadOptions) -> list[str]:
    first = next(records, None)
    if first is not None and re.fullmatch(r"sep=.?", options.delimiter.join(first[1]).strip()):
        first = next(records, None)  # Excel's hint at the delimiter
    if first is None:
        raise FileRefusedError(
            "it has no header line", "export it with the column names in the first line"
        )
    header = [name.strip().strip("\ufeff") for name in first[1]]
    if len(header) == 1 and header[0] not in options.wanted:
        _refuse_other_delimiter(header[0], options.delimiter)
    return header


def _refuse_other_delimiter(header: str, declared: str) -> None:
    counts = {mark: header.count(mark) for mark in _DELIMITERS if mark != declared}
    seen = max(counts, key=lambda mark: counts[mark])
    if counts[seen]:
        shown = "\\t" if seen == "\t" else seen
        raise FileRefusedError(
            f"all columns are in one: the delimiter is {_named(declared)} by sources.yml, but "
            f"the header is separated by {_named(seen)}",
            f'set `delimiter: "{shown}"` for the dataset',
        )


def _named(mark: str) -> str:
    return f"{_DELIMITERS.get(mark, 'the character')} {mark!r}"


def _wrong_width(found: int, width: int) -> str:
    kind = "more" if found > width else "fewer"
    return (
        f"the row has {found} cells, {kind} than the header's {width}; "
        "quote texts that hold the delimiter or a line end"
    )


def _broken_quote(error: str) -> str:
    return (
        f"the quotes of the row cannot be understood ({error}); "
        'write a quote inside a quoted text twice ("")'
    )
