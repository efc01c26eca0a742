"""Chooses the reader of a file's format.

Belongs here: the list of formats. Does not: any format's details.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import pyarrow as pa

from orchestration.sources.file_drop.delimited import read_delimited
from orchestration.sources.file_drop.json_lines import read_json_lines
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.parquet import read_parquet
from orchestration.sources.file_drop.reading import ReadLog, ReadOptions
from orchestration.sources.file_drop.workbook import read_workbook

Reader = Callable[[Path, ReadOptions, ReadLog], Iterator[pa.RecordBatch]]

READERS: MappingProxyType[str, Reader] = MappingProxyType(
    {
        "csv": read_delimited,
        "tsv": read_delimited,
        "jsonl": read_json_lines,
        "parquet": read_parquet,
        "xlsx": read_workbook,
    }
)
_SUFFIXES = MappingProxyType(
    {
        ".csv": "csv",
        ".txt": "csv",
        ".tsv": "tsv",
        ".tab": "tsv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".parquet": "parquet",
        ".xlsx": "xlsx",
        ".xlsm": "xlsx",
    }
)


def format_of(file: str, declared: str | None) -> str:
    """Return the format of a file: the declared one, else by its suffix."""
    if declared is not None:
        return declared
    suffix = PurePosixPath(file).suffix.lower()
    if suffix not in _SUFFIXES:
        raise FileRefusedError(
            f"its suffix {suffix or '(none)'!r} tells no format",
            f"set `format` of the dataset to one of {', '.join(READERS)}",
        )
    return _SUFFIXES[suffix]
