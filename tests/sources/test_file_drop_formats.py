"""One table in every format, encoding and dialect gives the same rows."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.canonical import load_entities, raw_schema

_at = datetime.fromisoformat  # UTC without a zone, as raw tables hold it

TEXT = 'id,stage,value,closed\n1,"Gew; önnen",1234.5,2024-01-02\n2,"a\nb ""c""",,\n'
ROWS = [
    ("1", "Gew; önnen", Decimal("1234.50"), date(2024, 1, 2)),
    ("2", 'a\nb "c"', None, None),
]


def _rows(drop: Any) -> list[tuple[Any, ...]]:
    drop.extract()
    assert not drop.result.refusals
    assert not drop.result.quarantined
    columns = ("opportunity_id", "sales_stage", "amount", "close_date")
    return [tuple(row[column] for column in columns) for row in drop.rows()]


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8-sig", "latin-1"),
        ("utf-16", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", None),
        ("latin-1", "latin-1"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(
    drop: Any, written: str, declared: str | None, line_end: str
) -> None:
    drop.options = {"encoding": declared}
    head, *rest = TEXT.split("\n")
    inside = f"{rest[1]}\n{rest[2]}"  # the record with a line end in a cell keeps it
    drop.write("deals.csv", line_end.join([head, rest[0], inside, ""]).encode(written))

    assert _rows(drop) == ROWS


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("deals.csv", {"delimiter": ";"}),
        ("deals.csv", {"delimiter": "|"}),
        ("deals.tsv", {"delimiter": None}),
        ("deals.txt", {"delimiter": ";", "format": "csv"}),
    ],
)
def test_delimiters(drop: Any, name: str, options: dict[str, Any]) -> None:
    drop.deals(files="deals.*", **options)
    mark = options["delimiter"] or "\t"
    if name.endswith("tsv"):
        drop.deals(files="*.tsv")
    drop.write(name, TEXT.replace(",", mark))

    assert _rows(drop) == ROWS


def test_excels_hint_at_the_delimiter_is_skipped(drop: Any) -> None:
    drop.write("deals.csv", "sep=,\n" + TEXT)

    assert _rows(drop) == ROWS


def test_jsonl(drop: Any) -> None:
    drop.deals(files="*.jsonl")
    lines = [
        {"id": 1, "stage": "Gew; önnen", "value": 1234.5, "closed": "2024-01-02", "more": [1]},
        {"id": "2", "stage": 'a\nb "c"', "value": None},
    ]
    drop.write("deals.jsonl", "\n".join(json.dumps(line) for line in lines))

    assert _rows(drop) == ROWS


def test_numbers_in_json_keep_every_digit(drop: Any) -> None:
    drop.options = {"decimal": ",", "thousands": "."}
    drop.deals(files="*.jsonl", attributes=["nested", "flag"])
    drop.write(
        "deals.jsonl",
        '{"id": 12345678901234567890123, "stage": "W", "value": 1234567890123456.78}\n'
        '{"id": 2, "stage": "W", "value": 1.5e3, "nested": {"b": 1.10, "a": null}, "flag": true}\n'
        '{"id": 3, "stage": "W", "value": 1e999999999}\n'
        '{"id": 4, "stage": "W", "value": "1.234,5"}\n',
    )
    drop.extract()

    assert drop.column("opportunity_id") == ["12345678901234567890123", "2", "4"]
    assert drop.column("amount") == [
        Decimal("1234567890123456.78"),
        Decimal(1500),
        Decimal("1234.50"),
    ]
    assert json.loads(drop.rows()[1]["attributes"])["flag"] == "true"
    assert drop.result.quarantined[0].value == "1e999999999"


PARQUET_COLUMNS = {
    "text": (pa.array(["1234.5", None]), pa.array(["2024-01-02", None])),
    "typed": (pa.array([1234.5, None]), pa.array([date(2024, 1, 2), None])),
    "decimal": (
        pa.array([Decimal("1234.5000"), None], pa.decimal128(20, 4)),
        pa.array([_at("2024-01-02 00:00:00"), None]),
    ),
    "single": (
        pa.array([1234.5, float("nan")], pa.float32()),
        pa.array([datetime(2024, 1, 2, 5, tzinfo=UTC), None], pa.timestamp("ns", "UTC")),
    ),
    "dictionary": (
        pa.array(["1234.5", None]).dictionary_encode(),
        pa.array(["2024-01-02", None], pa.large_string()),
    ),
}


@pytest.mark.parametrize("kind", PARQUET_COLUMNS)
def test_parquet(drop: Any, kind: str) -> None:
    drop.deals(files="*.parquet")
    value, closed = PARQUET_COLUMNS[kind]
    sink = io.BytesIO()
    table = {"id": pa.array([1.0, 2.0]), "stage": [row[1] for row in ROWS]}
    pq.write_table(pa.table({**table, "value": value, "closed": closed}), sink)
    drop.write("deals.parquet", sink.getvalue())

    assert _rows(drop) == ROWS


def test_parquet_faults_name_the_row(drop: Any) -> None:
    drop.deals(files="*.parquet")
    sink = io.BytesIO()
    table = {"id": ["1", "2"], "stage": ["W", "W"], "value": [0.1 + 0.2, 0.1], "closed": ["", ""]}
    pq.write_table(pa.table(table), sink)
    drop.write("deals.parquet", sink.getvalue())
    drop.extract()

    assert [(row.line, row.value) for row in drop.result.quarantined] == [
        (1, "0.30000000000000004")
    ]
    assert drop.column("amount") == [Decimal("0.10")]


def test_xlsx(drop: Any) -> None:
    drop.deals(files="*.xlsx")
    book: Any = openpyxl.Workbook()
    book.active.append(["id", "stage", "value", "closed"])
    book.active.append([1, "Gew; önnen", 1234.5, date(2024, 1, 2)])
    book.active.append(["2", 'a\nb "c"', None, None])
    sink = io.BytesIO()
    book.save(sink)
    drop.write("deals.xlsx", sink.getvalue())

    assert _rows(drop) == ROWS


def test_more_rows_than_a_batch(drop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.sources.file_drop.reading.BATCH_ROWS", 777)
    monkeypatch.setattr("orchestration.sources.file_drop.storage.PARQUET_ROW_GROUP", 2048)
    count = 5_000
    drop.write("deals.csv", "id,stage,value,closed\n" + "".join(f"{i},W,,\n" for i in range(count)))
    drop.extract()

    assert drop.column("opportunity_id") == [str(i) for i in range(count)]
    path = drop.raw / drop.result.files[0].parquet_path
    assert pq.read_metadata(path).num_row_groups == 3


def test_a_stored_version_has_the_raw_tables_types(drop: Any) -> None:
    drop.write("deals.csv", "id,stage,value,closed\n1,W,12.50,2024-01-02\n")
    drop.extract()
    stored = pq.read_schema(drop.raw / drop.result.files[0].parquet_path)

    of_the_view = {"_source_system", "_dataset_rank", "_file_rank"}
    raw = {field.name: field.type for field in raw_schema(load_entities()["opportunities"])}
    assert {field.name: field.type for field in stored} == {
        **{name: kind for name, kind in raw.items() if name not in of_the_view},
        "_line": pa.int64(),
    }
