"""Decides how a text file's bytes become characters, and says where they cannot.

Belongs here: byte order marks, undecodable bytes, files that are no text at all. Does not: cells
and rows.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from orchestration.sources.file_drop.limits import MAX_LINE_CHARACTERS
from orchestration.sources.file_drop.model import FileRefusedError

_SAMPLE_BYTES = 4096
# Longer marks first: UTF-32's little-endian mark begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "a workbook or zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
)


def detect_encoding(path: Path, declared: str) -> str:
    """Return the encoding to read with: the byte order mark's, else the declared one."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE_BYTES)
    if not sample:
        raise FileRefusedError(
            "it is empty (0 bytes), not even a header",
            "export it again; if there is nothing to deliver, remove the file and set "
            "`optional: true` for the dataset",
        )
    for signature, kind in _NOT_TEXT:
        if sample.startswith(signature):
            raise FileRefusedError(
                f"it is {kind}, not text", "set `format` of the dataset or unpack the file"
            )
    for mark, encoding in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return encoding
    name = codecs.lookup(declared).name
    if b"\x00" in sample and not name.startswith(("utf-16", "utf-32")):
        little = sample[1::2].count(0) >= sample[0::2].count(0)
        guess = "utf-16-le" if little else "utf-16-be"
        raise FileRefusedError(
            f"it holds NUL bytes, so it is not {declared} text",
            f"set `encoding: {guess}` if it is UTF-16; otherwise export it again as text",
        )
    return name


@contextmanager
def open_text(path: Path, declared: str) -> Iterator[TextIO]:
    """Open a text file with line ends untouched; bytes that do not fit become a refusal."""
    encoding = detect_encoding(path, declared)
    try:
        with path.open(encoding=encoding, newline="") as stream:
            yield stream
    except UnicodeError as error:
        raise _undecodable(path, encoding, error) from None


def read_lines(stream: TextIO, seen: list[str]) -> Iterator[str]:
    """Yield the physical lines; each is also put into `seen`, which the caller empties."""
    while line := stream.readline(MAX_LINE_CHARACTERS):
        if len(line) == MAX_LINE_CHARACTERS:
            raise FileRefusedError(
                f"a line is longer than {MAX_LINE_CHARACTERS:,} characters",
                "check that it is a text file with one record per line",
            )
        seen.append(line)
        yield line


def _undecodable(path: Path, encoding: str, error: UnicodeError) -> FileRefusedError:
    reason = getattr(error, "reason", str(error))
    if encoding.startswith("utf-8"):
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError as found:
                    if found.reason == "unexpected end of data" and not line.endswith(b"\n"):
                        return FileRefusedError(
                            f"it ends in the middle of a character in line {number}: truncated",
                            "export it again and copy it whole",
                        )
                    return FileRefusedError(
                        f"line {number} holds byte 0x{line[found.start]:02x}, "
                        f"which is not {encoding}",
                        "set `encoding` of the dataset to what the export uses, for example "
                        "latin-1 or cp1252, or export it as UTF-8",
                    )
    return FileRefusedError(
        f"it is not {encoding}: {reason}",
        "set `encoding` of the dataset to what the export uses; if that is right, the file is "
        "truncated: export it again",
    )
