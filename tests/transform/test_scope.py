"""A model that falls apart by a key holds what it would hold if all of it were worked out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from orchestration.ingest.warehouse import warehouse
from orchestration.settings import Settings
from orchestration.transform import parts, standing, statements
from orchestration.transform.compiled import run_compiled
from orchestration.transform.guards import mended_guard_results
from orchestration.transform.results import NodeResult
from tests.transform.separable_project import RAW, SEPARABLE, SQL, World, project, run
from tests.transform.small_project import execute, settings_of

TABLES = ("touches", "members", "journey_touches")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home in which small tables are treated as large ones."""
    monkeypatch.setattr(statements, "LARGE", 1)
    return settings_of(tmp_path)


@pytest.fixture
def world(settings: Settings) -> World:
    """The inputs, after a first build."""
    world = World(settings, Random(7))
    run(settings, project())
    return world


def rows(settings: Settings, query: str) -> Counter[tuple[Any, ...]]:
    with warehouse(settings, read_only=True) as connection:
        return Counter(connection.execute(query).fetchall())


def check(settings: Settings) -> None:
    """Each table holds what its query gives."""
    for name in TABLES:
        assert rows(settings, f"from made.{name}") == rows(settings, SQL[name]), name


def narrow(results: dict[str, NodeResult]) -> set[str]:
    assert [item.message for item in results.values() if item.status == "error"] == []
    return {unique_id for unique_id, item in results.items() if item.is_narrow}


@pytest.mark.parametrize("seed", range(4))
def test_random_days_leave_what_a_whole_build_leaves(settings: Settings, seed: int) -> None:
    random = Random(seed)
    world, nodes = World(settings, random), project()
    run(settings, nodes)
    seen: Counter[str] = Counter()
    for day in range(12):
        happening = random.choice(["new", "late", "both", "members", "gone", "note"])
        if happening in ("new", "both"):
            world.deliver(range(400 + 3 * day, 403 + 3 * day))
        if happening in ("late", "both"):
            world.deliver(random.sample(range(400), 4))
        if happening in ("members", "both"):
            world.move(2)
        if happening == "gone":
            world.take_back()
        if happening == "note":
            world.note()
        seen.update(narrow(run(settings, nodes)))
        check(settings)
    assert seen["model.journey_touches"] >= 3


@pytest.mark.parametrize("seed", range(2))
def test_a_table_too_large_for_memory_is_written_in_parts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Each day all of it, as after another release; a person's touches are read in every part."""
    monkeypatch.setattr(parts, "ROWS_PER_GIGABYTE", 5)
    world = World(settings, Random(seed))
    nodes = project(journey_touches={**SEPARABLE, "all_keys": "members"})
    model = nodes.models["model.journey_touches"]
    run(settings, nodes)
    for _ in range(3):
        check(settings)
        with warehouse(settings, read_only=True) as connection:
            assert len(parts.part_queries(connection, nodes, model)) > 2
        world.deliver(range(300))
        world.move(20)
        standing.forget(settings, list(nodes.models))
        results = run(settings, nodes)
        assert "model.journey_touches" not in narrow(results)
        assert results["model.journey_touches"].row_count == sum(
            rows(settings, "from made.journey_touches").values()
        )
    check(settings)


def test_a_table_that_fits_is_written_whole(world: World, settings: Settings) -> None:
    nodes = project(journey_touches={**SEPARABLE, "all_keys": "members"})
    with warehouse(settings, read_only=True) as connection:
        assert parts.part_queries(connection, nodes, nodes.models["model.journey_touches"]) == []
        assert parts.part_queries(connection, nodes, nodes.models["model.members"]) == []


@pytest.mark.parametrize(
    ("limit", "expected"), [("3.7 GiB", 3.7), ("512.0 MiB", 0.5), ("1.0 TiB", 1024)]
)
def test_what_duckdb_says_of_memory(limit: str, expected: float) -> None:
    assert parts.gigabytes(limit) == expected


def test_new_files_reach_their_rows_alone(world: World, settings: Settings) -> None:
    world.deliver([5, 6, 401])
    results = run(settings, project())
    assert {"model.touches", "model.journey_touches"} <= narrow(results)
    check(settings)


def test_a_file_that_is_gone_makes_all_be_worked_out(world: World, settings: Settings) -> None:
    world.deliver([5])
    run(settings, project())
    world.take_back()
    assert "model.touches" not in narrow(run(settings, project()))
    check(settings)


def test_columns_that_do_not_matter_reach_nobody(world: World, settings: Settings) -> None:
    of = {**SEPARABLE["reached"], "members": [{"of": ["person", "journey"]}]}
    nodes = project(journey_touches={**SEPARABLE, "reached": of})
    run(settings, nodes)
    world.note()
    results = run(settings, nodes)
    assert results["model.journey_touches"].is_narrow
    assert results["model.journey_touches"].has_same_rows
    with warehouse(settings, read_only=True) as connection:
        changed = connection.execute("select count(*) from changes.members").fetchall()
    assert changed == [(2 * len(world.members),)]
    world.move(3)
    assert "model.journey_touches" in narrow(run(settings, nodes))
    check(settings)


def test_too_many_keys_are_worked_out_as_all(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST_SHARE", 0)
    world.deliver([5])
    assert narrow(run(settings, project())) <= {"test.journey_touches", "test.members"}
    check(settings)


def test_a_table_that_nobody_named_makes_all_be_worked_out(
    world: World, settings: Settings
) -> None:
    reached = {"members": SEPARABLE["reached"]["members"]}
    nodes = project(journey_touches={**SEPARABLE, "reached": reached})
    run(settings, nodes)
    world.deliver([5])
    assert "model.journey_touches" not in narrow(run(settings, nodes))
    check(settings)


def test_what_was_not_built_well_is_worked_out_whole(world: World, settings: Settings) -> None:
    """The touches were built twice, and what reads them missed the first time."""
    nodes = project()
    world.deliver(range(12))
    plan = standing.plan_build(settings, nodes)
    chosen = [item for item in plan.to_build if item in ("model.touches", "model.stg_touch")]
    standing.remember(settings, plan, run_compiled(settings, nodes, chosen, None, plan))
    world.deliver(range(12, 24))
    results = run(settings, nodes)
    assert results["model.touches"].is_narrow
    assert not results["model.journey_touches"].is_narrow
    check(settings)


def test_a_build_that_was_killed_is_begun_anew(world: World, settings: Settings) -> None:
    """Nobody knows how far it came, so nothing that it was to build is remembered."""
    nodes = project()
    world.deliver(range(12))
    plan = standing.plan_build(settings, nodes)
    standing.forget(settings, plan.to_build)
    list(run_compiled(settings, nodes, ["model.stg_touch", "model.touches"], None, plan))
    assert narrow(run(settings, nodes)) == set()
    check(settings)


def test_another_project_makes_all_be_worked_out(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deliver([5])
    monkeypatch.setattr(standing, "fingerprint", lambda settings: "other files")
    assert narrow(run(settings, project())) == set()
    check(settings)


def test_a_path_that_leads_nowhere_is_told(world: World, settings: Settings) -> None:
    nodes = project(touches={**RAW, "restricted": [["raw_file_drop.touch.nothing"]]})
    run(settings, nodes)
    world.deliver([5])
    result = run(settings, nodes)["model.touches"]
    assert result.status == "error"
    assert "nothing" in result.message


class TestDataTests:
    """Tests look at the keys that changed, and see what a look at all would see."""

    def fails(self, settings: Settings, name: str) -> bool:
        result = run(settings, project())[f"test.{name}"]
        assert result.is_narrow
        return result.status == "fail"

    def test_a_key_of_before_that_is_doubled(self, world: World, settings: Settings) -> None:
        person, journey, _ = world.members[0]
        world.members.append((person, journey, "again"))
        world.move(0)
        assert self.fails(settings, "members")

    def test_a_row_without_a_key(self, world: World, settings: Settings) -> None:
        world.members.append((None, "j1", "new"))
        world.move(0)
        assert self.fails(settings, "members")

    def test_a_value_that_another_table_lost(self, world: World, settings: Settings) -> None:
        execute(settings, "delete from rules.channel where channel = 'email'")
        assert self.fails(settings, "journey_touches")

    def test_a_test_that_failed_is_asked_of_all(self, world: World, settings: Settings) -> None:
        execute(settings, "delete from rules.channel where channel = 'email'")
        run(settings, project())
        world.deliver([401])
        result = run(settings, project())["test.journey_touches"]
        assert result.status == "fail"
        assert not result.is_narrow

    def test_views_are_asked_through_their_table(self, world: World, settings: Settings) -> None:
        world.deliver(range(12))
        assert not self.fails(settings, "longest")


class TestWholeBuilds:
    """Every few days nothing is believed that was only looked at in part."""

    def spoil(self, settings: Settings) -> None:
        execute(settings, "update made.journey_touches set channel = 'wrong' where number = 1")

    def whole(self, settings: Settings) -> None:
        execute(settings, "update standing.whole_build set built_on = built_on - 7")

    def test_what_is_wrong_stands_until_then(self, world: World, settings: Settings) -> None:
        self.spoil(settings)
        world.deliver([5])
        assert "model.journey_touches" in narrow(run(settings, project()))
        with pytest.raises(AssertionError):
            check(settings)
        self.whole(settings)
        assert narrow(run(settings, project())) == set()
        check(settings)
        world.deliver([6])
        assert "model.journey_touches" in narrow(run(settings, project()))

    def test_what_was_mended_is_told_and_reaches_its_readers(
        self, world: World, settings: Settings
    ) -> None:
        self.spoil(settings)
        self.whole(settings)
        nodes = project()
        plan = standing.plan_build(settings, nodes)
        results = list(run_compiled(settings, nodes, plan.to_build, None, plan))
        assert plan.mended == ["model.journey_touches"]
        (told,) = mended_guard_results(nodes, plan.mended)
        assert told.status == "warned"
        assert "made.journey_touches" in told.message
        asked = {item.unique_id for item in results if not item.is_kept}
        assert {"test.journey_touches", "test.longest"} <= asked
        assert "model.members" not in asked

    def test_nothing_wrong_is_nothing_told(self, world: World, settings: Settings) -> None:
        self.whole(settings)
        plan = standing.plan_build(settings, project())
        results = list(run_compiled(settings, project(), plan.to_build, None, plan))
        assert plan.mended == []
        assert {item.unique_id for item in results if not item.is_kept} == {
            "model.touches", "model.journey_touches",
        }  # fmt: skip
