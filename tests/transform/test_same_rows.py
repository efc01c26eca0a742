"""A build goes no further than the rows change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.transform import statements
from orchestration.transform.compiled import run_compiled
from orchestration.transform.results import NodeResult
from orchestration.transform.standing import forget, plan_build, remember
from tests.transform.small_project import execute, fill, project, settings_of

DEAL = "create or replace view raw_file_drop.deal as select "


@pytest.fixture(params=[1, 5_000], ids=["compared", "written anew"])
def built(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A home after a run, in which small tables are treated as large ones and as what they are."""
    monkeypatch.setattr(statements, "LARGE", request.param)
    settings = settings_of(tmp_path)
    fill(settings)
    run(settings)
    return settings


def run(settings: Settings) -> dict[str, NodeResult]:
    """Build as a run does: only what may have changed, and remember it."""
    nodes = project()
    plan = plan_build(settings, nodes)
    forget(settings, plan.to_build)
    results = list(run_compiled(settings, nodes, plan.to_build, None, plan))
    remember(settings, plan, results)
    return {item.unique_id: item for item in results}


def made(results: dict[str, NodeResult]) -> set[str]:
    return {unique_id for unique_id, item in results.items() if not item.is_kept}


def total(settings: Settings) -> object:
    from orchestration.ingest.warehouse import warehouse

    with warehouse(settings, read_only=True) as connection:
        return connection.execute("select price from made.total").fetchall()[0][0]


def test_other_inputs_that_give_the_same_rows_leave_alone_what_reads_them(built: Settings) -> None:
    execute(built, "update rules.rate set rate = 1.0")
    results = run(built)
    assert made(results) == {"model.priced"}
    assert results["model.priced"].has_same_rows
    assert results["model.total"].is_kept
    assert results["test.priced"].status == "pass"
    assert run(built) == {}


def test_other_rows_reach_what_reads_them(built: Settings) -> None:
    execute(built, "update rules.rate set rate = 2.0")
    assert made(run(built)) == {"model.priced", "model.total", "test.priced"}
    assert total(built) == 20.0
    execute(built, "update rules.rate set rate = 3.0")
    assert made(run(built)) == {"model.priced", "model.total", "test.priced"}
    assert total(built) == 30.0


def test_rows_that_came_back_after_others_are_not_taken_for_those(built: Settings) -> None:
    """The table holds what the last build made, whatever was remembered before it."""
    for rate, expected in ((2.0, 20.0), (1.0, 10.0), (2.0, 20.0)):
        execute(built, f"update rules.rate set rate = {rate}")
        run(built)
        assert total(built) == expected


def test_one_row_more_or_another_value_is_seen(built: Settings) -> None:
    execute(built, DEAL + "unnest([1, 2]) as id, unnest([10, 0]) as amount")
    assert "model.total" in made(run(built))
    # The same values, each beside another one.
    execute(built, DEAL + "unnest([1, 2]) as id, unnest([0, 10]) as amount")
    results = run(built)
    assert not results["model.priced"].has_same_rows
    assert "model.total" in made(results)
    execute(built, DEAL + "unnest([2, 1]) as id, unnest([10, 0]) as amount")
    results = run(built)
    assert results["model.priced"].has_same_rows
    assert results["model.total"].is_kept


def test_the_same_values_of_another_type_are_other_rows(built: Settings) -> None:
    execute(built, DEAL + "cast(1 as bigint) as id, 10 as amount")
    results = run(built)
    assert not results["model.priced"].has_same_rows


def test_a_lost_table_is_made_and_nothing_below_it(built: Settings) -> None:
    execute(built, "drop table made.priced")
    assert made(run(built)) == {"model.priced"}


def test_a_lost_table_was_not_wrong(built: Settings) -> None:
    """It is made again of the same inputs, which is nothing to be warned of, nor built upon."""
    execute(built, "drop table made.priced", "drop view made.stg_note")
    nodes = project()
    plan = plan_build(built, nodes)
    forget(built, plan.to_build)
    remember(built, plan, list(run_compiled(built, nodes, plan.to_build, None, plan)))
    assert plan.mended == []
    assert run(built) == {}


def test_what_nobody_remembers_is_compared_with_nothing(built: Settings) -> None:
    forget(built, ["model.priced"])
    results = run(built)
    assert not results["model.priced"].has_same_rows
    # The same inputs give the same rows: what reads them was made from those.
    assert made(results) == {"model.priced"}


def test_a_test_that_warned_is_run_again_though_its_rows_are_the_same(built: Settings) -> None:
    nodes = project()
    plan = plan_build(built, nodes, is_from_scratch=True)
    results = [
        replace(item, status="warn") if item.unique_id == "test.priced" else item
        for item in run_compiled(built, nodes, plan.to_build, None, plan)
    ]
    forget(built, plan.to_build)
    remember(built, plan, results)
    assert made(run(built)) == {"test.priced"}
