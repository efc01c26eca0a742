"""Dagster's own state in CONCORD_HOME: its settings file and its instance.

Belongs here: where Dagster keeps runs and that it tells nobody about them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

from orchestration.settings import Settings, apply_to_process

if TYPE_CHECKING:
    import dagster as dg

DAGSTER_YAML = """\
# Written by Concord. One run at a time: a home has one writer.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
"""


def prepare_dagster_home(settings: Settings) -> None:
    """Make Dagster's folder and settings file."""
    apply_to_process(settings)
    settings.dagster_dir.mkdir(parents=True, exist_ok=True)
    path = settings.dagster_dir / "dagster.yaml"
    if not path.exists() or path.read_text() != DAGSTER_YAML:
        path.write_text(DAGSTER_YAML)


@contextmanager
def dagster_instance(settings: Settings, run_id: str) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of this home, for a run in this process.

    Dagster's SQLite storage opens and closes a connection for each of a run's thousand events. Two
    things make that cheap: SQLite's own advice for its write-ahead log (synchronous = normal: a
    killed process loses nothing, a power cut at most the last events of the log), and one idle
    connection to each file, so that closing the others does not write the log back each time.
    """
    import dagster as dg
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    prepare_dagster_home(settings)
    event.listen(Engine, "connect", _relax)
    runs = settings.dagster_dir / "history" / "runs"
    try:
        with (
            dg.DagsterInstance.from_config(str(settings.dagster_dir)) as instance,
            ExitStack() as idle,
        ):
            runs.mkdir(parents=True, exist_ok=True)
            for path in (runs / "index.db", runs.parent / "runs.db", runs / f"{run_id}.db"):
                connection = idle.enter_context(closing(sqlite3.connect(path)))
                connection.execute("pragma journal_mode = wal")
                connection.execute("select count(*) from sqlite_master").fetchall()
            yield instance
    finally:
        event.remove(Engine, "connect", _relax)


def _relax(connection: Any, _record: Any) -> None:
    """Set SQLite connections to the durability that its write-ahead log is made for."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
