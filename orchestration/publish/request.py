"""What a caller says about a publish.

Belongs here: the shapes of arguments. Does not: doing anything with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

KEPT_VERSIONS = 7


@dataclass(frozen=True)
class PublishRun:
    """The run that publishes.

    Attributes:
        run_id: Its id; the state store knows it.
        as_of_date: Its as-of date.
        published_at: The time that the version carries (UTC).
        status: How the run will have ended, as the version's own ops_run tells it; None: failed
            when a group is held, otherwise succeeded.
    """

    run_id: str
    as_of_date: date
    published_at: datetime
    status: Literal["succeeded", "failed"] | None = None


@dataclass(frozen=True)
class PublishOptions:
    """What can be set about publishing.

    Attributes:
        allow_earlier: Whether an earlier as-of date may replace a later one.
        kept_versions: Versions to keep, the new one included.
        memory: DuckDB's memory limit; used only when the warehouse is given as a path.
        threads: DuckDB's threads; likewise.
    """

    allow_earlier: bool = False
    kept_versions: int = KEPT_VERSIONS
    memory: str | None = None
    threads: int | None = None
