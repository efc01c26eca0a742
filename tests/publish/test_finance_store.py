"""Pay is published in a file of its own, which only its owner may read."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest
from publish_world import TABLES, World

from orchestration.publish import PublishedTable
from orchestration.publish.tables import store_of

PAY = PublishedTable(
    "compensation", "comp_earning_line", "core", store=store_of("compensation"), key=("line_key",)
)


@pytest.fixture
def paying(world: World) -> World:
    """A world that pays somebody."""
    with duckdb.connect(str(world.warehouse)) as connection:
        connection.execute(
            "create schema compensation; create table compensation.comp_earning_line as "
            "select 'k1' as line_key, 12.50::decimal(18, 2) as amount"
        )
    return world


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_pay_is_in_no_file_that_others_read(paying: World) -> None:
    folder = paying.publish(tables=[*TABLES, PAY]).folder
    assert not [name for name in paying.tables() if name.startswith("compensation.")]
    with duckdb.connect(str(folder / "finance.duckdb"), read_only=True) as connection:
        assert connection.execute(
            "select line_key, amount::varchar, publish_version from compensation.comp_earning_line"
        ).fetchall() == [("k1", "12.50", "000001")]
    pay = folder / "parquet" / "compensation"
    assert (mode(folder / "finance.duckdb"), mode(pay)) == (0o600, 0o700)
    assert [mode(path) for path in pay.iterdir()] == [0o600]
    for path in folder.rglob("*"):
        if path.name not in ("finance.duckdb", ".released") and pay not in (path, path.parent):
            assert mode(path) == (0o755 if path.is_dir() else 0o644), path


def test_nobody_looks_into_a_version_that_is_being_made(paying: World) -> None:
    seen: dict[str, int] = {}

    def look(step: str) -> None:
        for folder in (paying.published / "versions").glob(".building-*"):
            seen[step] = mode(folder)

    paying.publish(tables=[*TABLES, PAY], on_step=look)
    assert seen["finance.duckdb closed"] == seen["marts.duckdb closed"] == 0o700
    assert mode(paying.published / "versions" / "000001") == 0o755


def test_a_held_group_stays_beside_the_first_pay(paying: World) -> None:
    """The version before has no file of pay yet, and nothing needs it."""
    paying.publish()
    paying.build(generation=2)
    folder = paying.publish(tables=[*TABLES, PAY], failing=["demand"]).folder
    with duckdb.connect(str(folder / "finance.duckdb"), read_only=True) as connection:
        [(rows,)] = connection.execute(
            "select count(*) from compensation.comp_earning_line"
        ).fetchall()
    assert rows == 1


def test_a_bonus_names_the_version_of_its_kpis(paying: World) -> None:
    """Pay that is held keeps the version that its KPIs were audited in."""
    result = PublishedTable(
        "compensation", "comp_kpi_result", "demand", store=store_of("compensation"), key=("kpi",)
    )
    with duckdb.connect(str(paying.warehouse)) as connection:
        connection.execute(
            "create table compensation.comp_kpi_result as "
            "select 'mqls' as kpi, null::varchar as kpi_publish_version, 90 as actual"
        )
    seen = []
    for failing in ((), ("demand",), ()):
        folder = paying.publish(failing, tables=[*TABLES, result]).folder
        with duckdb.connect(str(folder / "finance.duckdb"), read_only=True) as connection:
            seen += connection.execute(
                "select kpi_publish_version, publish_version from compensation.comp_kpi_result"
            ).fetchall()
    assert seen == [("000001", "000001"), ("000001", "000001"), ("000003", "000003")]
