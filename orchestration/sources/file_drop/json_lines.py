"""Reads JSONL files: one JSON object per line.

Belongs here: lines to cells. Does not: encodings (text_encoding.py) or what a cell means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.sources.file_drop.cells import Cell, plain_cell, plain_number
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.reading import (
    BatchBuilder,
    ReadLog,
    ReadOptions,
    note_columns,
    require_columns,
)
from orchestration.sources.file_drop.text_encoding import open_text, read_lines


class _Number(str):
    """A JSON number, digit for digit as it was written: never a float."""

    __slots__ = ()


def read_json_lines(path: Path, options: ReadOptions, log: ReadLog) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a JSONL file as batches of cells."""
    wanted = options.wanted
    builder = BatchBuilder(
        {f"{kind}{i}": 2 * i + side for i in range(len(wanted)) for side, kind in enumerate("tn")}
    )
    keys: dict[str, int] = {}
    with open_text(path, options.encoding) as stream:
        for line, text, record in _records(stream, log):
            number = log.count_row()
            if not isinstance(record, dict):
                log.add_fault(line, f"the line is no JSON object: {record}", text)
                continue
            for key in record.keys() - keys.keys():
                keys[key] = len(keys)
            cells = [part for name in wanted for part in _cell(record.get(name))]
            if builder.add(number, line, cells, len(text)):
                yield builder.take()
    if log.read_count > len(log.faults):
        present = {key: position for position, key in enumerate(sorted(keys))}
        require_columns(present, options)
        note_columns(present, options, log)
    if (rest := builder.take()) is not None:
        yield rest


def _records(stream: Any, log: ReadLog) -> Iterator[tuple[int, str, Any]]:
    seen: list[str] = []
    for line, text in enumerate(read_lines(stream, seen), start=1):
        seen.clear()
        if not text.strip():
            continue
        try:
            yield line, text, _parse(text)
        except ValueError as error:
            if not text.endswith(("\n", "\r")):
                raise FileRefusedError(
                    f"its last line ({line}) is no whole JSON object and has no line end: "
                    "truncated",
                    "export it again and copy it whole, under another name first",
                ) from None
            yield line, text, f"{error}"


def _parse(text: str) -> Any:
    try:
        record = json.loads(
            text, parse_float=_Number, parse_int=_Number, parse_constant=_refuse_constant
        )
        if "\\ud" in text.lower():
            json.dumps(record, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (a lone surrogate)") from None
    return record


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _cell(value: Any) -> Cell:
    if isinstance(value, _Number):
        return None, plain_number(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True), None
    return plain_cell(value)
