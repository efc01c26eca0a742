"""Homes in which the real command ran, shared by the tests that only look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT, Finished, concord, real_data


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
        with duckdb.connect(str(self.current / "marts.duckdb"), read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def value(self, sql: str, *parameters: Any) -> Any:
        return self.query(sql, *parameters)[0][0]

    def again(self, *arguments: str, **environment: str) -> Finished:
        return concord(self.home, *(arguments or ("run",)), **{**self.environment, **environment})


def _run(home: Path, **environment: str) -> RunHome:
    finished = concord(home, "run", **environment)
    assert finished.code == 0, finished.text
    return RunHome(home, finished, environment)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The sample company, run once."""
    yield _run(tmp_path_factory.mktemp("sample") / "home")


@pytest.fixture(scope="session")
def crm_export(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The real CRM export, run once through its example company folder."""
    yield _run(
        tmp_path_factory.mktemp("crm_export") / "home",
        CONCORD_COMPANY=str(ROOT / "examples" / "crm_export"),
        CRM_EXPORT_DIR=str(real_data("maven_crm")),
    )


@pytest.fixture(scope="session")
def marketing_funnel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The real marketing funnel, run once through its example company folder."""
    yield _run(
        tmp_path_factory.mktemp("marketing_funnel") / "home",
        CONCORD_COMPANY=str(ROOT / "examples" / "marketing_funnel"),
        FUNNEL_DIR=str(real_data("olist_funnel")),
    )
