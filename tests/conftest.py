"""What tests of all rooms share: places, a way to run the real command, and one home."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import orchestration  # noqa: F401 - says how openpyxl reads XML, before a test imports it
from tests.connections import connect
from tests.grouping import scheduler

# How fast a machine makes examples says nothing of the code.
settings.register_profile("concord", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("concord")

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
COMMAND_SECONDS = 540


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


def concord(home: Path, *arguments: str, **environment: str) -> Finished:
    """Run the real `concord` command in a clean environment with an empty home directory."""
    user_home = home.parent / "user_home"
    user_home.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    found = subprocess.run(
        [Path(sys.executable).with_name("concord"), *arguments],
        cwd=home.parent,
        env={
            **kept,
            "HOME": str(user_home),
            "COLUMNS": "160",
            "CONCORD_HOME": str(home),
            **environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    return Finished(found.returncode, found.stdout, found.stderr)


@pytest.fixture
def run_concord(tmp_path: Path) -> Callable[..., Finished]:
    """Run `concord` in a home of the test's own."""
    return lambda *arguments, **environment: concord(tmp_path / "home", *arguments, **environment)


def real_data(folder: str) -> Path:
    """A real data set beside the checkout; the test is skipped where it is absent."""
    path = SHARED_DATA / folder
    if not path.is_dir():
        pytest.skip(f"the real data set {folder} is not beside this checkout")
    return path


@dataclass(frozen=True)
class RunHome:
    """A home, how its run ended, and its published marts."""

    home: Path
    finished: Finished
    environment: dict[str, str]

    @property
    def current(self) -> Path:
        return self.home / "published" / "current"

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with connect(self.current / "marts.duckdb", read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def value(self, sql: str, *parameters: Any) -> Any:
        return self.query(sql, *parameters)[0][0]

    def again(self, *arguments: str, **environment: str) -> Finished:
        return concord(self.home, *(arguments or ("run",)), **{**self.environment, **environment})


def run_home(home: Path, **environment: str) -> RunHome:
    """Run the real command in a home; it has to succeed."""
    finished = concord(home, "run", **environment)
    assert finished.code == 0, finished.text
    return RunHome(home, finished, environment)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The sample company, run once."""
    yield run_home(tmp_path_factory.mktemp("sample") / "home")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let the tests of a group run in one process (tests/grouping.py)."""
    return scheduler()(config, log)
