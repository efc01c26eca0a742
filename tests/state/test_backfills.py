"""What is remembered of backfills, and the step of the schema that brought it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from orchestration.state import Backfill, BackfillSlice, RunRecord, Slicing, StateStore
from orchestration.state.database import Database
from orchestration.state.migrations import MIGRATIONS

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def slices(
    source: str, last_month: int, slicing: Slicing = "month", first_month: int = 1
) -> list[BackfillSlice]:
    """Slices from the first of a month to the 28th of another, one for each month."""
    ends = (date(2026, first_month, 1), date(2026, last_month, 28))
    return [
        BackfillSlice(source, *ends, slicing, date(2026, month, 1), date(2026, month, 28))
        for month in range(first_month, last_month + 1)
    ]


def read(item: BackfillSlice) -> BackfillSlice:
    return BackfillSlice(
        item.source, item.from_date, item.to_date, item.slicing, item.first_date, item.last_date,
        NOW, "r1", 7,
    )  # fmt: skip


def test_a_slice_that_is_read_is_read_for_every_backfill_that_has_it(tmp_path: Path) -> None:
    with StateStore(tmp_path / "state.sqlite") as store:
        long, short, other = slices("ads", 3), slices("ads", 2), slices("more_ads", 3)
        for planned in (long, short, other):
            store.begin_backfill(planned[0].backfill, planned)
        store.save_slice_problem(short[1].backfill, short[1].first_date, "r0", "a dead line")
        assert store.backfill_slices(short[0].backfill)[1].problem == "a dead line"
        store.save_slice_read(read(long[1]))
        assert store.backfill_slices(long[0].backfill) == [long[0], read(long[1]), long[2]]
        assert store.backfill_slices(short[0].backfill) == [short[0], read(short[1])]
        assert store.backfill_slices(other[0].backfill) == other
        store.save_slice_read(read(short[0]))
        assert [found[0].backfill for found in store.unfinished_backfills()] == [
            long[0].backfill, other[0].backfill,
        ]  # fmt: skip
        assert store.forget_unfinished_backfills() == 2
        assert store.unfinished_backfills() == []
        assert len(store.backfill_slices(short[0].backfill)) == 2


def test_a_backfill_is_its_source_days_and_slicing(tmp_path: Path) -> None:
    with StateStore(tmp_path / "state.sqlite") as store:
        planned = slices("ads", 2)
        store.begin_backfill(planned[0].backfill, planned)
        store.save_slice_read(read(planned[0]))
        begun = planned[0].backfill
        assert store.backfill_slices(Backfill(*vars(begun).values())) != []
        for other in (
            Backfill("more_ads", begun.from_date, begun.to_date, "month"),
            Backfill("ads", date(2026, 1, 2), begun.to_date, "month"),
            Backfill("ads", begun.from_date, date(2026, 2, 27), "month"),
            Backfill("ads", begun.from_date, begun.to_date, "week"),
        ):
            assert store.backfill_slices(other) == []
        store.begin_backfill(begun, planned)
        assert store.backfill_slices(begun) == planned


def test_a_slice_of_all_objects_is_read_for_those_of_some_and_not_the_other_way_round(
    tmp_path: Path,
) -> None:
    with StateStore(tmp_path / "state.sqlite") as store:
        whole, some = slices("crm", 2), [replace(item, objects="Lead") for item in slices("crm", 2)]
        for planned in (whole, some):
            store.begin_backfill(planned[0].backfill, planned)
        store.save_slice_problem(some[1].backfill, some[1].first_date, "r0", "a dead line")
        assert store.backfill_slices(whole[0].backfill) == whole
        store.save_slice_read(replace(read(some[0]), objects="Lead"))
        assert store.backfill_slices(whole[0].backfill) == whole
        store.save_slice_read(read(whole[1]))
        found = store.backfill_slices(some[0].backfill)
        assert [(item.objects, item.run_id) for item in found] == [("Lead", "r1"), ("Lead", "r1")]
        assert [each[0].backfill for each in store.unfinished_backfills()] == [whole[0].backfill]


def test_backfills_that_were_known_before_there_were_objects_are_of_all(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with Database(path, MIGRATIONS[:4]) as old, old.transaction() as connection:
        connection.execute(
            "insert into backfill_slice values ('ads', '2026-01-01', '2026-01-28', 'month', "
            "'2026-01-01', '2026-01-28', '2026-11-02T06:00:00+00:00', 'r1', 7, null)"
        )
    with StateStore(path) as store:
        [item] = slices("ads", 1)
        assert store.backfill_slices(item.backfill) == [read(item)]
        other = [replace(item, slicing="28 days", objects="Lead")]
        store.begin_backfill(other[0].backfill, other)
        assert store.backfill_slices(other[0].backfill) == other


def test_the_schema_before_is_taken_along(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with Database(path, MIGRATIONS[:3]) as old, old.transaction() as connection:
        connection.execute(
            "insert into run values ('r1', '2026-11-01', 'abc', '2026-11-02T00:00:00+00:00', null, "
            "'running', null, null, 'postgres')"
        )
    with StateStore(path) as store:
        assert [run.run_id for run in store.runs()] == ["r1"]
        store.start_run(RunRecord("r2", date(2026, 11, 1), "abc", NOW, kind="backfill"))
        assert store.rows("pragma foreign_key_check") == []
