"""The verdicts of the last run, as a file of the home.

A verdict says by its key what it was found with, so a lost, old or broken file costs time only.

Belongs here: reading and writing them. Does not: what makes a verdict hold (expectations.verdicts).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from expectations.results import GuardResult
from expectations.verdicts import Verdict
from orchestration.durable import write_durably


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """Suite name -> verdict; empty when there is nothing that can be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {
            suite: Verdict(value["key"], tuple(GuardResult(**one) for one in value["results"]))
            for suite, value in kept.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def write_verdicts(path: Path, verdicts: Mapping[str, Verdict]) -> None:
    """Replace the file."""
    kept = {suite: asdict(verdict) for suite, verdict in sorted(verdicts.items())}
    write_durably(path, lambda temporary: _write(temporary, json.dumps(kept, indent=1)))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
