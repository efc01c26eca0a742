"""What a pull of any vendor works with, and what it says at its end.

Belongs here: plain values. Does not: pulling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.connectors.day_span import DaySpan
from orchestration.state import StateStore


@dataclass(frozen=True)
class PullContext:
    """What a pull works with.

    Attributes:
        source: Name of the source.
        state: What is remembered between runs.
        deliveries: The source's drop folder.
        raw_pages: Where its pages are kept.
        variables: The environment, for credentials; never shown.
        deadline: Moment of time.monotonic() at which the pull must have ended.
        is_full: Whether everything is read and swept again.
        span: Days of a backfill's slice; then these are read, all or nothing, and how far the
            source is read stays as it is. None: what is new.
        requests_made: Requests of this run before this pull; they count against its budget.
        objects: Names of the objects that the slice is read of; blank is all.
    """

    source: str
    state: StateStore
    deliveries: Path
    raw_pages: Path
    variables: Mapping[str, str] = field(repr=False)
    deadline: float
    is_full: bool = False
    span: DaySpan | None = None
    requests_made: int = 0
    objects: frozenset[str] = frozenset()


@dataclass
class PullResult:
    """What a pull did.

    Attributes:
        changed: Dataset to rows that changed.
        notes: Worth knowing, no error.
        problems: Why an object could not be read; any of them makes the run red.
        request_count: Requests that were made.
    """

    changed: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    request_count: int = 0


@dataclass
class Probe:
    """What trying a source found.

    Attributes:
        readable: Objects that can be read.
        missing: Objects that the source lacks or hides; they are left out.
        hidden: Fields that the source lacks or hides; what they fill is blank.
        problems: What keeps a run from being green.
    """

    readable: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class DaysTold:
    """The days of a source that can be read again.

    Attributes:
        span: From the first to the last.
        why_first: Why none before the first.
        why_last: Why none after the last.
    """

    span: DaySpan
    why_first: str
    why_last: str
