"""The debug events of dbt's connections are spared; what dbt has to say of a node is not."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from types import SimpleNamespace
from orchestration.transform import unheard_events

unheard_events.spare_connection_events()
unheard_events.spare_connection_events()
from dbt.adapters.base import connections as base
from dbt.adapters.sql import connections as sql
from dbt.task import run
assert base.fire_event is sql.fire_event is unheard_events._unheard
assert run.fire_event is not unheard_events._unheard
other = SimpleNamespace()
unheard_events._silence(other)
assert not hasattr(other, "fire_event")
"""


def test_only_the_connections_fall_silent() -> None:
    """In a process of its own, because it changes dbt for good."""
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=120)
