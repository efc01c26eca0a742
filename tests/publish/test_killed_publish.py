"""kill -9 while publishing: readers keep a whole version, and the next run completes."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from publish_world import START, TABLES, World, publish_and_die, steps_of_a_publish

from orchestration.publish import current_version, recover, released_versions
from orchestration.publish.manifest import read_manifest
from orchestration.publish.rollback import rollback

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["duckdb", "pyarrow", "pandas", "orchestration.publish"])


@pytest.fixture
def published(world: World) -> Iterator[World]:
    """A world whose readers see generation 1 as version 2, of which the last two are kept."""
    world.publish()
    world.publish(kept_versions=2)
    world.build(generation=2)
    yield world


def kill_at(world: World, step: int, failing: tuple[str, ...] = ()) -> None:
    process = CONTEXT.Process(target=publish_and_die, args=(str(world.home), failing, 2, step))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    world.run_count += 1


def assert_one_whole_version(world: World, generation: int) -> None:
    """Readers see every table of one generation, and exactly what the manifest promises."""
    folder = (world.published / "current").resolve()
    manifest = read_manifest(folder)
    assert manifest.version == folder.name
    assert set(world.generations().values()) == {generation}
    for table in manifest.tables:
        name = f"{table.schema_name}.{table.table_name}"
        assert world.rows(f"from {name} select count(*)") == [(table.row_count,)]
        assert (folder / "parquet" / table.schema_name / f"{table.table_name}.parquet").is_file()
    assert {table.name for table in TABLES} <= world.tables()


def assert_nothing_left(world: World) -> None:
    names = {path.name for path in (world.published / "versions").iterdir()}
    assert names == set(released_versions(world.published))
    assert {path.name for path in world.published.iterdir()} == {"current", "versions"}


def steps_to_die_at(steps: list[str]) -> list[int]:
    """Every step around the swap, and some of those that write the folder, in a seeded order."""
    dice = random.Random(20261121)  # noqa: S311
    first_delicate = steps.index("manifest written")
    numbers = list(range(first_delicate, len(steps))) + dice.sample(range(first_delicate), 6)
    dice.shuffle(numbers)
    return numbers


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_a_whole_version_and_the_next_run_completes(
    published: World,
) -> None:
    # One home goes through all of it, so that leftovers would pile up.
    world = published
    steps = steps_of_a_publish(world)
    swapped = steps.index("current swapped")
    seen = 2
    for generation, number in enumerate(steps_to_die_at(steps), start=3):
        world.build(generation)
        before = current_version(world.published)
        kill_at(world, number + 1)
        if number >= swapped:
            seen = generation
        assert_one_whole_version(world, seen)
        assert (current_version(world.published) != before) is (number >= swapped), steps[number]
        if generation % 3 == 0:
            result = world.publish(kept_versions=2)
            seen = generation
            assert world.state.latest_folder_version() == result.version
        else:
            recover(world.published, world.state)
        assert_one_whole_version(world, seen)
        assert_nothing_left(world)
    assert set(steps_to_die_at(steps)) > {swapped - 1, swapped}


@pytest.mark.parametrize("group", ["core", "demand"])
def test_a_kill_while_a_group_is_held_loses_nothing_of_it(published: World, group: str) -> None:
    for step in (3, 7, 12):
        kill_at(published, step, failing=(group,))
        assert set(published.generations().values()) == {1}
    published.publish(failing=[group])
    assert published.generations()["funnel.rpt_funnel_flow"] == 1
    assert_nothing_left(published)


def test_a_version_that_became_current_just_before_the_kill_is_entered_in_the_log(
    published: World,
) -> None:
    steps = steps_of_a_publish(published)
    kill_at(published, steps.index("current swapped") + 1)
    version = current_version(published.published)
    run_id = f"run-{published.run_count:04d}"
    assert published.state.publish_log(run_id) == []
    assert published.state.mark_interrupted_runs(START)[-1] == run_id
    assert recover(published.published, published.state) == []
    assert {entry.folder_version for entry in published.state.publish_log(run_id)} == {version}
    assert recover(published.published, published.state) == []
    assert len(published.state.publish_log(run_id)) == 4


def test_a_version_that_nobody_saw_is_no_target_of_a_rollback(published: World) -> None:
    steps = steps_of_a_publish(published)
    seen = current_version(published.published)
    kill_at(published, steps.index("folder renamed") + 1)
    unseen = sorted(path.name for path in (published.published / "versions").iterdir())[-1]
    assert current_version(published.published) == seen
    assert unseen not in released_versions(published.published)
    assert recover(published.published, published.state) == [unseen]
    assert_nothing_left(published)


def test_a_version_killed_before_its_marker_survives_a_rollback(published: World) -> None:
    steps = steps_of_a_publish(published)
    kill_at(published, steps.index("current swapped") + 1)
    version = current_version(published.published)
    rollback(published.published)
    assert recover(published.published, published.state) == []
    assert version in released_versions(published.published)


def test_a_kill_while_pruning_leaves_no_half_version(published: World, tmp_path: Path) -> None:
    versions = published.published / "versions"
    (versions / "000001").rename(versions / ".removed-000001")  # as far as the kill let it come
    assert recover(published.published, published.state) == [".removed-000001"]
    assert_nothing_left(published)
    assert_one_whole_version(published, 1)
