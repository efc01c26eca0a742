"""What Concord remembers between runs: runs, file versions, quarantine, guards, publish log.

Belongs here: the SQLite store and the lock on a home. Does not: business data (the warehouse) or
what readers see (orchestration/publish).
"""

from orchestration.state.database import StateError
from orchestration.state.records import (
    Backfill,
    BackfillSlice,
    ConnectorObject,
    FileVersion,
    GuardResult,
    PostgresLogEntry,
    PublishLogEntry,
    QuarantinedRow,
    RunRecord,
    Slicing,
    SourceLoad,
    TableCount,
)
from orchestration.state.run_lock import HomeBusy, run_lock
from orchestration.state.store import StateStore

__all__ = [
    "Backfill",
    "BackfillSlice",
    "ConnectorObject",
    "FileVersion",
    "GuardResult",
    "HomeBusy",
    "PostgresLogEntry",
    "PublishLogEntry",
    "QuarantinedRow",
    "RunRecord",
    "Slicing",
    "SourceLoad",
    "StateError",
    "StateStore",
    "TableCount",
    "run_lock",
]
