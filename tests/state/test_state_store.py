"""The state store: what Concord remembers, and that a kill cannot tear it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from orchestration.state import (
    FileVersion,
    GuardResult,
    PostgresLogEntry,
    PublishLogEntry,
    QuarantinedRow,
    RunRecord,
    SourceLoad,
    StateError,
    StateStore,
    TableCount,
)
from orchestration.state.database import Database
from orchestration.state.migrations import MIGRATIONS

CONTEXT = multiprocessing.get_context("forkserver")
START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
DAY = date(2026, 11, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "concord.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[StateStore]:
    with StateStore(path) as opened:
        opened.start_run(RunRecord("r1", DAY, "abc1234", START))
        opened.start_run(RunRecord("r2", DAY, "abc1234", START + timedelta(minutes=1)))
        yield opened


def a_file(
    name: str, content: str = "c1", source: str = "crm", quarantined: int = 0
) -> FileVersion:
    return FileVersion(
        source, "deals", "opportunities", name, content, "m1", 10, quarantined, 0, f"{name}.parquet"
    )


def a_row(name: str, line: int, scope: str = "file", source: str = "crm") -> QuarantinedRow:
    return QuarantinedRow(
        source, "deals", "opportunities", name, line, "amount", "12,x", "is no number", "{}", scope
    )


def lines(store: StateStore) -> list[tuple[str, int | None]]:
    return [(row.file, row.line) for row in store.current_quarantine()]


# --- runs


def test_a_run_is_read_back_as_it_was_recorded(store: StateStore) -> None:
    run = RunRecord("r3", DAY, "abc1234", START + timedelta(hours=1), selection="raw+")
    store.start_run(run)
    assert store.find_run("r3") == run
    assert store.latest_run() == run
    store.finish_run("r3", "failed", START + timedelta(hours=2), "core held")
    finished = store.find_run("r3")
    assert finished is not None
    assert (finished.status, finished.message) == ("failed", "core held")
    assert finished.finished_at == START + timedelta(hours=2)
    assert [found.run_id for found in store.runs(limit=2)] == ["r3", "r2"]


def test_the_latest_run_can_be_asked_for_by_status_and_kind(store: StateStore) -> None:
    store.finish_run("r1", "succeeded", START)
    store.start_run(RunRecord("back", DAY, "abc1234", START + timedelta(days=1), kind="rollback"))
    latest = {
        "any daily": store.latest_run(),
        "succeeded": store.latest_run(status="succeeded"),
        "rollback": store.latest_run(kind="rollback"),
        "any": store.latest_run(kind=None),
    }
    assert {name: run and run.run_id for name, run in latest.items()} == {
        "any daily": "r2",
        "succeeded": "r1",
        "rollback": "back",
        "any": "back",
    }
    assert store.latest_run(status="failed") is None


def test_runs_left_open_by_a_kill_are_marked_interrupted(store: StateStore) -> None:
    store.finish_run("r1", "succeeded", START)
    assert store.mark_interrupted_runs(START + timedelta(hours=1)) == ["r2"]
    assert store.mark_interrupted_runs(START + timedelta(hours=2)) == []
    run = store.find_run("r2")
    assert run is not None
    assert (run.status, run.finished_at) == ("interrupted", START + timedelta(hours=1))


def test_a_run_id_cannot_be_used_twice_nor_a_run_end_that_never_began(store: StateStore) -> None:
    with pytest.raises(StateError, match="r1 was recorded before"):
        store.start_run(RunRecord("r1", DAY, "abc1234", START))
    with pytest.raises(StateError, match="r9 was never started"):
        store.finish_run("r9", "succeeded", START)


def test_times_are_kept_in_utc_and_need_a_zone(store: StateStore) -> None:
    east = timezone(timedelta(hours=2))
    store.finish_run("r1", "succeeded", datetime(2026, 11, 2, 10, 0, tzinfo=east))
    run = store.find_run("r1")
    assert run is not None
    assert run.finished_at == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    assert run.finished_at.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="has no time zone"):
        store.finish_run("r1", "succeeded", datetime(2026, 11, 2, 10, 0))  # noqa: DTZ001


# --- files and quarantine


def test_a_changed_file_replaces_its_earlier_version(store: StateStore) -> None:
    store.replace_active_files("r1", [a_file("a.csv"), a_file("b.csv")])
    store.replace_active_files("r2", [a_file("a.csv", "c2"), a_file("b.csv")])
    active = store.active_files()
    assert [(file.file, file.content_hash, file.first_run_id) for file in active] == [
        ("a.csv", "c2", "r2"),
        ("b.csv", "c1", "r1"),
    ]
    earlier = store.find_file_version("crm", "deals", "a.csv", "c1", "m1")
    assert earlier is not None
    assert not earlier.is_active
    assert store.find_file_version("crm", "deals", "a.csv", "c1", "m2") is None


def test_a_file_that_is_gone_is_no_longer_active(store: StateStore) -> None:
    store.replace_active_files("r1", [a_file("a.csv"), a_file("b.csv")])
    store.replace_active_files("r2", [a_file("b.csv")])
    assert [file.file for file in store.active_files()] == ["b.csv"]


def test_sources_that_were_not_read_keep_their_files(store: StateStore) -> None:
    store.replace_active_files("r1", [a_file("a.csv"), a_file("x.csv", source="ads")])
    store.replace_active_files("r2", [a_file("a.csv", "c2")], sources=["crm"])
    active = {(file.source, file.content_hash) for file in store.active_files()}
    assert active == {("crm", "c2"), ("ads", "c1")}
    assert [file.source for file in store.active_files(source="ads")] == ["ads"]
    assert store.active_files(entity="leads") == []


def test_quarantined_rows_count_while_their_version_of_the_file_is_active(
    store: StateStore,
) -> None:
    bad = a_file("a.csv", quarantined=2)
    store.replace_active_files("r1", [bad], [a_row("a.csv", 3), a_row("a.csv", 5)])
    store.replace_active_files("r2", [bad])  # unchanged, so not read again
    assert lines(store) == [("a.csv", 3), ("a.csv", 5)]
    store.replace_active_files("r2", [a_file("a.csv", "c2")])
    assert lines(store) == []
    store.replace_active_files("r2", [bad])  # the old content comes back
    assert lines(store) == [("a.csv", 3), ("a.csv", 5)]


def test_a_file_read_again_gives_its_rows_once(store: StateStore) -> None:
    bad = a_file("a.csv", quarantined=1)
    for run in ("r1", "r2"):
        store.replace_active_files(run, [bad], [a_row("a.csv", 3)])
    assert lines(store) == [("a.csv", 3)]
    store.replace_active_files("r2", [a_file("a.csv", quarantined=0)])
    assert lines(store) == []


def test_findings_across_files_count_until_the_source_is_read_again(store: StateStore) -> None:
    refused = [a_row("cut.csv", 0, "run"), a_row("x.csv", 1, "run", source="ads")]
    store.replace_active_files("r1", [], refused)
    assert lines(store) == [("x.csv", 1), ("cut.csv", 0)]
    store.replace_active_files("r2", [], [], sources=["crm"])
    assert lines(store) == [("x.csv", 1)]
    store.replace_active_files("r2", [], [])
    assert lines(store) == []


@pytest.mark.parametrize(
    ("files", "rows", "message"),
    [
        ([a_file("a.csv", source="ads")], [], "not among the sources being replaced: ads"),
        ([], [a_row("cut.csv", 1)], "cut.csv, which is not among the active files"),
        ([a_file("a.csv"), a_file("a.csv", "c2")], [], "a file was given twice"),
    ],
)
def test_what_does_not_belong_is_refused_and_nothing_changes(
    store: StateStore, files: list[FileVersion], rows: list[QuarantinedRow], message: str
) -> None:
    store.replace_active_files("r1", [a_file("b.csv")])
    with pytest.raises(StateError, match=message):
        store.replace_active_files("r2", files, rows, sources=["crm"])
    assert [file.file for file in store.active_files()] == ["b.csv"]


def test_files_of_an_unknown_run_change_nothing(store: StateStore) -> None:
    store.replace_active_files("r1", [a_file("a.csv")])
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        store.replace_active_files("never started", [a_file("b.csv")])
    assert [file.file for file in store.active_files()] == ["a.csv"]


def test_source_loads_are_kept_once_per_object(store: StateStore) -> None:
    load = SourceLoad("file_drop", "crm", "opportunities", 10, None, None, 1, START)
    again = SourceLoad("file_drop", "crm", "opportunities", 11, "a", "z", 0, START)
    store.add_source_loads("r1", [load])
    store.add_source_loads("r1", [again])
    assert store.source_loads("r1") == [again]
    assert store.source_loads("r2") == []


# --- guards and publish log


def test_guard_results_are_kept_per_run_and_guard(store: StateStore) -> None:
    failed = GuardResult("sums", "core", "critical", "failed", "3", "0", "key 7", "core.x", "off")
    passed = GuardResult("sums", "core", "critical", "passed", table_name="core.x")
    other = GuardResult("sums", "core", "critical", "passed", table_name="core.y")
    store.add_guard_results("r1", [failed, other])
    store.add_guard_results("r1", [passed])
    store.add_guard_results("r2", [failed])
    assert store.guard_results("r1") == [passed, other]
    assert store.guard_results("r2") == [failed]


def test_a_guard_status_that_is_none_is_refused(store: StateStore) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        store.add_guard_results("r1", [GuardResult("sums", "core", "critical", "fine")])


def test_the_publish_log_knows_the_last_version_and_its_counts(store: StateStore) -> None:
    assert store.previous_published_counts() == {}
    assert (store.latest_folder_version(), store.highest_folder_version()) == (None, 0)
    held = PublishLogEntry("demand", "held", "000001", "000002", DAY, "guard sums failed")
    store.record_publish(
        "r1",
        [PublishLogEntry("core", "published", "000009", "000009")],
        [TableCount("core", "dim_account", "core", 5)],
    )
    store.record_publish(
        "r2",
        [PublishLogEntry("core", "published", "000010", "000010"), held],
        [TableCount("core", "dim_account", "core", 7)],
    )
    assert store.publish_log("r2")[1] == PublishLogEntry(**{**vars(held), "run_id": "r2"})
    assert len(store.publish_log()) == 3
    assert store.highest_folder_version() == 10
    assert store.previous_published_counts("000009") == {"core.dim_account": 5}


def test_the_postgres_log_knows_what_stands_there(store: StateStore) -> None:
    assert store.latest_postgres_entry() is None
    good = PostgresLogEntry("r1", "000001", "published", "db", START, 31, 9_000)
    bad = PostgresLogEntry("r2", "000002", "failed", "db", START, message="away")
    for entry in (good, bad):
        store.add_postgres_entry(entry)
    assert store.latest_postgres_entry() == bad
    assert store.latest_postgres_entry("published") == good
    assert store.latest_postgres_entry("failed", "r1") is None
    assert store.home_id() == "r1"


def test_versions_are_known_by_the_run_that_made_them(store: StateStore) -> None:
    store.record_publish("r1", [PublishLogEntry("core", "published", "000001", "000001")])
    store.record_publish("r2", [PublishLogEntry("core", "rolled_back", "000001", "000001")])
    assert store.runs_of_versions() == {"000001": "r1"}


# --- the file


def test_the_file_is_safe_and_private(store: StateStore, path: Path) -> None:
    pragmas = {
        name: store.rows(f"pragma {name}")[0][0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
    }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "user_version": len(MIGRATIONS),
    }
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_new_migration_is_applied_once_and_keeps_what_is_there(path: Path) -> None:
    first = (("create table note (text text)",),)
    second = (*first, ("alter table note add column author text", "update note set author = 'x'"))
    with Database(path, first) as old, old.transaction() as connection:
        connection.execute("insert into note values ('kept')")
    for _ in range(2):
        with Database(path, second) as new:
            assert [tuple(row) for row in new.rows("select * from note")] == [("kept", "x")]
            assert new.rows("pragma user_version")[0][0] == 2


def test_the_second_migration_keeps_runs_in_order_and_what_refers_to_them(path: Path) -> None:
    with Database(path, MIGRATIONS[:1]) as old, old.transaction() as connection:
        for run in ("r2", "r1"):
            connection.execute(
                "insert into run values (?, '2026-11-01', 'abc', '2026-11-02', null, 'running', "
                "null, null, 'daily')",
                (run,),
            )
            connection.execute(
                "insert into guard_result values "
                "(?, 'sums', 'core', 'info', 'passed', null, null, null, '', null)",
                (run,),
            )
    with StateStore(path) as store:
        assert [run["run_id"] for run in store.rows("select * from run order by rowid")] == [
            "r2", "r1",
        ]  # fmt: skip
        assert len(store.guard_results("r1")) == 1
        assert store.rows("pragma foreign_key_check") == []
        store.start_run(RunRecord("r3", DAY, "abc1234", START, kind="postgres"))
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            store.add_guard_results("r9", [GuardResult("sums", "core", "info", "passed")])


def test_a_migration_that_fails_leaves_the_schema_as_it_was(path: Path) -> None:
    first = (("create table note (text text)",),)
    broken = (*first, ("alter table note add column author text", "update missing_table set x = 1"))
    Database(path, first).close()
    with pytest.raises(StateError, match="no such table: missing_table"):
        Database(path, broken)
    with Database(path, first) as again:
        assert again.rows("pragma user_version")[0][0] == 1
        assert [row["name"] for row in again.rows("pragma table_info(note)")] == ["text"]


def test_a_file_of_a_newer_concord_is_refused(path: Path) -> None:
    StateStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(StateError, match="schema version 99.*a newer Concord wrote it"):
        StateStore(path)


def test_a_file_that_is_no_state_is_refused_with_what_to_do(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("this is no database, but a text that somebody put here" * 20)
    with pytest.raises(StateError, match="Restore it from a backup, or move it away"):
        StateStore(path)


def test_threads_may_write_at_once(store: StateStore) -> None:
    def write(number: int) -> None:
        result = GuardResult(f"guard {number}", "core", "info", "passed")
        store.add_guard_results("r1", [result])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(100)))
    assert len(store.guard_results("r1")) == 100


def test_a_second_process_reads_what_the_first_wrote(store: StateStore, path: Path) -> None:
    with StateStore(path) as second:
        store.add_guard_results("r1", [GuardResult("sums", "core", "info", "passed")])
        assert len(second.guard_results("r1")) == 1


def test_a_stream_gives_all_rows(store: StateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.state.database._STREAM_ROWS", 2)
    rows = [a_row("cut.csv", line, "run") for line in range(5)]
    store.replace_active_files("r1", [], rows)
    batches = list(store.stream_current_quarantine())
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert [row["line"] for batch in batches for row in batch] == [0, 1, 2, 3, 4]


def die_in_a_transaction(path: str, statements: int) -> None:
    store = StateStore(Path(path))
    with store.transaction() as connection:
        connection.execute("update file_version set is_active = 0")
        for number in range(statements):
            connection.execute(
                "insert into guard_result values "
                "('r1', ?, 'core', 'info', 'passed', null, null, null, '', null)",
                (f"guard {number}",),
            )
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("statements", [0, 1, 20_000])
def test_a_kill_in_a_transaction_leaves_what_was_there(
    store: StateStore, path: Path, statements: int
) -> None:
    store.replace_active_files("r1", [a_file("a.csv")])
    process = CONTEXT.Process(target=die_in_a_transaction, args=(str(path), statements))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with StateStore(path) as again:
        assert [file.file for file in again.active_files()] == ["a.csv"]
        assert again.guard_results("r1") == []
        again.add_guard_results("r1", [GuardResult("sums", "core", "info", "passed")])
        assert again.rows("pragma integrity_check")[0][0] == "ok"
