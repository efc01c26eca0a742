"""What was found before: the same rule on the same rows gives the same finding.

A suite is asked again of the database in each run, but Great Expectations judges its rows only when
they, the rule or the code are others than those that a kept verdict was found with.

Belongs here: the key of a verdict. Does not: where verdicts are kept, evaluating (runner).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.model import Suite
from expectations.results import GuardResult

if TYPE_CHECKING:
    import pyarrow as pa

_LIBRARIES = ("great_expectations", "pandas")
# An outcome of these says nothing about the rows.
_NO_FINDINGS = frozenset({"errored", "not_run"})


@dataclass(frozen=True)
class Verdict:
    """The findings of one suite, and the key of what they were found with."""

    key: str
    results: tuple[GuardResult, ...]


def verdict_key(suite: Suite, rows: pa.Table) -> str:
    """Of a suite with all its thresholds, the rows of its frame in any order, and the code."""
    values = sorted(repr(tuple(row.values())) for row in rows.to_pylist())
    parts = (_code(), suite.model_dump_json(), str(rows.schema), *values)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def verdict(key: str, results: tuple[GuardResult, ...]) -> Verdict | None:
    """What to keep of a suite's results; nothing when a guard could not be evaluated."""
    if any(result.status in _NO_FINDINGS for result in results):
        return None
    return Verdict(key, results)


@cache
def _code() -> str:
    """Changes with each file of this package that may judge otherwise."""
    digest = hashlib.sha256("".join(version(name) for name in _LIBRARIES).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
