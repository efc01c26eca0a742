"""Where the rows of a simulated organisation are kept: one SQLite file, one table per object.

Belongs here: tables, rows as kept text, what a row was before each change. Does not: what an
operation means (organisation), SOQL (soql_sql) or the wire (rendering).

Every column holds the text that `fields.stored` writes, so that pages are made by SQLite alone,
without Python between the rows. A million rows stay on disk.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from typing import Any

from sample_company.simulators.salesforce.fields import ObjectType

Row = dict[str, str | None]
# Kept for every object, whether or not describe shows them.
KEPT = ("Id", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp")
_PRAGMAS = (
    "pragma journal_mode = memory",
    "pragma synchronous = off",
    "pragma temp_store = file",
    "pragma cache_size = -65536",
)


def quoted(name: str) -> str:
    """The name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


class Store:
    """The rows of all objects; use `lock` around several calls that belong together."""

    def __init__(self) -> None:
        """Make an empty store in a temporary folder of its own."""
        self._folder = TemporaryDirectory(prefix="salesforce_simulator_")
        path = Path(self._folder.name) / "organisation.sqlite"
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.lock = RLock()
        for pragma in _PRAGMAS:
            self._connection.execute(pragma)
        self.run(
            "create table _before (object text, id text, stamp text, until text, content text)"
        )
        self.run("create index _before_by_id on _before (object, id)")
        self.run("create table _deleted (object text, id text, at text)")

    def close(self) -> None:
        """Throw everything away."""
        with self.lock:
            self._connection.close()
            self._folder.cleanup()

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def numbers(self, sql: str, values: Sequence[Any] = ()) -> array[int]:
        """Run a statement whose rows are one whole number each; millions of them are no burden."""
        with self.lock:
            return array("q", (number for (number,) in self._connection.execute(sql, values)))

    def create_table(self, kind: ObjectType) -> None:
        """Make the table of an object."""
        names = dict.fromkeys((*KEPT, *kind.fields))
        columns = ", ".join(f"{quoted(name)} text" for name in names)
        table = quoted(kind.name)
        self.run(f"create table {table} (_row integer primary key, _deleted_at text, {columns})")
        self.run(f"create unique index {quoted(kind.name + '_id')} on {table} (Id)")
        self.run(f"create index {quoted(kind.name + '_stamp')} on {table} (SystemModstamp)")
        binned = quoted(kind.name + "_binned")
        self.run(f"create index {binned} on {table} (_deleted_at) where _deleted_at is not null")

    def add_column(self, table: str, name: str) -> None:
        """Add an empty column."""
        self.run(f"alter table {quoted(table)} add column {quoted(name)} text")

    def drop_column(self, table: str, name: str) -> None:
        """Take a column away with its values."""
        self.run(f"alter table {quoted(table)} drop column {quoted(name)}")

    def insert(self, table: str, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> int:
        """Insert many rows at once and return how many; ValueError when an id is there already."""
        columns, marks = ", ".join(map(quoted, names)), ", ".join("?" * len(names))
        sql = f"insert into {quoted(table)} ({columns}) values ({marks})"  # noqa: S608
        with self.lock:
            self._connection.execute("begin")
            try:
                count = self._connection.executemany(sql, rows).rowcount
            except sqlite3.IntegrityError as error:
                self._connection.execute("rollback")
                raise ValueError(f"{table}: {error}") from error
            self._connection.execute("commit")
        return count

    def change(self, table: str, record: str, changes: Row) -> None:
        """Set columns of one row."""
        parts = ", ".join(f"{quoted(name)} = ?" for name in changes)
        sql = f"update {quoted(table)} set {parts} where Id = ?"  # noqa: S608
        self.run(sql, (*changes.values(), record))

    def remove(self, table: str, record: str) -> None:
        """Take one row away."""
        self.run(f"delete from {quoted(table)} where Id = ?", (record,))  # noqa: S608

    def find(self, table: str, record: str) -> Row | None:
        """The row of that id, or None."""
        return next(self.select(table, "Id = ?", (record,)), None)

    def select(self, table: str, where: str = "1", values: Sequence[Any] = ()) -> Iterator[Row]:
        """Whole rows in the order of their ids, 1,000 at a time."""
        last = ""
        sql = (
            f"select * from {quoted(table)} where ({where}) and Id > ? "  # noqa: S608
            "order by Id limit 1000"
        )
        while True:
            with self.lock:
                cursor = self._connection.execute(sql, (*values, last))
                names = [column[0] for column in cursor.description]
                rows = [dict(zip(names, row, strict=True)) for row in cursor]
            yield from rows
            if len(rows) < 1000:
                return
            last = str(rows[-1]["Id"])

    def keep_before(self, table: str, row: Row, until: str) -> None:
        """Remember what a row was until that moment."""
        content = {name: text for name, text in row.items() if name != "_row"}
        self.run(
            "insert into _before values (?, ?, ?, ?, ?)",
            (table, row["Id"], row["SystemModstamp"], until, json.dumps(content)),
        )

    def before(self, table: str, moment: str) -> dict[str, Row]:
        """By id, the newest content with a stamp up to `moment` of rows that changed after it."""
        found = self.run(
            "select id, content from _before where object = ? and stamp <= ? and until > ? "
            "order by stamp, rowid",
            (table, moment, moment),
        )
        return {record: json.loads(content) for record, content in found}

    def __enter__(self) -> Store:
        """Take part in a `with` statement."""
        return self

    def __exit__(self, *error: object) -> None:
        """Throw everything away."""
        self.close()
