"""Files damaged at random: a refusal, quarantine or rows, never a traceback, never a lost row."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NAMES = ["id", "stage", "value", "closed"]
ROWS = [[str(i), f"Stage {i}", f"{i}.5", "2024-01-02"] for i in range(40)]


def _csv() -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [NAMES, *ROWS]).encode()


def _jsonl() -> bytes:
    return "\n".join(json.dumps(dict(zip(NAMES, row, strict=True))) for row in ROWS).encode()


def _parquet() -> bytes:
    sink = io.BytesIO()
    columns = list(zip(*ROWS, strict=True))
    pq.write_table(pa.table({n: list(c) for n, c in zip(NAMES, columns, strict=True)}), sink)
    return sink.getvalue()


def _xlsx() -> bytes:
    sink = io.BytesIO()
    book: Any = openpyxl.Workbook()
    for row in [NAMES, *ROWS]:
        book.active.append(row)
    book.save(sink)
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_random_damage(drop: Any, kind: str) -> None:
    chance = random.Random(f"damage {kind}")  # noqa: S311 - repeatable, nothing secret
    content = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet, "xlsx": _xlsx}[kind]()
    drop.deals(files="*")
    # All versions of the file lie side by side, so one extraction reads them all.
    for number in range(40):
        damaged = bytearray(content)
        for _ in range(chance.choice([1, 3, 30])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        drop.write(f"deals_{number}.{kind}", bytes(damaged))
    drop.extract()

    assert len(drop.result.refusals) + len(drop.result.files) == 40
    for refusal in drop.result.refusals:
        assert refusal.reason
        assert refusal.fix
    assert sum(version.row_count for version in drop.result.files) == len(drop.rows())
