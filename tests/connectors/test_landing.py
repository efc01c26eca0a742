"""The deliveries of a dataset: the newest row of each record, however many files and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import IS_GONE, MODIFIED_AT, RECORD_ID

SCHEMA = pa.schema(
    [
        pa.field(RECORD_ID, pa.string()),
        pa.field(MODIFIED_AT, pa.timestamp("us", "UTC")),
        pa.field(IS_GONE, pa.bool_()),
        pa.field("name", pa.string()),
    ]
)


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield Landing(tmp_path / "deals", SCHEMA, True, connection)


def rows(names: dict[str, str], second: int = 0) -> pa.Table:
    stamp = datetime(2026, 11, 1, 0, 0, second, tzinfo=UTC)
    found = [
        {RECORD_ID: record, MODIFIED_AT: stamp, IS_GONE: False, "name": name}
        for record, name in names.items()
    ]
    return pa.Table.from_pylist(found, SCHEMA)


def held(landing: Landing, among: str = "") -> dict[str, str]:
    query = f"select {RECORD_ID}, name from {landing.held(among)}"
    found = landing.connection.sql(query).fetchall()
    assert len(found) == len(dict(found))
    return dict(found)


def deliver(landing: Landing, names: dict[str, str], second: int) -> int:
    landing.stage(rows(names, second))
    return landing.settle()


def test_the_newest_of_several_files_counts(landing: Landing) -> None:
    assert held(landing) == {}
    assert deliver(landing, {"a": "A", "b": "B", "c": "C"}, 1) == 3
    assert deliver(landing, {"b": "B2"}, 2) == 1
    assert deliver(landing, {"b": "B3", "d": "D"}, 3) == 2
    assert deliver(landing, {"a": "A", "b": "B3"}, 3) == 1  # only the stamp of a is another one
    assert len(landing.deliveries()) == 4
    assert held(landing) == {"a": "A", "b": "B3", "c": "C", "d": "D"}


def test_rows_of_some_records_alone(landing: Landing) -> None:
    for second, names in enumerate([{"a": "A", "b": "B", "c": "C"}, {"b": "B2"}, {"d": "D"}], 1):
        deliver(landing, names, second)
    landing.connection.execute(
        f"create temp table wanted as select unnest(['b', 'c', 'x']) as {RECORD_ID}"
    )
    assert held(landing, "wanted") == {"b": "B2", "c": "C"}


def test_small_pages_make_large_row_groups(landing: Landing) -> None:
    for page in range(300):
        landing.stage(rows({f"{page}-{number}": "x" for number in range(200)}))
    assert landing.settle() == 60_000
    [file] = landing.deliveries()
    assert pq.read_metadata(file.path).num_row_groups == 2
    assert len(held(landing)) == 60_000


def test_what_is_staged_is_seen_by_nobody_before_it_settles(landing: Landing) -> None:
    landing.stage(rows({"a": "A"}))
    assert held(landing) == {}
    again = Landing(landing.folder, SCHEMA, True, landing.connection)
    assert again.settle() == 0
    assert held(again) == {}
