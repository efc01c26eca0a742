"""Parquet files with canonical types take a short way; it gives what the long way gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.canonical import load_entities
from orchestration.company.sources import source_from_mapping
from orchestration.sources.file_drop import loading
from orchestration.sources.file_drop.plan import make_plan

TYPES = {
    "invoice_id": pa.string(),
    "account_id": pa.string(),
    "invoice_date": pa.date32(),
    "amount": pa.decimal128(18, 2),
    "currency_code": pa.string(),
}
TOUCH_TYPES = {
    "touch_id": pa.string(),
    "touched_at": pa.timestamp("us", "UTC"),
    "touch_type": pa.string(),
    "email": pa.string(),
    "has_consent": pa.bool_(),
}
FIRST, LAST = datetime(1000, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001
words = st.one_of(st.none(), st.sampled_from(["", " ", " a ", "a", "b\u00a0", "#N/A", "x*y"]))


def load(path: Path, entity: str, columns: dict[str, str]) -> tuple[Any, ...]:
    datasets = {"all": {"entity": entity, "files": "*", "columns": columns}}
    source = source_from_mapping(
        "billing",
        {"loader": "file_drop", "options": {"folder": str(path.parent)}, "datasets": datasets},
        company_folder=path.parent,
    )
    plan = make_plan(source, source.datasets["all"], load_entities()).for_format("parquet")
    with duckdb.connect() as connection:
        found = loading.load_file(connection, path, plan, path.name)
        good = connection.sql(loading.good_rows(plan)).to_arrow_table().to_pylist()
        is_view = connection.execute(
            "select count(*) from duckdb_views() where view_name = 'staged' and temporary"
        ).fetchall()[0][0]
    return is_view == 1, found.counts, found.quarantined, good


def both_ways(
    path: Path, entity: str, types: dict[str, pa.DataType], monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {name: name for name in types}
    is_short, *short = load(path, entity, columns)
    _, counts, quarantined, _ = (is_short, *short)
    # A file with a row for the quarantine goes the long way after all.
    assert is_short == (not quarantined), counts
    with monkeypatch.context() as patch:
        patch.setattr(loading, "stage_typed", lambda *_: False)
        is_short, *long = load(path, entity, columns)
    assert not is_short
    assert short == long


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            words,
            words,
            st.one_of(st.none(), st.dates(date(900, 1, 1), date(9999, 12, 31))),
            st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=2)),
            st.one_of(words, st.sampled_from(["EUR", "usd", " GBP ", "euro"])),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_both_ways_agree_on_money_dates_and_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[Any, ...]]
) -> None:
    records = [dict(zip(TYPES, row, strict=True)) for row in rows]
    path = tmp_path / "invoices.parquet"
    pq.write_table(pa.Table.from_pylist(records, pa.schema(list(TYPES.items()))), path)
    both_ways(path, "invoices", TYPES, monkeypatch)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            words,
            st.one_of(
                st.none(),
                st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
            ),
            words,
            words,
            st.one_of(st.none(), st.booleans()),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_both_ways_agree_on_moments_and_booleans(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[Any, ...]]
) -> None:
    records = [dict(zip(TOUCH_TYPES, row, strict=True)) for row in rows]
    path = tmp_path / "touches.parquet"
    pq.write_table(pa.Table.from_pylist(records, pa.schema(list(TOUCH_TYPES.items()))), path)
    both_ways(path, "touches", TOUCH_TYPES, monkeypatch)


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("amount", pa.float64(), 1.5),
        ("amount", pa.string(), "1.50"),
        ("invoice_date", pa.timestamp("us"), datetime(2026, 1, 1)),  # noqa: DTZ001
        ("invoice_date", pa.string(), "2026-01-01"),
    ],
)
def test_other_types_take_the_long_way(
    tmp_path: Path, name: str, kind: pa.DataType, value: Any
) -> None:
    types = TYPES | {name: kind}
    row = {
        "invoice_id": "1",
        "account_id": "A",
        "invoice_date": date(2026, 1, 1),
        "amount": Decimal("1.50"),
        "currency_code": "EUR",
    } | {name: value}
    path = tmp_path / "invoices.parquet"
    pq.write_table(pa.Table.from_pylist([row], pa.schema(list(types.items()))), path)
    is_short, counts, _, good = load(path, "invoices", {column: column for column in TYPES})
    assert not is_short
    assert counts.loaded == 1
    assert good[0]["amount"] == Decimal("1.50")


def test_wall_time_takes_the_long_way(tmp_path: Path) -> None:
    moment = datetime(2026, 7, 1, 12)  # noqa: DTZ001
    row = {"touch_id": "1", "touched_at": moment, "touch_type": "visit"}
    path = tmp_path / "touches.parquet"
    pq.write_table(pa.Table.from_pylist([row]), path)
    is_short, _, _, good = load(path, "touches", {name: name for name in row})
    assert not is_short
    assert good[0]["touched_at"] - moment in (timedelta(0), timedelta(hours=-2))


def test_a_name_like_a_pattern_or_a_partition_is_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = pa.schema(list(TYPES.items()))
    row = {"invoice_id": "1", "account_id": "A", "invoice_date": date(2026, 1, 1),
           "amount": Decimal(1), "currency_code": "EUR"}  # fmt: skip
    folder = tmp_path / "account_id=B"
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist([row], schema), folder / "one.parquet")
    both_ways(folder / "one.parquet", "invoices", TYPES, monkeypatch)
    pq.write_table(pa.Table.from_pylist([row], schema), tmp_path / "a[b].parquet")
    is_short, counts, *_ = load(tmp_path / "a[b].parquet", "invoices", {n: n for n in TYPES})
    assert not is_short
    assert counts.loaded == 1
