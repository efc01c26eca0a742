"""How Concord's models fall apart: what their ymls name is there, and each way can be gone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import pytest

from orchestration.transform import parts
from orchestration.transform.difference import IS_OLD
from orchestration.transform.nodes import Project
from orchestration.transform.scope import (
    CHANGES,
    Scope,
    change_place,
    in_scope,
    narrow,
    renamed,
    tables_below,
)
from orchestration.transform.separable import Step
from orchestration.transform.standing import CODE, BuildPlan, plan_build
from tests.conftest import RunHome
from tests.connections import connect
from tests.laws.building import settings_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]


@pytest.fixture(scope="module")
def project(sample: RunHome) -> Project:
    return Project(json.loads((sample.home / "dbt_target" / "manifest.json").read_text()))


@pytest.fixture(scope="module")
def copy(
    sample: RunHome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, in which a few rows of every table have changed."""
    file = tmp_path_factory.mktemp("separable") / "warehouse.duckdb"
    shutil.copy(sample.home / "warehouse.duckdb", file)
    with connect(file) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"drop schema if exists {CHANGES} cascade")
        connection.execute(f"create schema {CHANGES}")
        yield connection


@pytest.fixture(scope="module")
def plan(sample: RunHome, project: Project) -> BuildPlan:
    settings = settings_of(sample.home, Path("company"))
    return plan_build(settings, project)


def _changed(project: Project, connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """Where the changed rows of a table are: any three of it."""
    model = next((one for one in project.models.values() if one.name == name), None)
    place = name if model is None else f'"{model.schema}"."{model.name}"'
    rows = f"select *, false as {IS_OLD} from {place} limit 3"
    if model is None:
        return f"({rows})"
    connection.execute(f"create or replace table {change_place(name)} as {rows}")
    return change_place(name)


def test_every_way_of_every_model_can_be_gone(
    sample: RunHome, project: Project, copy: duckdb.DuckDBPyConnection
) -> None:
    """The rows of the keys that changed are those that the table holds."""
    key = (sample.home / "state" / "hash_key").read_text().strip()
    looked_at = []
    for model in project.models.values():
        if model.separable is None or model.materialized == "view" or model.language != "sql":
            continue
        below = tables_below(project, model.unique_id)
        changed = {name: _changed(project, copy, name) for name in model.separable.reached}
        with copy.cursor() as cursor:
            cursor.execute("set TimeZone = 'UTC'")
            cursor.execute("set variable concord_hash_key = $1", [key])
            scope = Scope(model.separable, changed, below, 10**9)
            query = renamed(model.sql, narrow(cursor, scope))
            condition = in_scope(model.separable.key)
            columns = ", ".join(
                f'"{name}"' for name, *_ in cursor.execute(f"describe {model.place}").fetchall()
            )
            new = f"select {columns} from ({query}) as own where {condition}"
            old = f"select {columns} from {model.place} as own where {condition}"
            for one, other in ((new, old), (old, new)):
                differs = cursor.execute(f"({one}) except all ({other}) limit 3").fetchall()
                assert differs == [], model.name
        looked_at.append(model.name)
    assert len(looked_at) > 10


def test_what_is_looked_up_is_among_what_may_have_changed(
    project: Project, plan: BuildPlan
) -> None:
    """A step through a table that is not named would miss that table's own changes."""
    for model in project.models.values():
        if model.separable is None:
            continue
        read = {
            project.models[item].name if item in project.models else ".".join(project.sources[item])
            for item in plan.inputs(model.unique_id)
            if item != CODE
        }
        said = model.separable
        assert set(said.reached) <= read, model.name
        steps: list[Step] = [
            step for ways in said.reached.values() for way in ways for step in way.path
        ]
        assert {step.table for step in steps} <= {*said.reached, model.name}, model.name
        needed = [step for path in said.restricted for step in path]
        assert {step.table for step in needed} <= {*read, model.name}, model.name


def test_tables_written_in_parts_are_those_written_whole(
    sample: RunHome,
    project: Project,
    copy: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Four hundred rows at a time, whatever memory this machine has.
    monkeypatch.setattr(parts, "gigabytes", lambda _: 4)
    monkeypatch.setattr(parts, "ROWS_PER_GIGABYTE", 100)
    key = (sample.home / "state" / "hash_key").read_text().strip()
    in_parts = [
        model
        for model in project.models.values()
        if model.separable is not None and model.separable.all_keys is not None
    ]
    assert len(in_parts) >= 2
    assert any(model.separable.parts_by for model in in_parts if model.separable)
    for model in in_parts:
        with copy.cursor() as cursor:
            cursor.execute("set TimeZone = 'UTC'")
            cursor.execute("set variable concord_hash_key = $1", [key])
            assert len(parts.part_queries(cursor, project, model)) > 1, model.name
            cursor.execute(f"create or replace temp table whole as from {model.place}")
            cursor.execute("begin")
            [(whole,)] = cursor.execute("select count(*) from whole").fetchall()
            columns = [name for name, *_ in cursor.execute("describe whole").fetchall()]
            written = parts.write_table(cursor, project, model, partial(renamed, model.sql))
            assert written == whole > 0, model.name
            named = ", ".join(f'"{name}"' for name in columns)
            differing = cursor.execute(
                f"select {named} from {model.place} except all select {named} from whole limit 3"
            ).fetchall()
            assert differing == [], model.name
            cursor.execute("rollback")


def test_ranges_leave_each_key_in_one_part(
    project: Project, copy: duckdb.DuckDBPyConnection
) -> None:
    """A key with two values of the column would be written twice."""
    looked_at = 0
    for model in project.models.values():
        said = model.separable
        if said is None or said.all_keys is None or said.parts_by is None:
            continue
        place = tables_below(project, model.unique_id)[said.all_keys].place
        key = ", ".join(said.key)
        values = f"select distinct {key}, {said.parts_by} from {place}"  # noqa: S608
        doubled = f"select {key} from ({values}) group by {key} having count(*) > 1 limit 3"  # noqa: S608
        assert copy.execute(doubled).fetchall() == [], model.name
        looked_at += 1
    assert looked_at >= 2
