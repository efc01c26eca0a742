"""Statements that dbt compiled, run without it: results, contracts, tests, what breaks and falls.

That they make the very rows that dbt makes is seen on the sample company (tests/laws).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform.compiled import run_compiled
from orchestration.transform.results import NodeResult
from tests.transform.small_project import execute, fill, manifest, project, settings_of

Manifest = dict[str, Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_of(tmp_path)
    fill(settings)
    return settings


def run(settings: Settings, content: Manifest | None = None) -> dict[str, NodeResult]:
    nodes = project(content)
    results = list(run_compiled(settings, nodes, [*nodes.models, *nodes.tests]))
    assert len(results) == len({result.unique_id for result in results})
    return {result.unique_id: result for result in results}


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with warehouse(settings, read_only=True) as connection:
        return connection.execute(query).fetchall()


def with_contract(content: Manifest, price: str) -> Manifest:
    node = content["nodes"]["model.priced"]
    node["config"]["contract"] = {"enforced": True}
    node["columns"] = {"price": {"data_type": price}, "id": {"data_type": "integer"}}
    return content


def test_models_are_built_and_tests_pass(settings: Settings) -> None:
    execute(settings, "update rules.rate set rate = 1.5")
    results = run(settings)
    assert {result.status for result in results.values()} == {"success", "pass"}
    assert rows(settings, "select * from made.total") == [(15.0,)]
    assert results["model.priced"].row_count == 1
    assert results["model.stg_deal"].row_count is None
    assert results["test.notes"].failures == 0


def test_progress_counts_every_node_once(settings: Settings) -> None:
    seen: list[tuple[str, str, int, int]] = []
    nodes = project()
    chosen = [*nodes.models, *nodes.tests]
    list(run_compiled(settings, nodes, chosen, lambda *node: seen.append(node)))
    assert [done for _, _, done, _ in seen] == list(range(1, len(chosen) + 1))
    assert {total for *_, total in seen} == {len(chosen)}
    assert {name for name, *_ in seen} == {"stg_deal", "stg_note", "priced", "total", "notes"}


def test_a_failing_test_shows_its_rows_and_holds_what_reads_the_model(settings: Settings) -> None:
    execute(settings, "create or replace view raw_file_drop.deal as select -3 as id, 10 as amount")
    results = run(settings)
    assert results["test.priced"].status == "fail"
    assert results["test.priced"].failures == 1
    assert "id=-3" in results["test.priced"].sample
    assert "Got 1 results" in results["test.priced"].message
    assert results["model.total"].status == "skipped"
    assert results["model.notes"].status == "success"
    # What was there before stays.
    assert rows(settings, "select * from made.total") == [(1,)]


def test_a_test_that_only_warns_holds_nothing(settings: Settings) -> None:
    execute(settings, "create or replace view raw_file_drop.deal as select -3 as id, 10 as amount")
    content = manifest()
    content["nodes"]["test.priced"]["config"]["severity"] = "warn"
    results = run(settings, content)
    assert results["test.priced"].status == "warn"
    assert results["model.total"].status == "success"


def test_rows_up_to_a_number_may_fail(settings: Settings) -> None:
    execute(settings, "create or replace view raw_file_drop.deal as select -3 as id, 10 as amount")
    content = manifest()
    content["nodes"]["test.priced"]["config"] |= {"error_if": "> 5", "warn_if": "> 0"}
    assert run(settings, content)["test.priced"].status == "warn"


def test_a_broken_statement_is_an_error_in_words(settings: Settings) -> None:
    content = manifest()
    content["nodes"]["model.priced"]["compiled_code"] = "select no_such_column from made.stg_deal"
    results = run(settings, content)
    assert results["model.priced"].status == "error"
    assert "no_such_column" in results["model.priced"].message
    assert results["test.priced"].status == results["model.total"].status == "skipped"


def test_a_contract_orders_the_columns(settings: Settings) -> None:
    assert run(settings, with_contract(manifest(), "double"))["model.priced"].status == "success"
    assert rows(settings, "select * from made.priced") == [(10.0, 1)]


def test_a_broken_contract_names_the_column_and_leaves_the_table(settings: Settings) -> None:
    result = run(settings, with_contract(manifest(), "decimal(18, 2)"))["model.priced"]
    assert result.status == "error"
    assert "price is DOUBLE, its contract says DECIMAL(18,2)" in result.message
    assert rows(settings, "select * from made.priced") == [(1,)]


def test_a_column_that_the_contract_misses_is_an_error(settings: Settings) -> None:
    content = with_contract(manifest(), "double")
    content["nodes"]["model.priced"]["columns"]["discount"] = {"data_type": "integer"}
    result = run(settings, content)["model.priced"]
    assert result.status == "error"
    assert "discount" in result.message


def test_a_view_may_become_a_table_and_the_other_way_round(settings: Settings) -> None:
    content = manifest()
    content["nodes"]["model.notes"]["config"]["materialized"] = "view"
    content["nodes"]["model.stg_note"]["config"]["materialized"] = "table"
    assert {result.status for result in run(settings, content).values()} == {"success", "pass"}
    assert run(settings)["model.notes"].status == "success"


def test_it_stops_when_nobody_asks_for_more(settings: Settings) -> None:
    content = manifest()
    nodes = project(content)
    results = run_compiled(settings, nodes, [*nodes.models, *nodes.tests])
    next(results)
    results.close()
    assert run(settings)["model.total"].status == "success"


@pytest.mark.parametrize(
    "change",
    [
        {"config": {"materialized": "incremental"}},
        {"language": "python", "config": {"materialized": "view"}},
        {"compiled_code": None},
        {"columns": {"id": {"constraints": [{"type": "not_null"}]}}},
    ],
)
def test_what_is_more_than_a_query_needs_dbt(change: Manifest) -> None:
    content = manifest()
    assert project(content).needs_dbt == []
    content["nodes"]["model.notes"] |= change
    assert project(content).needs_dbt == ["notes"]
