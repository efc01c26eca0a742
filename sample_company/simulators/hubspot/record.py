"""One record of a HubSpot account: what it is, what it was, and who changed which property when.

Belongs here: states and property versions. Does not: what changes a record (records).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Texts = dict[str, str]


@dataclass(frozen=True)
class Source:
    """Who changed something, in HubSpot's words."""

    type: str = "CRM_UI"
    id: str = "userId:1001"
    label: str = ""


@dataclass(frozen=True)
class Version:
    """A value of a property from a moment on."""

    value: str
    at: datetime
    source: Source


@dataclass(frozen=True)
class State:
    """What a change made of a record: stamped `at`, visible since `committed_at`."""

    at: datetime
    committed_at: datetime
    properties: Texts
    updated_at: datetime
    archived_at: datetime | None = None


@dataclass(eq=False)
class Record:
    """A record; `states` in the order of their commits, `history` oldest first."""

    kind: str
    id: str
    created_at: datetime
    states: list[State] = field(default_factory=list)
    history: dict[str, list[Version]] = field(default_factory=dict)
    gone_at: datetime | None = None
    merged_into: str = ""

    @property
    def now(self) -> State:
        """The present state."""
        return self.states[-1]

    @property
    def is_archived(self) -> bool:
        """Whether it lies in the recycle bin."""
        return self.now.archived_at is not None

    def as_of(self, moment: datetime | None) -> State | None:
        """What the last change stamped up to a moment made of it; None before it was."""
        if moment is None:
            return self.states[-1] if self.gone_at is None else None
        if self.gone_at is not None and self.gone_at <= moment:
            return None
        return next((state for state in reversed(self.states) if state.at <= moment), None)

    def as_indexed(self, moment: datetime) -> State | None:
        """What was visible at a moment, as the search index shows it; None before it was."""
        found = (state for state in reversed(self.states) if state.committed_at <= moment)
        return next(found, None)

    def note(self, name: str, value: str, at: datetime, source: Source) -> None:
        """Remember a value; one stamped in the past takes its place in the order of time."""
        versions = self.history.setdefault(name, [])
        versions.append(Version(value, at, source))
        if len(versions) > 1 and versions[-2].at > at:
            versions.sort(key=lambda version: version.at)
