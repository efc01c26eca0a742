"""What a build may leave alone: exactly what no change of its inputs can reach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.transform import standing
from orchestration.transform.standing import forget, plan_build, remember
from tests.transform.small_project import execute, fill, good, project, settings_of

ALL = {
    "model.stg_deal", "model.stg_note", "model.priced", "model.total", "model.notes",
    "test.priced", "test.notes",
}  # fmt: skip
NOTES = {"model.stg_note", "model.notes", "test.notes"}


@pytest.fixture
def built(tmp_path: Path) -> Settings:
    """A home after a build of everything."""
    settings = settings_of(tmp_path)
    fill(settings)
    remember(settings, plan_build(settings, project()), good(*ALL))
    return settings


def kept(settings: Settings) -> set[str]:
    return set(plan_build(settings, project()).kept)


def test_nothing_stands_at_first(tmp_path: Path) -> None:
    plan = plan_build(settings_of(tmp_path), project())
    assert plan.kept == {}
    assert set(plan.to_build) == ALL


def test_everything_stands_when_nothing_changed(built: Settings) -> None:
    plan = plan_build(built, project())
    assert set(plan.kept) == ALL
    assert plan.to_build == []
    assert plan.kept["model.total"] == 7


def test_a_rule_reaches_what_reads_it_and_no_view(built: Settings) -> None:
    execute(built, "update rules.rate set rate = 1.1")
    assert kept(built) == NOTES | {"model.stg_deal"}


def test_a_delivery_reaches_all_below_it(built: Settings) -> None:
    execute(built, "create or replace view raw_file_drop.note as select 2 as id, 'b' as text")
    assert kept(built) == ALL - NOTES | {"model.stg_note"}


def test_a_change_and_its_undoing_stand_again(built: Settings) -> None:
    execute(built, "update rules.rate set rate = 1.1")
    execute(built, "update rules.rate set rate = null")
    assert kept(built) == ALL


def test_a_column_below_reaches_every_view(built: Settings) -> None:
    execute(built, "create or replace view raw_file_drop.note as select 1 as id")
    assert kept(built) == {"model.priced", "model.total", "test.priced"}


def test_a_lost_table_is_built_again(built: Settings) -> None:
    execute(built, "drop table made.notes")
    assert kept(built) == ALL - {"model.notes"}


def test_a_view_in_the_place_of_a_table_is_no_table(built: Settings) -> None:
    execute(built, "drop table made.notes", "create view made.notes as select 1 as id")
    assert kept(built) == ALL - {"model.notes"}


def test_another_hash_key_reaches_everything(built: Settings) -> None:
    assert kept(replace(built, hash_key="two")) == set()


def test_a_changed_project_reaches_everything(
    built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "fingerprint", lambda _settings: "another")
    assert kept(built) == set()


def test_what_a_killed_build_had_begun_is_not_trusted(built: Settings) -> None:
    """It may hold the rows of inputs that are gone again."""
    forget(built, ["model.priced"])
    assert kept(built) == ALL - {"model.priced", "model.total", "test.priced"}


def test_from_scratch_keeps_nothing(built: Settings) -> None:
    assert plan_build(built, project(), is_from_scratch=True).kept == {}


@pytest.mark.parametrize("status", ["warn", "fail", "error", "skipped"])
def test_what_did_not_pass_is_looked_at_again(tmp_path: Path, status: str) -> None:
    settings = settings_of(tmp_path)
    fill(settings)
    results = [
        replace(item, status=status) if item.unique_id == "test.priced" else item
        for item in good(*ALL)
    ]
    remember(settings, plan_build(settings, project()), results)
    assert kept(settings) == ALL - {"test.priced"}


def test_rows_count_and_not_what_lies_below_a_null(built: Settings) -> None:
    """A buffer keeps the value that a NULL replaced; it says nothing."""
    execute(
        built,
        "create or replace table rules.rate as select * from (values ('USD', 3.5::double)) "
        "as rate (code, rate)",
        "update rules.rate set rate = null",
    )
    assert kept(built) == ALL
