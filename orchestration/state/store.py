"""The state store, put together from its parts.

Belongs here: the one class that callers use. Does not: any method of its own; add these to the
module whose tables they touch.
"""

from __future__ import annotations

from orchestration.state.audits import AuditMethods
from orchestration.state.backfills import BackfillMethods
from orchestration.state.connectors import ConnectorMethods
from orchestration.state.file_versions import FileMethods
from orchestration.state.postgres_log import PostgresLogMethods
from orchestration.state.runs import RunMethods


class StateStore(
    RunMethods,
    FileMethods,
    AuditMethods,
    PostgresLogMethods,
    ConnectorMethods,
    BackfillMethods,
):
    """What Concord remembers between runs, in one SQLite file."""
