"""What happens when something is wrong: readers keep the last good version and learn why."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import RunHome
from tests.unlike import unlike

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]


@pytest.fixture(scope="module")
def running(crm_files: RunHome, tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A copy of a home with one good version, and of its company, that tests may break."""
    place = tmp_path_factory.mktemp("faults") / "place"
    shutil.copytree(crm_files.home.parent, place, symlinks=True)
    environment = {**crm_files.environment, "CONCORD_COMPANY": str(place / "company")}
    return RunHome(place / "home", crm_files.finished, environment)


@pytest.fixture(scope="module")
def company(running: RunHome) -> Path:
    """The company's folder."""
    return Path(running.environment["CONCORD_COMPANY"])


@pytest.fixture
def crm(company: Path, running: RunHome) -> Iterator[Path]:
    """The CRM's drop folder, put back afterwards."""
    folder = company.parent / "sample_company" / "exports" / "crm"
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    yield folder
    for path in folder.iterdir():
        if path not in kept:
            path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)


def groups(running: RunHome) -> dict[str, str]:
    return dict(
        running.query(
            "select kpi_group, action from ops.ops_publish_log where run_id = "
            "(select run_id from ops.ops_run order by started_at desc limit 1)"
        )
    )


def test_a_truncated_file_stops_the_run_and_readers_see_nothing_of_it(
    running: RunHome, crm: Path
) -> None:
    before = running.query("select * exclude (publish_version) from kpi.rpt_kpi order by all")
    leads = crm / "leads.csv"
    leads.write_bytes(leads.read_bytes()[:-20])
    finished = running.again()
    assert finished.code == 1
    assert "leads.csv" in finished.text
    assert "truncated" in finished.text
    assert "Traceback" not in finished.text
    after = running.query(
        "select * exclude (publish_version) replace (cast(null as date) as stale_since) "
        "from kpi.rpt_kpi order by all"
    )
    assert unlike(dict.fromkeys(after), dict.fromkeys(before)) == {}
    assert running.again("status").code == 1


def test_a_currency_without_a_rate_holds_everything(running: RunHome, crm: Path) -> None:
    before = running.value("select count(*) from core.fct_opportunity")
    deals = crm / "opportunities.csv"
    text = deals.read_text(encoding="utf-8-sig")
    deals.write_text(text.replace("USD", "JPY"), encoding="utf-8")
    finished = running.again()
    assert finished.code == 1
    assert "rate" in finished.text
    assert "Traceback" not in finished.text
    assert groups(running)["core"] == "held"
    assert running.value("select count(*) from core.fct_opportunity") == before
    assert (
        running.value("select count(*) from core.fct_opportunity where currency_code = 'JPY'") == 0
    )
    failed = running.query(
        "select guard, observed, sample from ops.ops_guard_result "
        "where status = 'failed' and severity = 'critical' and run_id = "
        "(select run_id from ops.ops_run order by started_at desc limit 1)"
    )
    assert failed


def test_an_unmapped_lead_status_holds_the_demand_group_only(running: RunHome, crm: Path) -> None:
    company = crm.parents[2] / "company"
    funnel = company / "funnel.yml"
    kept = funnel.read_text()
    try:
        lines = kept.splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith("lead_statuses:"))
        first = next(n for n in range(start + 1, len(lines)) if "status:" in lines[n])
        funnel.write_text("\n".join([*lines[:first], *lines[first + 1 :]]) + "\n")
        finished = running.again()
    finally:
        funnel.write_text(kept)
    assert finished.code == 1, finished.text
    decided = groups(running)
    assert decided["demand"] == "held"
    assert decided["pipeline"] == "published"
    assert decided["core"] == "published"
    stale = running.query(
        "select kpi_group, count(*) filter (where stale_since is not null), count(*) "
        "from kpi.rpt_kpi group by 1"
    )
    for group, stale_rows, rows in stale:
        assert stale_rows == (rows if group == "demand" else 0), group
    assert "unmapped" in finished.text


def test_the_next_good_run_heals(running: RunHome) -> None:
    finished = running.again()
    assert finished.code == 0, finished.text
    assert set(groups(running).values()) == {"published"}
    assert running.value("select count(*) from kpi.rpt_kpi where stale_since is not null") == 0


def test_a_second_run_leaves_with_a_message(running: RunHome) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys; f = open(sys.argv[1], 'a+'); fcntl.flock(f, fcntl.LOCK_EX); "
            "print('held', flush=True); sys.stdin.read()",
            str(running.home / "run.lock"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        finished = running.again()
    finally:
        holder.communicate("")
    assert finished.code == 4
    assert "one run at a time" in finished.text


def test_an_invalid_company_folder_moves_nothing(running: RunHome, company: Path) -> None:
    file = company / "company.yml"
    kept = file.read_text()
    try:
        file.write_text(kept + "\ncolour: blue\n")
        for command in ("check", "run"):
            finished = running.again(command)
            assert finished.code == 3
            assert "colour" in finished.text
            assert "company.yml" in finished.text
            assert "Traceback" not in finished.text
    finally:
        file.write_text(kept)


def test_a_part_is_built_and_not_published(running: RunHome) -> None:
    version = (running.home / "published" / "current").readlink()
    assert running.again("run", "--select", "fct_booking").code == 0
    assert running.again("run", "--no-publish").code == 0
    wrong = running.again("run", "--select", "fct_boking")
    assert wrong.code == 2
    assert "fct_booking" in wrong.text
    assert (running.home / "published" / "current").readlink() == version


def test_an_earlier_as_of_date_is_not_published(running: RunHome) -> None:
    version = (running.home / "published" / "current").readlink()
    finished = running.again("run", CONCORD_AS_OF="2026-09-30")
    assert finished.code == 1
    assert "2026-09-30" in finished.text
    assert (running.home / "published" / "current").readlink() == version


def test_kill_at_any_moment_leaves_readers_unharmed(running: RunHome) -> None:
    """Kills the job and its children at seeded moments spread over its length."""
    seconds = _length_of_a_run(running)
    moments = random.Random(20261121)
    for part in range(4):
        after = seconds * (part + moments.random()) / 4
        process = subprocess.Popen(
            [Path(sys.executable).with_name("concord"), "run", "--full-refresh"],
            env={**_environment(running), **running.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        marts = running.home / "published" / "current" / "marts.duckdb"
        with duckdb.connect(str(marts), read_only=True) as connection:
            counted = connection.execute(
                "select count(*) from kpi.rpt_kpi where dimension = 'all'"
            ).fetchall()
        assert counted[0][0] > 0
    finished = running.again()
    assert finished.code == 0, finished.text
    assert not list((running.home / "published" / "versions").glob(".building-*"))
    interrupted = running.value("select count(*) from ops.ops_run where status = 'interrupted'")
    assert interrupted >= 1
    assert running.value("select count(*) from ops.ops_run where status = 'running'") == 0


def _environment(running: RunHome) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(running.home.parent),
        "CONCORD_HOME": str(running.home),
    }


def _length_of_a_run(running: RunHome) -> float:
    with duckdb.connect(str(running.current / "marts.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select date_diff('second', started_at, finished_at) from ops.ops_run "
            "where status = 'succeeded' and finished_at is not null order by started_at desc"
        ).fetchall()
    return float(max(10, rows[0][0]))
