"""Who wrote and who approved a version of a plan, by the history of the company folder.

Where the company folder is itself the root of a git repository, the last commit that changed a
plan names its author, and the commit of its row `approved_by` or `approved_date` its approver:
another person, in a later commit that changes nothing else. Elsewhere (no repository, no git, a
file that is not committed) the rows are taken as they stand, and marked as not verified.

Belongs here: reading that history and what it forbids. Does not: the form of a plan (plans), who
approved overrides, which sources deliver (dbt).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.company.plan_checks import ReadPlan
from orchestration.company.problems import Problem

SECONDS = 20
APPROVAL = ("approved_by", "approved_date")
# Nothing is written, asked, fetched or run: neither index nor hooks, filters and pagers.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager")


@dataclass(frozen=True)
class Approval:
    """What is known of a version's author; the approver stands in its file.

    Attributes:
        author: Employee id of who committed the last change; None when nobody has that address.
        is_verified: Whether the history shows that two people wrote and approved it.
    """

    author: str | None = None
    is_verified: bool = False


UNVERIFIED = Approval()
Key = tuple[str, int]


def check_approvals(
    folder: Path, plans: Iterable[ReadPlan], employees: Mapping[str, str]
) -> tuple[dict[Key, Approval], list[Problem]]:
    """Read who wrote and approved each version, and find versions that one person did both for.

    Args:
        folder: The company folder.
        plans: Every version of every plan, read from that folder.
        employees: Employee id by e-mail address in lower case.

    Returns:
        By plan and version what the history shows; and all problems.
    """
    found: dict[Key, Approval] = {}
    problems: list[Problem] = []
    is_root = (folder / ".git").exists()
    for one in plans:
        key = one.plan.plan, one.plan.version
        commits = _commits(folder, one) if is_root else None
        found[key] = UNVERIFIED
        if commits is None:
            continue
        problem = _problem(one, commits, employees)
        if problem is not None:
            problems.append(problem)
            continue
        found[key] = Approval(employees.get(commits.author), is_verified=True)
    return found, problems


@dataclass(frozen=True)
class _Commits:
    """The history of a plan file: e-mail addresses in lower case.

    Attributes:
        approver: Who committed the approval.
        author: Who committed the last change before it; empty when there is none.
        is_last: Whether nothing was changed after the approval.
        is_alone: Whether the approval's commit changes nothing else in the file.
    """

    approver: str
    author: str
    is_last: bool
    is_alone: bool


def _problem(one: ReadPlan, commits: _Commits, employees: Mapping[str, str]) -> Problem | None:
    again = "let the approver write a new approved_date and commit nothing else"
    named = employees.get(commits.approver)
    if not commits.is_last:
        return one.file.problem(
            ("approved_date",),
            "the plan was changed after it was approved, as the folder's git history shows",
            allowed="an approval that is committed after the last change",
            fix=again,
        )
    if commits.author in ("", commits.approver) or not commits.is_alone:
        return one.file.problem(
            ("approved_by",),
            f"{commits.approver} committed both the plan's last change and its approval",
            allowed="an approval that somebody else commits, in a commit of its own",
            fix=again,
        )
    if named is not None and named != one.plan.approved_by:
        return one.file.problem(
            ("approved_by",),
            f"the approval was committed by {commits.approver}, who is {named}",
            allowed=f"{named}, or a commit by {one.plan.approved_by}",
            fix="let the one who is named commit the approval",
        )
    return None


def _commits(folder: Path, one: ReadPlan) -> _Commits | None:
    """Read the history of a plan file; None when git cannot tell, or not all of it is committed."""
    name = one.file.name
    status = _git(folder, "status", "--porcelain", "--ignored", "--", name)
    log = _git(folder, "log", "--format=%H %ae", "--", name)
    lines = [line for key in APPROVAL if (line := one.file.line_of((key,))) is not None]
    if status is None or status.strip() or not log or not lines:
        return None
    history = [(commit, who.lower()) for commit, _, who in
               (line.partition(" ") for line in log.splitlines())]  # fmt: skip
    order = [commit for commit, _ in history]
    blamed = [
        _git(folder, "blame", "--porcelain", "-L", f"{line},{line}", "--", name) for line in lines
    ]
    approved = {text.split(" ", 1)[0] for text in blamed if text}
    if len(blamed) != sum(text is not None for text in blamed) or not approved <= {*order}:
        return None
    place = min(order.index(commit) for commit in approved)
    changes = _git(
        folder, "show", "--format=", "--unified=0", "--no-textconv", "--no-ext-diff",
        order[place], "--", name,
    )  # fmt: skip
    if changes is None:
        return None
    return _Commits(
        approver=history[place][1],
        author=history[place + 1][1] if place + 1 < len(history) else "",
        is_last=place == 0,
        is_alone=all(
            line[1:].startswith(APPROVAL)
            for line in changes.splitlines()
            if line[:1] in ("+", "-") and not line.startswith(("+++", "---"))
        ),
    )


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says about the folder; None when it is not there, too slow or fails."""
    place = (f"--git-dir={folder / '.git'}", f"--work-tree={folder}")
    command = ["git", "-C", str(folder), *place, "--no-optional-locks", *_SETTINGS, *arguments]
    try:
        done = subprocess.run(  # noqa: S603  a fixed command; names of files come after --
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None
