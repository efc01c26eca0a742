"""Reads Parquet files; a line number is the row's number.

Belongs here: Arrow columns to plain cells. Does not: what a cell means.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.sources.file_drop.cells import Cell, plain_cell, plain_float
from orchestration.sources.file_drop.limits import BATCH_ROWS, MAX_ROWS
from orchestration.sources.file_drop.model import FileRefusedError
from orchestration.sources.file_drop.reading import ReadLog, ReadOptions, check_header

_UNREADABLE = (pa.ArrowException, OSError, ValueError)


def read_parquet(path: Path, options: ReadOptions, log: ReadLog) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a Parquet file as batches of cells."""
    if path.stat().st_size == 0:
        raise FileRefusedError("it is empty (0 bytes)", "export it again and copy it whole")
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            header = file.schema_arrow.names
            positions = check_header(header, options, log)
            if file.metadata.num_rows > MAX_ROWS:
                raise FileRefusedError(
                    f"it has {file.metadata.num_rows:,} rows; the limit is {MAX_ROWS:,}",
                    "deliver it in several files",
                )
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(positions)):
                batch.validate(full=True)  # a damaged file may hold what is no text
                yield _text_batch(batch, options, log)
    except _UNREADABLE as error:
        raise FileRefusedError(
            f"it cannot be read as Parquet ({_first_line(error)}): truncated or no Parquet file",
            "export it again and copy it whole, or set `format` of the dataset",
        ) from None


def _text_batch(batch: pa.RecordBatch, options: ReadOptions, log: ReadLog) -> pa.RecordBatch:
    first = log.read_count + 1
    log.read_count += batch.num_rows
    numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
    columns = {"row_number": numbers, "line": numbers}
    for name in batch.schema.names:
        place = options.wanted.index(name)
        text, plain = _cells(batch.column(name))
        columns[f"t{place}"] = text
        columns[f"n{place}"] = plain
    return pa.RecordBatch.from_pydict(columns)


def _cells(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    blank = pa.nulls(len(column), pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string()), blank
    if pa.types.is_floating(kind):
        return blank, _floats(column)
    if pa.types.is_timestamp(kind):
        return blank, _timestamps(column)
    if pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_boolean(kind):
        return blank, column.cast(pa.string())
    cells: list[Cell] = [plain_cell(value) for value in column.to_pylist()]
    return (
        pa.array([text for text, _ in cells], pa.string()),
        pa.array([plain for _, plain in cells], pa.string()),
    )


def _floats(column: pa.Array) -> pa.Array:
    values = column.cast(pa.float64()).to_pylist()
    if column.type != pa.float64():
        # The shortest text that gives a single-precision number back, not its double's.
        texts = column.cast(pa.string()).to_pylist()
        values = [None if text is None else float(text) for text in texts]
    return pa.array([None if v is None else plain_float(v) for v in values], pa.string())


def _timestamps(column: pa.Array) -> pa.Array:
    text = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if column.type.tz is None:
        return text.cast(pa.string())
    utc = text.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
    return pc.binary_join_element_wise(utc.cast(pa.string()), "Z", "")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]
