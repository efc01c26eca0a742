"""What was published before the as-of date, as a run reads it back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.published_before import SCHEMA, write_published_before

VERSION = "000007"
COLUMNS = "kpi, kpi_group, period_grain, dimension, member, value, period_start"
ROWS = [
    # value, known from, known to
    (1, "2026-03-01", "2026-03-05"),
    (2, "2026-03-05", "2026-03-10"),
    (3, "2026-03-10", None),
]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder `published` whose current version holds ROWS."""
    folder = tmp_path / "published"
    target = folder / "versions" / VERSION / "parquet" / "kpi"
    target.mkdir(parents=True)
    rows = ", ".join(
        f"('leads', 'demand', 'month', 'all', 'all', {value}, date '2026-02-01', date '{start}', "
        f"{f'date {end!r}' if end else 'null'}, '{VERSION}')"
        for value, start, end in ROWS
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * from (values {rows}) as t({COLUMNS}, known_from, known_to, "
            f"publish_version)) to '{target}/rpt_kpi_history.parquet' (format parquet)"
        )
    (folder / "current").symlink_to(Path("versions") / VERSION)
    return folder


def read_back(published_dir: Path, as_of: date) -> list[tuple[int, date, date | None]]:
    with duckdb.connect() as connection:
        write_published_before(connection, published_dir, as_of)
        return connection.execute(
            f"select value::int, known_from, known_to from {SCHEMA}.kpi_history order by known_from"
        ).fetchall()


def test_a_later_day_reads_everything_back(published: Path) -> None:
    found = read_back(published, date(2026, 3, 11))
    assert [(value, start.isoformat(), end and end.isoformat()) for value, start, end in found] == (
        ROWS
    )


def test_the_same_day_starts_from_what_it_started_from_before(published: Path) -> None:
    assert read_back(published, date(2026, 3, 10)) == [
        (1, date(2026, 3, 1), date(2026, 3, 5)),
        (2, date(2026, 3, 5), None),
    ]


def test_before_the_first_version_there_is_nothing(tmp_path: Path) -> None:
    assert read_back(tmp_path / "published", date(2026, 3, 10)) == []
