"""Dagster's SQLite event log with one open connection per file, and a batch in one transaction.

Dagster's own opens a new engine and connection for each event, two or three times, asks the
database for its tables and columns again; a daily job has about a thousand events, so that the log
takes longer than dbt. This keeps the engine of the index and of the run at hand, and remembers the
shape of the database. The files are the same: Dagster's own class can read them and go on.

Belongs here: only this. dagster.yaml names the class (dagster_home.py).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

BUSY_SECONDS = 60
# The index of all runs, the run under way, and one that somebody looks at.
KEPT_ENGINES = 3


class _Batch(threading.local):
    """The connections of the batch that this thread is storing, by file."""

    def __init__(self) -> None:
        self.connections: dict[str, Connection] = {}


class OneConnectionEventLogStorage(SqliteEventLogStorage):
    """The same storage; connections are kept and reused."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open nothing yet."""
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._known_tables: set[str] = set()
        self._known_columns: set[str] = set()
        self._batch = _Batch()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> OneConnectionEventLogStorage:
        """Make the storage that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events one by one, in one transaction of each file.

        Dagster sends the plan of a run as one batch, and stores the events singly when it fails.
        """
        with self._db_lock, self._transaction(INDEX_SHARD_NAME) as index:
            by_run: dict[str, list[EventLogEntry]] = {}
            for event_ in events:
                by_run.setdefault(event_.run_id, []).append(event_)
            for run_id, own in by_run.items():
                with self._transaction(run_id) as run:
                    self._batch.connections = {INDEX_SHARD_NAME: index, run_id: run}
                    try:
                        for event_ in own:
                            self.store_event(event_)
                    finally:
                        self._batch.connections = {}

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if shard in self._batch.connections:
            yield self._batch.connections[shard]
            return
        with self._db_lock, self._transaction(shard) as connection:
            yield connection

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[Connection]:
        with self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        """The engine of a file; the one that was used longest ago gives way."""
        if shard in self._engines:
            self._engines.move_to_end(shard)
            return self._engines[shard]
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _relax)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        if len(self._engines) > KEPT_ENGINES:
            _, oldest = self._engines.popitem(last=False)
            oldest.dispose()
        return engine

    def has_table(self, table_name: str) -> bool:
        """Whether the index holds the table; asked for every event, and no table ever goes."""
        if table_name not in self._known_tables:
            if not super().has_table(table_name):
                return False
            self._known_tables.add(table_name)
        return True

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        if column_name not in self._known_columns:
            if not super()._has_asset_key_col_on_connection(conn, column_name):
                return False
            self._known_columns.add(column_name)
        return True

    @cached_property
    def supports_asset_checks(self) -> bool:
        """Whether the tables for checks exist; asked for every event, true ever after."""
        return bool(self.has_table("asset_check_executions"))

    def dispose(self) -> None:
        """Close the connections."""
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()


def _relax(connection: Any, _record: Any) -> None:
    """SQLite's advice for its write-ahead log: a kill loses nothing, a power cut little."""
    connection.execute("pragma synchronous = normal")
