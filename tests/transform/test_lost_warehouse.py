"""A warehouse that DuckDB gives up in the middle of a build: what broke with it is tried again.

The fault is DuckDB's own: a checkpoint that finds no room on the disk.
"""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform import compiled
from orchestration.transform.results import NodeResult
from tests.transform.small_project import fill, project, settings_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # Alone: a full disk breaks what runs beside it in ways of its own.
    settings = replace(settings_of(tmp_path), threads=1)
    fill(settings)
    return settings


def lose_warehouse(cursor: duckdb.DuckDBPyConnection) -> None:
    """Let the disk be full while DuckDB writes the file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with cursor.cursor() as beside:
        beside.execute("create or replace temp table heap as select 1 as a")
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            beside.execute("force checkpoint")
        except duckdb.FatalException:
            return
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    raise AssertionError("the warehouse still answers")


def broken_at(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> list[str]:
    """Lose the warehouse when a node begins, so many times; returns what was begun."""
    begun: list[str] = []
    run_node: Callable[..., NodeResult] = compiled.run_node

    def run(cursor: duckdb.DuckDBPyConnection, nodes: Any, unique_id: str, *more: Any) -> Any:
        begun.append(unique_id)
        if unique_id == name and begun.count(name) <= times:
            lose_warehouse(cursor)
        return run_node(cursor, nodes, unique_id, *more)

    monkeypatch.setattr(compiled, "run_node", run)
    return begun


def build(settings: Settings) -> dict[str, NodeResult]:
    nodes = project()
    results = list(compiled.run_compiled(settings, nodes, [*nodes.models, *nodes.tests]))
    assert len(results) == len({result.unique_id for result in results})
    return {result.unique_id: result for result in results}


@pytest.mark.parametrize("name", ["model.stg_deal", "model.priced", "test.priced", "model.notes"])
def test_what_broke_is_tried_again_and_all_is_built(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    begun = broken_at(monkeypatch, name, 1)
    results = build(settings)
    assert {result.status for result in results.values()} == {"success", "pass"}
    assert begun.count(name) == 2
    with warehouse(settings, read_only=True) as connection:
        assert connection.execute("select price from made.total").fetchall() == [(10.0,)]


def test_a_node_that_breaks_again_is_an_error_and_the_others_are_built(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = broken_at(monkeypatch, "model.priced", 9)
    results = build(settings)
    assert begun.count("model.priced") == 2
    assert results["model.priced"].status == "error"
    assert "File too large" in results["model.priced"].message
    assert results["test.priced"].status == results["model.total"].status == "skipped"
    assert results["model.notes"].status == "success"
    assert results["test.notes"].status == "pass"
    # What stood before stands.
    with warehouse(settings, read_only=True) as connection:
        assert connection.execute("select * from made.priced").fetchall() == [(1,)]


def test_what_ran_beside_it_is_tried_again_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    has_begun, is_lost = threading.Event(), threading.Event()
    run_node: Callable[..., NodeResult] = compiled.run_node

    def run(cursor: duckdb.DuckDBPyConnection, nodes: Any, unique_id: str, *more: Any) -> Any:
        begun.append(unique_id)
        if not is_lost.is_set():
            if unique_id == "model.stg_note":
                has_begun.set()
                is_lost.wait(60)
            else:
                has_begun.wait(60)
                lose_warehouse(cursor)
                is_lost.set()
        return run_node(cursor, nodes, unique_id, *more)

    monkeypatch.setattr(compiled, "run_node", run)
    results = build(replace(settings, threads=2))
    assert {result.status for result in results.values()} == {"success", "pass"}
    assert begun.count("model.stg_note") == begun.count("model.stg_deal") == 2
