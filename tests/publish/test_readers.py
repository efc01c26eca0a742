"""Readers that open the published file again and again while versions are swapped."""

from __future__ import annotations

import multiprocessing
import os
from datetime import date
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from typing import TypeAlias

import duckdb
import pytest
from publish_world import World

from orchestration.publish.rollback import rollback

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["duckdb", "pyarrow", "pandas", "orchestration.publish"])
PUBLISHES = 5
SWAPS = 20
READERS = 2
ONE_LOOK = """
    select generation, publish_version from core.dim_account
    union select generation, publish_version from core.fct_booking
    union select generation, publish_version from funnel.rpt_funnel_flow
    union select generation, publish_version from kpi.rpt_kpi
"""
Findings: TypeAlias = "Queue[tuple[set[str], list[str]]]"


def read_until_told(marts: str, looks: Semaphore, done: Event, findings: Findings) -> None:
    """Open, look, close; report the versions seen and everything that was wrong."""
    seen: set[str] = set()
    wrong: list[str] = []
    is_last = False
    while not is_last:
        is_last = done.is_set()
        try:
            with duckdb.connect(marts, read_only=True) as connection:
                rows = connection.execute(ONE_LOOK).fetchall()
            if len(rows) != 1:
                wrong.append(f"mixed versions: {rows}")
            else:
                seen.add(rows[0][1])
        except duckdb.Error as error:
            wrong.append(repr(error))
        looks.release()
    findings.put((seen, wrong))


def test_readers_see_no_error_and_no_mixed_version_while_versions_are_swapped(
    world: World,
) -> None:
    world.publish()
    findings: Findings = CONTEXT.Queue()
    done, looks = CONTEXT.Event(), CONTEXT.Semaphore(0)
    arguments = (str(world.marts), looks, done, findings)
    readers = [CONTEXT.Process(target=read_until_told, args=arguments) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for swap in range(1, SWAPS + 1):
        assert looks.acquire(timeout=60)  # somebody looked since the last swap
        if swap <= PUBLISHES:
            world.build(generation=swap + 1)
            world.publish(as_of_date=date(2026, 10, swap))
        else:
            rollback(world.published, str(1 + swap % PUBLISHES))
    done.set()
    reports = [findings.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(timeout=60)
    for seen, wrong in reports:
        assert wrong == []
        assert f"{1 + SWAPS % PUBLISHES:06d}" in seen
    assert len(set.union(*(seen for seen, _ in reports))) > 1


def test_the_readers_of_this_test_do_notice_a_mixed_version(world: World) -> None:
    world.publish()
    path = Path(world.marts).resolve()
    with duckdb.connect(str(path)) as connection:
        connection.execute("update core.dim_account set generation = 9")
    findings: Findings = CONTEXT.Queue()
    done = CONTEXT.Event()
    done.set()
    read_until_told(str(path), CONTEXT.Semaphore(0), done, findings)
    _, wrong = findings.get(timeout=60)
    assert len(wrong) == 1
    assert "mixed versions" in wrong[0]


def test_the_link_is_never_gone_not_even_for_a_moment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish()
    replace = os.replace
    targets: list[str] = []

    def watched(source: Path, target: Path) -> None:
        if target == world.published / "current":
            targets.append(str(target.readlink()))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    world.publish()
    assert targets == ["versions/000001"]
    assert (world.published / "current").readlink() == Path("versions/000002")


def test_a_reader_that_keeps_a_pruned_version_open_can_finish(world: World) -> None:
    world.publish()
    with duckdb.connect(str(world.marts), read_only=True) as connection:
        for generation in (2, 3, 4):
            world.build(generation)
            world.publish(kept_versions=1)
        assert not (world.published / "versions" / "000001").exists()
        rows = connection.execute("select distinct generation from core.dim_account").fetchall()
    assert rows == [(1,)]
