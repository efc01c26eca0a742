"""What a run tells the people who watch it, apart from Dagster's own event log.

Belongs here: the channel between a step and whoever shows it. The command line sets a reporter that
draws; without one (Dagster's web UI, tests) the words go nowhere, Dagster's log has the same facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Reporter(Protocol):
    """Somebody who watches a run."""

    def stage_started(self, stage: str) -> None:
        """A stage of the job began."""

    def stage_progressed(self, stage: str, done: int, total: int, what: str) -> None:
        """Some of a stage is done."""

    def stage_finished(self, stage: str, outcome: str, is_good: bool) -> None:
        """A stage ended; `outcome` is one short line."""


class _Silent:
    def stage_started(self, stage: str) -> None:
        pass

    def stage_progressed(self, stage: str, done: int, total: int, what: str) -> None:
        pass

    def stage_finished(self, stage: str, outcome: str, is_good: bool) -> None:
        pass


_watching: list[Reporter] = [_Silent()]


def reporter() -> Reporter:
    """Whoever watches now."""
    return _watching[-1]


@contextmanager
def watched_by(watcher: Reporter) -> Iterator[None]:
    """Let `watcher` watch while the block runs."""
    _watching.append(watcher)
    try:
        yield
    finally:
        _watching.remove(watcher)
