"""Python models in the runner: their rows, their errors, and when they are computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform import project as project_module
from orchestration.transform.compiled import run_compiled
from orchestration.transform.project import fingerprint
from orchestration.transform.results import NodeResult
from orchestration.transform.standing import forget, plan_build, remember
from tests.transform.small_project import execute, fill, manifest, project, settings_of

# As dbt compiles it: the author's function, then what finds the tables.
TOTAL = """
import pyarrow as pa


def model(dbt, session):
    dbt.config(materialized="table")
    prices = [price for (price,) in dbt.ref("priced").select("price").fetchall()]
    return pa.table({"price": [sum(prices)]})


class dbtObj:
    def __init__(self, load_df_function):
        self.ref = lambda name: load_df_function("made." + name)
        self.config = lambda **settings: None
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_of(tmp_path)
    fill(settings)
    return settings


def python_manifest(code: str = TOTAL) -> dict[str, Any]:
    content = manifest()
    content["nodes"]["model.total"] |= {"language": "python", "compiled_code": code}
    return content


def build(settings: Settings, content: dict[str, Any]) -> dict[str, NodeResult]:
    nodes = project(content)
    plan = plan_build(settings, nodes)
    forget(settings, plan.to_build)
    results = {
        result.unique_id: result
        for result in run_compiled(settings, nodes, plan.to_build, plan=plan)
    }
    remember(settings, plan, results.values())
    return results


def total(settings: Settings) -> list[tuple[Any, ...]]:
    with warehouse(settings, read_only=True) as connection:
        return connection.execute("select price from made.total").fetchall()


def test_the_table_has_the_functions_rows(settings: Settings) -> None:
    nodes = project(python_manifest())
    assert nodes.needs_dbt == []
    execute(settings, "update rules.rate set rate = 3")
    results = build(settings, python_manifest())
    assert results["model.total"].status == "success"
    assert results["model.total"].row_count == 1
    assert total(settings) == [(30.0,)]


def test_it_stands_while_what_it_reads_stands(settings: Settings) -> None:
    content = python_manifest()
    build(settings, content)
    assert plan_build(settings, project(content)).to_build == []
    execute(settings, "update rules.rate set rate = 7")
    results = build(settings, content)
    assert not results["model.total"].is_kept
    assert total(settings) == [(70.0,)]


def test_the_same_rows_leave_alone_what_reads_it(settings: Settings) -> None:
    content = python_manifest()
    content["nodes"]["model.after"] = {
        **manifest()["nodes"]["model.total"],
        "unique_id": "model.after",
        "name": "after",
        "depends_on": {"nodes": ("model.total",)},
        "compiled_code": "select price from made.total",
    }
    build(settings, content)
    # One more deal, which costs nothing: priced has another row, the total is what it was.
    execute(
        settings,
        "create or replace view raw_file_drop.deal as "
        "select 1 as id, 10 as amount union all select 2, 0",
    )
    results = build(settings, content)
    assert not results["model.total"].is_kept
    assert results["model.after"].is_kept


def test_an_error_is_said_in_one_sentence_and_holds_what_reads_the_model(
    settings: Settings,
) -> None:
    content = python_manifest(TOTAL.replace("sum(prices)", "prices[99]"))
    content["nodes"]["test.priced"]["depends_on"]["nodes"] = ("model.total",)
    content["nodes"]["test.priced"]["attached_node"] = "model.total"
    result = build(settings, content)
    assert result["model.total"].status == "error"
    assert result["model.total"].message == (
        "made.total could not be computed: IndexError: list index out of range"
    )
    assert result["test.priced"].status == "skipped"


def test_something_else_than_a_table_is_refused(settings: Settings) -> None:
    result = build(settings, python_manifest(TOTAL.replace("pa.table", "dict")))
    assert result["model.total"].message == "made.total gave a dict; allowed: a pyarrow Table"


def test_code_that_models_call_is_part_of_the_project(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (project_module.ALGORITHMS_DIR / "absorbing_chain.py").is_file()
    folder = tmp_path / "algorithms"
    folder.mkdir()
    monkeypatch.setattr(project_module, "ALGORITHMS_DIR", folder)
    before = fingerprint(settings)
    (folder / "another.py").write_text("ONE = 1\n")
    after = fingerprint(settings)
    (folder / "another.py").write_text("ONE = 2\n")
    assert len({before, after, fingerprint(settings)}) == 3
