"""The SQLite file under the state store: opening, schema version, transactions.

Belongs here: how the file is opened and kept safe. Does not: what is stored (the method modules).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from orchestration.state.codec import record_values
from orchestration.state.migrations import MIGRATIONS, Migration

_BUSY_SECONDS = 30.0
_STREAM_ROWS = 20_000


class StateError(Exception):
    """The state file cannot be used, or was asked for something that is not so."""


class Database:
    """One connection to the state file, shared by the threads of a process.

    Every write is one transaction that is on disk when the call returns.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Open the file, making it or bringing its schema up to date where needed.

        Raises:
            StateError: When the file is no state file, or a newer Concord wrote it.
        """
        self.path = path
        self._mutex = threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)  # quarantined rows may hold personal data
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = full")
            self._connection.execute("pragma foreign_keys = on")
            self._migrate(migrations)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise StateError(
                f"{path} cannot be used as Concord's state ({error}). Restore it from a backup, "
                "or move it away: the next run then starts with an empty state."
            ) from error
        except StateError:
            self._connection.close()
            raise

    def _migrate(self, migrations: Sequence[Migration]) -> None:
        with self.transaction() as connection:
            found = connection.execute("pragma user_version").fetchone()[0]
            if found > len(migrations):
                raise StateError(
                    f"{self.path} has schema version {found}, this Concord knows "
                    f"{len(migrations)}: a newer Concord wrote it. Use that one."
                )
            for statements in migrations[found:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"pragma user_version = {len(migrations)}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction: all of it is stored, or nothing."""
        with self._mutex:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._mutex:
            return self._connection.execute(query, parameters or {}).fetchall()

    def stream(
        self, query: str, parameters: Mapping[str, Any] | None = None
    ) -> Iterator[list[sqlite3.Row]]:
        """Yield a query's rows in lists, as one consistent read of a connection of its own."""
        address = f"{self.path.resolve().as_uri()}?mode=ro"
        # The consumer may pull from another thread; it never does so from two at once.
        with closing(
            sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, check_same_thread=False)
        ) as reader:
            reader.row_factory = sqlite3.Row
            cursor = reader.execute(query, parameters or {})
            while batch := cursor.fetchmany(_STREAM_ROWS):
                yield batch

    def close(self) -> None:
        """Close the connection; what was stored stays."""
        with self._mutex:
            self._connection.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()


def insert_records(
    connection: sqlite3.Connection,
    table: str,
    records: Iterable[Any],
    **more_columns: object,
) -> None:
    """Insert records; `more_columns` are added to every row and win over the record's own."""
    rows = [{**record_values(record), **more_columns} for record in records]
    if not rows:
        return
    names = list(rows[0])
    places = ", ".join(f":{name}" for name in names)
    connection.executemany(
        f"insert or replace into {table} ({', '.join(names)}) values ({places})",  # noqa: S608
        rows,
    )
