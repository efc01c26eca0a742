"""The page of guards: complete, safe, readable without a network."""

from __future__ import annotations

import re
from pathlib import Path

from expectations.data_docs import build_data_docs
from expectations.loader import load_suites
from expectations.runner import evaluate
from tests.expectations.helpers import frame, guard, suite


def test_the_page_shows_every_guard_with_what_was_seen(tmp_path: Path) -> None:
    suites = load_suites("marts")
    results = evaluate(suites, {})
    page = build_data_docs(suites, results, tmp_path, subtitle="Sample, 2024-12-31").read_text()
    for one in results:
        assert f'<code class="soft">{one.guard}</code>' in page
    # All but ops, which is published whatever its guards say.
    assert page.count("readers keep the last good version") == 6
    assert "Sample, 2024-12-31" in page
    assert f"{len(results)} not run" in page


def test_the_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = build_data_docs([], [], tmp_path).read_text()
    assert not re.search(r"(src|href)=|@import|url\(|https?://", page)
    assert "No guard was evaluated." in page


def test_values_from_the_data_are_shown_as_text(tmp_path: Path) -> None:
    rows = frame(0.9)
    rows["name"] = "<script>alert(1)</script>"
    one = suite(guard("stops"))
    page = build_data_docs([one], evaluate([one], {"some_suite": rows}), tmp_path).read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_group_with_warnings_only_may_be_published(tmp_path: Path) -> None:
    one = suite(guard("warns", severity="warning"))
    page = build_data_docs([one], evaluate([one], {"some_suite": frame(0.9)}), tmp_path).read_text()
    assert "no guard stops it" in page
    assert "readers keep" not in page


def test_the_same_results_make_the_same_page(tmp_path: Path) -> None:
    one = suite(guard("b"), guard("a"))
    results = evaluate([one], {"some_suite": frame(0.9)})
    first = build_data_docs([one], results, tmp_path / "1").read_text()
    assert build_data_docs([one], results[::-1], tmp_path / "2").read_text() == first


def test_a_stopped_core_stops_every_group_on_the_page(tmp_path: Path) -> None:
    core = suite(guard("stops"), suite="core_suite")
    demand = suite(guard("holds"), suite="demand_suite", kpi_group="demand")
    results = evaluate([core, demand], {"core_suite": frame(0.9), "demand_suite": frame(0.1)})
    page = build_data_docs([core, demand], results, tmp_path).read_text()
    assert "stopped with core" in page
    assert "no guard stops it" not in page
