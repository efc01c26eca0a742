"""The guard process: same results, any order of events, and it never outlives its parent."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from expectations.frames import FrameSource
from expectations.worker import PROJECT_ROOT, GuardWorker
from tests.expectations.helpers import frame, guard, suite

WAIT = 120


def test_results_come_back_in_order_and_make_a_page(tmp_path: Path) -> None:
    with GuardWorker() as worker:
        worker.submit([suite(guard("first"))], {"some_suite": frame(0.9)})
        worker.submit([suite(guard("second"))], {}, {"some_suite": "the table is missing"})
        [first] = worker.result(WAIT)
        [second] = worker.result(WAIT)
        assert (first.guard, first.status) == ("first", "failed")
        assert (second.guard, second.status) == ("second", "not_run")
        assert worker.fallback_reason is None
        page = worker.build_docs(tmp_path / "docs").read_text()
    assert "first" in page
    assert "the table is missing" in page


@pytest.mark.parametrize("is_killed", [False, True])
def test_frames_are_read_where_they_are_judged(tmp_path: Path, is_killed: bool) -> None:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema core; create table core.fct_some (name text, some_share double)"
        )
        connection.execute("insert into core.fct_some values ('row 1', 0.9)")
    counted = suite(
        guard(
            "counted",
            expectation="expect_column_values_to_be_between",
            kwargs={"column": "row_count", "max_value": 4},
            sample_columns=["entity"],
        ),
        suite="needy",
        inputs=["guard_input_entity_load"],
        frame="select * from guard_input_entity_load",
    )
    rows = {"guard_input_entity_load": [("leads", 1, 5, None), ("accounts", 1, None, 0)]}
    source = FrameSource(str(database), {"threads": "1"}, rows)
    with GuardWorker() as worker:
        if is_killed:
            os.kill(worker.process_id, signal.SIGKILL)
        worker.submit_source([suite(guard("first")), counted], source)
        first, second = worker.result(WAIT)
    assert (first.guard, first.status) == ("first", "failed")
    assert (second.guard, second.status) == ("counted", "failed")
    assert "leads" in second.sample


def test_a_killed_process_is_replaced_by_this_one(caplog: pytest.LogCaptureFixture) -> None:
    with GuardWorker() as worker, caplog.at_level(logging.WARNING):
        os.kill(worker.process_id, signal.SIGKILL)
        worker.submit([suite(guard("stops"))], {"some_suite": frame(0.9)})
        [result] = worker.result(WAIT)
        assert result.status == "failed"
        assert worker.fallback_reason is not None
        assert "exit code -9" in worker.fallback_reason
        worker.submit([suite(guard("again"))], {"some_suite": frame(0.1)})
        assert worker.result(WAIT)[0].status == "passed"
    assert "guards are evaluated in the main process" in caplog.text


def test_a_process_that_gives_no_answer_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    with GuardWorker() as worker:
        os.kill(worker.process_id, signal.SIGSTOP)
        worker.submit([suite(guard("stops"))], {"some_suite": frame(0.9)})
        [result] = worker.result(timeout=0.1)
        assert result.status == "failed"
        assert worker.fallback_reason is not None
        assert "no answer within 0.1 seconds" in worker.fallback_reason


def test_closing_twice_and_while_it_works_is_no_error() -> None:
    worker = GuardWorker()
    worker.submit([suite(guard("stops"))], {"some_suite": frame(0.9)})
    worker.close()
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker.process_id, 0)


PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
from expectations.worker import GuardWorker
worker = GuardWorker()
print(worker.process_id, flush=True)
if sys.argv[2] == "busy":
    sys.stdin.read()
"""


def start_parent(mode: str) -> tuple[subprocess.Popen[bytes], int]:
    """A parent without a terminal, and the id of its guard process."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(PROJECT_ROOT), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


def wait_for_end(process_id: int) -> None:
    """Wait until a process that is no child of ours has ended."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([handle], [], [], WAIT)
        assert ended, "the guard process outlived its parent"
    finally:
        os.close(handle)


needs_process_handles = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="the system has no handles for processes"
)


@needs_process_handles
def test_it_ends_when_its_parent_is_killed() -> None:
    parent, worker_id = start_parent("busy")
    with parent:
        parent.kill()
        wait_for_end(worker_id)


@needs_process_handles
def test_it_ends_when_its_parent_forgets_to_close_it() -> None:
    parent, worker_id = start_parent("leave")
    with parent:
        wait_for_end(worker_id)
        assert parent.wait(WAIT) == 0
