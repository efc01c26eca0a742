"""The lock on a home, with real processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from orchestration.state import HomeBusy, run_lock

CONTEXT = multiprocessing.get_context("forkserver")


def hold(path: str, line: Connection) -> None:
    """Hold the lock until told to let go, or until killed."""
    with run_lock(Path(path)):
        line.send(os.getpid())
        line.recv()
    line.send("let go")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "run.lock"


def start_holder(path: Path) -> tuple[multiprocessing.process.BaseProcess, Connection, int]:
    here, there = CONTEXT.Pipe()
    process = CONTEXT.Process(target=hold, args=(str(path), there))
    process.start()
    there.close()
    assert here.poll(60)
    return process, here, here.recv()


def test_a_second_run_is_told_who_holds_the_home_and_since_when(path: Path) -> None:
    before = datetime.now(UTC)
    process, line, pid = start_holder(path)
    with pytest.raises(HomeBusy) as caught, run_lock(path):
        pytest.fail("two runs in one home")
    assert caught.value.pid == pid
    assert caught.value.since is not None
    assert before <= caught.value.since <= datetime.now(UTC) + timedelta(seconds=1)
    assert f"in use by process {pid} since {caught.value.since:%Y-%m-%d}" in str(caught.value)
    assert str(path.parent) in str(caught.value)

    line.send("let go")
    assert line.recv() == "let go"
    process.join()
    with run_lock(path):
        pass


def test_the_lock_of_a_killed_run_frees_itself(path: Path) -> None:
    process, _, pid = start_holder(path)
    os.kill(pid, signal.SIGKILL)
    process.join()
    assert str(pid) in path.read_text()  # what it said is still there, and counts for nothing
    with run_lock(path):
        assert f'"pid": {os.getpid()}' in path.read_text()
    assert path.read_text() == ""


def test_a_run_that_waits_goes_on_when_the_other_ends(path: Path) -> None:
    process, line, _ = start_holder(path)
    line.send("let go")
    with run_lock(path, wait_seconds=60):
        assert line.recv() == "let go"
    process.join()


def test_a_run_that_waits_in_vain_gives_up(path: Path) -> None:
    with run_lock(path), pytest.raises(HomeBusy), run_lock(path, wait_seconds=0.01):
        pytest.fail("two runs in one home")


def test_a_run_that_fails_lets_go(path: Path) -> None:
    with pytest.raises(RuntimeError, match="of its own"), run_lock(path):
        raise RuntimeError("of its own")
    with run_lock(path):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x", "started_at": "y"}', "\x00\xff"])
def test_an_unreadable_lock_file_still_locks(path: Path, text: str) -> None:
    with run_lock(path):
        path.write_text(text)
        with pytest.raises(HomeBusy, match="another process") as caught, run_lock(path):
            pytest.fail("two runs in one home")
        assert caught.value.pid is None


def test_the_lock_of_another_home_is_another_lock(path: Path, tmp_path: Path) -> None:
    with run_lock(path), run_lock(tmp_path / "other" / "run.lock"):
        pass
