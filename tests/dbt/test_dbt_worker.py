"""The dbt process: its results and words reach the run, and it never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.transform.project import TransformError
from orchestration.transform.worker import DbtWorker
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def worker(empty_warehouse: Settings) -> Iterator[DbtWorker]:
    worker = DbtWorker(empty_warehouse)
    yield worker
    worker.close()


def test_each_node_is_told_once_with_its_rows_and_progress(worker: DbtWorker) -> None:
    seen: list[tuple[str, str, int, int]] = []
    arguments = ["--select", "+dim_date", "--indirect-selection", "cautious"]
    arguments += ["--exclude-resource-type", "unit_test"]
    results = list(worker.run("build", arguments, on_node=lambda *node: seen.append(node)))
    assert [result.message for result in results if not result.is_good] == []
    names = [result.unique_id for result in results]
    assert len(names) == len(set(names)) == len(seen) > 2
    assert seen[-1][2:] == (len(names), len(names))
    [days] = [result for result in results if result.unique_id.endswith(".dim_date")]
    assert days.row_count is not None
    assert days.row_count > 365


def test_words_of_dbt_reach_the_user_and_the_process_lives_on(worker: DbtWorker) -> None:
    with pytest.raises(TransformError, match="no_such_command"):
        list(worker.run("no_such_command"))
    assert list(worker.run("build", ["--select", "no_such_model"])) == []


def test_a_killed_process_is_an_error_with_advice(tmp_path: Path) -> None:
    worker = DbtWorker(Settings(company_dir=ROOT / "company", home=tmp_path))
    os.kill(worker.process_id, signal.SIGKILL)
    with pytest.raises(TransformError, match=r"exit code -9 .*CONCORD_MEMORY"):
        list(worker.run("build"))
    worker.close()
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker.process_id, 0)


PARENT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from orchestration.settings import Settings
from orchestration.transform.worker import DbtWorker
worker = DbtWorker(Settings(company_dir=Path("company"), home=Path(sys.argv[2])))
print(worker.process_id, flush=True)
sys.stdin.read()
"""


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(PROJECT_ROOT), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    process_id = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(process_id, signal.SIGKILL)
    pytest.fail("the dbt process outlived its parent")
