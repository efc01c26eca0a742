"""Author and approver of a plan by the history of a company folder, in real git repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from orchestration.company.plan_approvals import Approval, check_approvals
from orchestration.company.plan_checks import read_plans
from orchestration.company.plans import PLANS_FOLDER
from orchestration.company.problems import Problem

PLAN = """\
plan: seller
label: Seller
version: 1
valid_from: 2025-01-01
approved_by: E3
approved_date: 2024-12-01
components:
  - component: deals
    label: Deals
    measure: bookings
    method: flat
    frequency: monthly
    fx_date: credit_date
    bands: [{at_least: 0, rate: 0.05}]
"""
FILE = f"{PLANS_FOLDER}/seller.yml"
EMPLOYEES = {"ann@x.example": "E2", "bob@x.example": "E3"}


class Repository:
    """A company folder that people commit to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.text = PLAN
        (folder / PLANS_FOLDER).mkdir(parents=True)
        self.write()

    def write(self, old: str = "", new: str = "") -> None:
        self.text = self.text.replace(old, new, 1)
        (self.folder / FILE).write_text(self.text, encoding="utf-8")

    def git(self, *arguments: str, who: str = "ann") -> None:
        name = {"NAME": who, "EMAIL": f"{who.title()}@x.example"}
        people = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
                  for key, value in name.items()}  # fmt: skip
        subprocess.run(
            ["git", "-C", str(self.folder), *arguments], check=True, capture_output=True,
            env={**os.environ, **people, "GIT_CONFIG_GLOBAL": os.devnull,
                 "GIT_CONFIG_SYSTEM": os.devnull},
        )  # fmt: skip

    def commit(self, who: str, old: str = "", new: str = "") -> None:
        self.write(old, new)
        self.git("add", "-A")
        self.git("commit", "-m", "change", who=who)

    def check(self) -> tuple[Approval, list[Problem]]:
        plans, problems = read_plans(self.folder)
        assert problems == []
        found, problems = check_approvals(self.folder, plans, EMPLOYEES)
        return found["seller", 1], problems


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A company folder that is the root of a repository; nothing is committed yet."""
    made = Repository(tmp_path / "company")
    made.git("init", "--quiet")
    return made


def test_somebody_else_approved_it_after_the_last_change(repository: Repository) -> None:
    repository.commit("ann")
    repository.commit("bob", "2024-12-01", "2024-12-02")
    assert repository.check() == (Approval("E2", is_verified=True), [])


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([("bob", "", "")], "bob@x.example committed both"),
        ([("ann", "", ""), ("ann", "2024-12-01", "2024-12-02")], "ann@x.example committed both"),
        ([("ann", "", ""), ("bob", "2024-12-01", "2024-12-02"), ("bob", "0.05", "0.5")],
         "changed after it was approved"),
        ([("ann", "", ""), ("bob", "2024-12-01\ncomponents", "2024-12-02\n# more\ncomponents")],
         "bob@x.example committed both"),
        ([("bob", "", ""), ("ann", "2024-12-01", "2024-12-02")], "ann@x.example, who is E2"),
    ],
    ids=["alone", "approved by the author", "changed afterwards", "changed with it", "not E3"],
)  # fmt: skip
def test_what_nobody_else_approved_is_refused(
    repository: Repository, steps: list[tuple[str, str, str]], message: str
) -> None:
    for step in steps:
        repository.commit(*step)
    approval, [problem] = repository.check()
    assert not approval.is_verified
    assert problem.file == FILE
    assert problem.line in (5, 6)
    assert message in problem.message
    assert problem.allowed
    assert problem.fix


def test_what_is_not_committed_is_not_verified(repository: Repository) -> None:
    assert repository.check() == (Approval(), [])
    repository.commit("ann")
    repository.commit("bob", "2024-12-01", "2024-12-02")
    repository.write("0.05", "0.06")
    assert repository.check() == (Approval(), [])


def test_a_folder_inside_of_a_repository_is_not_verified(tmp_path: Path) -> None:
    made = Repository(tmp_path / "company")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    made.commit("ann")
    assert made.check() == (Approval(), [])


def test_without_git_nothing_is_verified(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("bob")
    monkeypatch.setenv("PATH", "")
    assert repository.check() == (Approval(), [])


def test_reading_the_history_writes_nothing(repository: Repository) -> None:
    repository.commit("ann")
    repository.commit("bob", "2024-12-01", "2024-12-02")
    before = {path: path.stat().st_mtime_ns for path in (repository.folder / ".git").rglob("*")}
    os.utime(repository.folder / FILE)  # an index that git would refresh
    repository.check()
    after = {path: path.stat().st_mtime_ns for path in (repository.folder / ".git").rglob("*")}
    assert before == after
