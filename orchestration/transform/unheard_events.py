"""Spares dbt the debug events of its database connections, which nobody hears.

For each query the adapter makes two or three messages (`SQLQuery`, `SQLQueryStatus`, `SQLCommit`)
with a copy of all that is known of the node, for a log that Concord switches off; that is a tenth
of a build. What a node became, warnings and errors are other events and are heard as ever. Nothing
changes but time, and with a dbt that names its functions otherwise nothing is done.

Belongs here: only this.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

NAME = "fire_event"


def spare_connection_events() -> None:
    """Let the modules of dbt's connections fire nothing; safe to call twice."""
    from dbt.adapters.base import connections as base_connections
    from dbt.adapters.sql import connections as sql_connections

    for module in (base_connections, sql_connections):
        _silence(module)


def _silence(module: ModuleType) -> None:
    if hasattr(module, NAME):
        setattr(module, NAME, _unheard)


def _unheard(*_arguments: Any, **_keywords: Any) -> None:
    """Take an event and say nothing."""
