"""Building the page: its files, its determinism, what it refuses, and that data stay data."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dashboard_marts import sql, write_empty_marts, write_marts

from dashboards import build
from dashboards.build import build_dashboard
from dashboards.marts import DashboardError
from dashboards.render import ECHARTS, ROOM, SCRIPTS


def data_of(index: Path) -> dict[str, Any]:
    html = index.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found
    loaded: dict[str, Any] = json.loads(found.group(1))
    return loaded


def test_page_is_two_files_and_names_no_host(busy_page: Path) -> None:
    assert sorted(path.name for path in busy_page.parent.iterdir()) == [
        "echarts.min.js",
        "index.html",
    ]
    hosts = set(re.findall(r"https?://([^/'\"\s]+)", busy_page.read_text(encoding="utf-8")))
    assert hosts == {"www.w3.org"}  # the name of the SVG namespace, which nothing requests


def test_same_marts_give_the_same_bytes_and_stay_untouched(marts: Path, tmp_path: Path) -> None:
    before = marts.read_bytes()
    pages = [build_dashboard(marts, tmp_path / name, "Northlight") for name in ("one", "other")]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert marts.read_bytes() == before


def test_building_again_replaces_the_page(marts: Path, tmp_path: Path) -> None:
    build_dashboard(marts, tmp_path, "Old name")
    index = build_dashboard(marts, tmp_path, "New name")
    assert "<h1>New name</h1>" in index.read_text(encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_failed_write_leaves_the_old_page_and_no_remains(
    marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = build_dashboard(marts, tmp_path, "Old name")
    old = index.read_bytes()

    def refuse(_: Path, target: Path) -> Path:
        raise OSError(f"disk full: {target}")

    monkeypatch.setattr(build.Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        build_dashboard(marts, tmp_path, "New name")
    assert index.read_bytes() == old
    assert len(list(tmp_path.iterdir())) == 2


def test_missing_marts_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DashboardError, match=r"no marts file at .*nowhere\.duckdb; publish first"):
        build_dashboard(tmp_path / "nowhere.duckdb", tmp_path / "page", "Northlight")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    marts = tmp_path / "marts.duckdb"
    marts.write_text("no database at all, only some words " * 400, encoding="utf-8")
    with pytest.raises(DashboardError, match="cannot be opened as a DuckDB file"):
        build_dashboard(marts, tmp_path / "page", "Northlight")


def test_every_missing_column_is_named_at_once(page_with: Callable[..., Path]) -> None:
    with pytest.raises(DashboardError) as caught:
        page_with(
            sql("alter table kpi.rpt_kpi drop value", "alter table kpi.dim_kpi drop kpi_label")
        )
    assert "kpi.rpt_kpi has no column value" in str(caught.value)
    assert "kpi.dim_kpi has no column kpi_label" in str(caught.value)


def test_an_unknown_run_is_refused(marts: Path, tmp_path: Path) -> None:
    with pytest.raises(DashboardError, match=r"Run nobody is not in ops\.ops_run"):
        build_dashboard(marts, tmp_path, "Northlight", run_id="nobody")


def test_optional_columns_and_whole_tables_may_be_absent(page_with: Callable[..., Path]) -> None:
    index = page_with(
        sql(
            "alter table kpi.rpt_kpi drop target",
            "alter table kpi.rpt_kpi drop stale_since",
            "alter table kpi.dim_kpi drop reporting_currency",
            "drop table funnel.rpt_pipeline_daily",
            "drop table core.dim_date",
        )
    )
    data = data_of(index)
    assert data["currency"] is None
    assert data["pipeline"]["rows"] == []
    assert data["totals"]["leads"]["month"]["2026-10-01"][3] is None
    assert "Not published yet: core.dim_date, funnel.rpt_pipeline_daily" in index.read_text("utf-8")


def test_currency_argument_counts_only_where_the_dictionary_names_none(
    marts: Path, tmp_path: Path
) -> None:
    bare = write_marts(
        tmp_path / "bare.duckdb", sql("update kpi.dim_kpi set reporting_currency = null")
    )
    pages = [
        build_dashboard(path, tmp_path / path.stem, "Northlight", reporting_currency="CHF")
        for path in (marts, bare)
    ]
    assert [data_of(page)["currency"] for page in pages] == ["EUR", "CHF"]


def test_numbers_of_the_page_are_those_of_the_marts(marts: Path, busy_page: Path) -> None:
    totals = data_of(busy_page)["totals"]
    with duckdb.connect(str(marts), read_only=True) as connection:
        rows = connection.execute(
            "select kpi, period_grain, cast(period_start as varchar), value, target, prior_value"
            " from kpi.rpt_kpi where dimension = 'all'"
        ).fetchall()
    assert len(rows) > 500
    for kpi, grain, start, value, target, prior in rows:
        shown = totals[kpi][grain][start]
        assert [shown[0], shown[3], shown[4]] == [
            None if number is None else float(number) for number in (value, target, prior)
        ]


def test_periods_after_the_as_of_date_are_left_out(page_with: Callable[..., Path]) -> None:
    index = page_with(
        sql(
            "insert into kpi.rpt_kpi by name select * replace (date '2027-01-01' as period_start,"
            " null as value) from kpi.rpt_kpi where period_start = date '2026-11-01'"
        )
    )
    assert data_of(index)["periods"]["month"][-1]["start"] == "2026-11-01"


def test_the_largest_members_are_shown_and_all_are_counted(page_with: Callable[..., Path]) -> None:
    index = page_with(
        sql(
            "insert into kpi.rpt_kpi by name"
            " select rpt_kpi.* replace ('Product ' || number as member, number as value)"
            " from kpi.rpt_kpi, range(1000) as numbers(number)"
            " where kpi = 'bookings' and dimension = 'product' and member = 'unallocated'"
            " and period_grain = 'month' and period_start = date '2026-11-01'"
        )
    )
    cell = data_of(index)["breakdowns"]["bookings"]["product"]["month"]["2026-11-01"]
    assert cell["count"] == 1005
    assert len(cell["rows"]) == 40


def test_markup_in_data_stays_text(page_with: Callable[..., Path]) -> None:
    evil = "</script><script>alert(1)</script>"
    index = page_with(
        sql(
            "update kpi.rpt_kpi set member = $text where member = 'Velocity'",
            "update ops.ops_guard_result set message = $text",
            text=evil,
        )
    )
    html = index.read_text(encoding="utf-8")
    assert evil not in html
    assert html.count("<script") == 3
    members = data_of(index)["breakdowns"]["bookings"]["team"]["month"]["2026-11-01"]["rows"]
    assert evil in [row[0] for row in members]


def test_not_a_number_is_unknown(page_with: Callable[..., Path]) -> None:
    index = page_with(
        sql(
            "alter table kpi.rpt_kpi alter value type double",
            "update kpi.rpt_kpi set value = 'nan' where kpi = 'leads'",
        )
    )
    assert data_of(index)["totals"]["leads"]["month"]["2026-11-01"][0] is None


def test_empty_marts_build(tmp_path: Path) -> None:
    marts = write_empty_marts(tmp_path / "marts.duckdb")
    data = data_of(build_dashboard(marts, tmp_path / "page", "Northlight"))
    assert data["kpis"] == []
    assert data["periods"] == {"month": [], "quarter": [], "year": []}


def test_vendored_chart_library_is_the_one_its_readme_names() -> None:
    readme = (ECHARTS.parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(ECHARTS.read_bytes()).hexdigest() in readme
    version = re.search(r"\| Version \| ([\d.]+) \|", readme)
    assert version
    assert f'"{version.group(1)}"' in ECHARTS.read_text(encoding="utf-8")
    assert {"LICENSE", "NOTICE"} <= {path.name for path in ECHARTS.parent.iterdir()}


def test_every_script_file_is_part_of_the_page() -> None:
    assert {path.name for path in (ROOM / "assets" / "js").iterdir()} == set(SCRIPTS)


def test_scripts_never_turn_text_into_markup() -> None:
    for name in SCRIPTS:
        source = (ROOM / "assets" / "js" / name).read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", source
        )
        assert "</script" not in source
