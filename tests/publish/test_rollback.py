"""Rolling back: readers go to an earlier version in one rename."""

from __future__ import annotations

from datetime import date

import pytest
from publish_world import World

from orchestration.publish import PublishError, current_version, released_versions
from orchestration.publish.errors import RollbackError
from orchestration.publish.rollback import rollback


def publish_generations(world: World, count: int) -> None:
    for generation in range(1, count + 1):
        world.build(generation)
        world.publish(as_of_date=date(2026, 10, generation))


def test_readers_see_the_version_before(world: World) -> None:
    publish_generations(world, 3)
    result = rollback(world.published)
    assert (result.previous, result.version) == ("000003", "000002")
    assert set(world.generations().values()) == {2}
    assert rollback(world.published).version == "000001"
    assert released_versions(world.published) == ["000001", "000002", "000003"]


@pytest.mark.parametrize("to", ["1", "000001"])
def test_readers_see_a_named_version_and_may_go_forward_again(world: World, to: str) -> None:
    publish_generations(world, 3)
    assert rollback(world.published, to).version == "000001"
    assert rollback(world.published, "3").version == "000003"
    assert set(world.generations().values()) == {3}


def test_the_next_publish_is_numbered_above_all_there_are(world: World) -> None:
    publish_generations(world, 3)
    rollback(world.published, "1")
    world.build(generation=4)
    assert world.publish(as_of_date=date(2026, 10, 4)).version == "000004"
    assert rollback(world.published).version == "000003"


def test_a_group_held_after_a_rollback_stays_at_what_readers_see(world: World) -> None:
    publish_generations(world, 3)
    rollback(world.published, "1")
    world.build(generation=4)
    world.publish(failing=["demand"], as_of_date=date(2026, 10, 4))
    assert world.generations()["funnel.rpt_funnel_flow"] == 1
    assert world.rows("select distinct stale_since from kpi.rpt_kpi order by 1 nulls last") == [
        (date(2026, 10, 1),),
        (None,),
    ]


def test_the_log_tells_of_the_rollback(world: World) -> None:
    publish_generations(world, 2)
    run = world.start_run()
    result = rollback(world.published)
    world.state.record_publish(run.run_id, result.log_entries())
    entries = world.state.publish_log(run.run_id)
    assert {(entry.kpi_group, entry.action, entry.folder_version) for entry in entries} == {
        (group, "rolled_back", "000001") for group in ("core", "demand", "pipeline", "ops")
    }
    assert world.state.latest_folder_version() == "000001"
    assert world.state.previous_published_counts()["core.dim_account"] == 10


def test_a_rolled_back_version_is_not_pruned_while_readers_see_it(world: World) -> None:
    publish_generations(world, 3)
    rollback(world.published, "1")
    world.publish(as_of_date=date(2026, 10, 4), kept_versions=2)
    assert released_versions(world.published) == ["000003", "000004"]
    rollback(world.published)
    assert set(world.generations().values()) == {3}


@pytest.mark.parametrize(
    ("published", "to", "message"),
    [
        (0, None, "nothing has been published yet"),
        (1, None, "no version before 000001, which readers see. Versions: 000001."),
        (2, "7", "no version '7'. Versions: 000001, 000002."),
        (2, "../..", "no version '../..'. Versions: 000001, 000002."),
        (2, "2", "readers see version 000002 already"),
    ],
)
def test_a_version_that_is_not_there_is_refused(
    world: World, published: int, to: str | None, message: str
) -> None:
    publish_generations(world, published)
    before = current_version(world.published)
    with pytest.raises(RollbackError) as caught:
        rollback(world.published, to)
    assert message in str(caught.value)
    assert current_version(world.published) == before


@pytest.mark.parametrize("file_name", ["manifest.json", "marts.duckdb"])
def test_a_damaged_version_is_refused(world: World, file_name: str) -> None:
    publish_generations(world, 2)
    (world.published / "versions" / "000001" / file_name).unlink()
    with pytest.raises(PublishError, match="damaged"):
        rollback(world.published)
    assert current_version(world.published) == "000002"
