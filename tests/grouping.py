"""Keeps tests that share a costly fixture in one process of a parallel run.

xdist's own `--dist loadgroup` writes the group into the test's id, in a place that pytest 9.2 no
longer reads, so that nothing is grouped and the sample company runs once per process. Here the
group is read from the file: `pytestmark` names one for all tests of it.

Belongs here: which tests stay together. Does not: fixtures.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
GROUP = re.compile(r'^pytestmark = .*xdist_group\("(\w+)"\)', re.MULTILINE)


def scope_of(node_id: str) -> str:
    """Return the group of a test, else the test itself."""
    return _group(node_id.split("::")[0]) or node_id


@cache
def _group(file: str) -> str | None:
    path = ROOT / file
    found = GROUP.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found.group(1) if found else None


def scheduler() -> type[LoadScopeScheduling]:
    """Return xdist's scheduler by scope, with these scopes."""
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return Grouped
