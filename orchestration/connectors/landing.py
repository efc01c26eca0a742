"""The deliveries of one dataset: typed Parquet files in a folder that the file-drop reader reads.

    000000007-000000007.parquet     what a pull changed: whole current rows, newest file wins
    000000009-000000001.parquet     all that the files 1 to 9 say: they are obsolete

A file has its name only when it is whole and on disk. Where a file covers others, it counts and
they do not, whether they are removed already or not; `tidy` removes them, also after a kill in
between. So at any moment the folder says either what it said before a pull or what it says after.

A row that is gone stays, marked `is_deleted`, where its entity has that field; elsewhere the
dataset is written anew without it.

Belongs here: files, what changed, compaction. Does not: where rows come from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.connectors import limits
from orchestration.connectors.mapping import IS_GONE, MODIFIED_AT, RECORD_ID
from orchestration.connectors.typing_sql import literal, quoted
from orchestration.durable import publish, sync_folder

_NAME = re.compile(r"([0-9]{9})-([0-9]{9})\.parquet")


@dataclass(frozen=True)
class Delivery:
    """One file.

    Attributes:
        path: Where it is.
        number: Its place in the order; the larger one is newer.
        first: The oldest file that it covers: itself, or an earlier one.
    """

    path: Path
    number: int
    first: int


@dataclass
class Landing:
    """The folder of one dataset.

    Attributes:
        folder: Where its files are.
        schema: Columns of a delivery.
        keeps_gone: Whether rows that are gone stay, marked so.
        connection: A connection with time zone UTC, for this thread.
    """

    folder: Path
    schema: pa.Schema
    keeps_gone: bool
    connection: duckdb.DuckDBPyConnection

    def __post_init__(self) -> None:
        """Make the folder, and remove what is obsolete or half written."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []
        self.tidy()

    @property
    def _staged(self) -> Path:
        return self.folder / ".staged.tmp"

    def deliveries(self) -> list[Delivery]:
        """The files that count, in order."""
        return _that_count(self.folder)

    def tidy(self) -> None:
        """Remove unfinished and obsolete files."""
        kept = {delivery.path for delivery in self.deliveries()}
        for path in [*self.folder.glob(".*.tmp"), *self.folder.glob("*.parquet")]:
            if path not in kept:
                path.unlink(missing_ok=True)

    def stage(self, rows: pa.Table) -> None:
        """Add rows to what this pull brings; nobody sees them yet."""
        if not len(rows):
            return
        self._waiting.append(rows.cast(self.schema))
        # A row group of each page would make a footer that grows with the pages, and slow reading.
        if sum(map(len, self._waiting)) >= limits.PARQUET_ROW_GROUP // 2:
            self._write_waiting()

    def stage_gone(self, ids: pa.Table) -> int:
        """Stage that records are gone, as they were last seen; returns how many are held.

        Args:
            ids: Column `id` with the ids.
        """
        if not self.deliveries():
            return 0
        self.connection.register("gone_ids", ids)
        marked = f"true as {IS_GONE}"
        if "is_deleted" in self.schema.names:
            marked += ", true as is_deleted"
        rows: pa.Table = self.connection.sql(
            f"select * replace ({marked}) from {self.held()} where not {IS_GONE} "  # noqa: S608
            f"and {RECORD_ID} in (select id from gone_ids)"
        ).to_arrow_table()
        self.connection.unregister("gone_ids")
        self.stage(rows)
        return len(rows)

    def has_other_columns(self) -> bool:
        """Whether a file was written under another mapping, so that it lacks columns or has more.

        Readers want the same columns of all files.
        """
        return any(
            pq.read_schema(item.path).names != self.schema.names for item in self.deliveries()
        )

    def held(self, among: str = "") -> str:
        """SQL of a subquery: the newest row of every record that was delivered.

        A file has a record once, and the oldest file is the bulk of the rows: only the later ones
        are put in order, however many rows there are.

        Args:
            among: A table with the records that are wanted, by its column of that name; blank is
                all of them.
        """
        columns = ", ".join(quoted(name) for name in self.schema.names)
        wanted = f" semi join {among} using ({RECORD_ID})" if among else ""
        parts = [self._empty()]
        if files := self.deliveries():
            later = f"{_read(files[1:])} as later" if files[1:] else ""
            newer = f" anti join {later} using ({RECORD_ID})" if later else ""
            parts.append(f"select * from {_read(files[:1])} as oldest{newer}{wanted}")  # noqa: S608
            if later:
                parts.append(
                    f"select * from {later}{wanted} qualify row_number() "  # noqa: S608
                    f"over (partition by {RECORD_ID} order by filename desc) = 1"
                )
        return f"(select {columns} from ({' union all by name '.join(parts)}))"  # noqa: S608

    def settle(self, rewrite: bool = False) -> int:
        """Deliver what was staged; returns how many rows changed.

        Args:
            rewrite: Write the dataset anew, whatever changed (its columns are others now).
        """
        self._write_waiting()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if not self._staged.exists():
            if rewrite and self.deliveries():
                self._write_all(f"select * from {self.held()}")  # noqa: S608
            return 0
        if self._settle_first():
            return pq.read_metadata(self.deliveries()[-1].path).num_rows
        changed = self._changed()
        self._staged.unlink(missing_ok=True)
        gone = self._count(f"select count(*) from changed where {IS_GONE}")  # noqa: S608
        if rewrite or (gone and not self.keeps_gone):
            kept = "" if self.keeps_gone else f" where not {IS_GONE}"
            self._write_all(
                f"select * from {self.held()} as held "  # noqa: S608
                f"where {RECORD_ID} not in (select {RECORD_ID} from changed) "
                f"union all by name select * from changed{kept}"
            )
        elif changed:
            self._write("select * from changed", self._next())
            self.compact()
        self.connection.execute("drop table changed")
        return changed

    def replace_by(self, other: Landing) -> int:
        """Say what another folder says, in one step; returns how many rows that are."""
        if other.deliveries() or self.deliveries():
            self._write_all(f"select * from {other.held()}")  # noqa: S608
        return self._count(f"select count(*) from {self.held()}")  # noqa: S608

    def compact(self) -> None:
        """Make many files few; what they say stays the same."""
        files = self.deliveries()
        if len(files) <= limits.MANY_DELIVERIES:
            return
        sizes = [pq.read_metadata(item.path).num_rows for item in files]
        if sum(sizes[1:]) * 4 >= sizes[0]:
            self._write_all(f"select * from {self.held()}")  # noqa: S608
            return
        # The oldest file is the bulk of the rows: leave it, and make the small ones one.
        paths = ", ".join(literal(str(item.path)) for item in files[1:])
        columns = ", ".join(quoted(name) for name in self.schema.names)
        self._write(
            f"select {columns} from read_parquet([{paths}], filename = true) "  # noqa: S608
            f"qualify row_number() over (partition by {RECORD_ID} order by filename desc) = 1",
            self._next(),
            files[1].first,
        )

    def _write_waiting(self) -> None:
        if not self._waiting:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._staged, self.schema, compression="zstd")
        self._writer.write_table(pa.concat_tables(self._waiting), limits.PARQUET_ROW_GROUP)
        self._waiting = []

    def _settle_first(self) -> bool:
        """A first delivery without doubles and gone rows is the staged file itself."""
        if self.deliveries():
            return False
        if not self._is_sound_alone():
            return False
        publish(self._staged, self._path(1, 1))
        return True

    def _is_sound_alone(self) -> bool:
        """Whether the staged file has every record once, and none that is gone.

        Some of the records at a time, so that ten million take no more memory than one; two
        records that share a hash are only taken for a double.
        """
        staged = f"read_parquet({literal(str(self._staged))})"
        gone = "false" if self.keeps_gone else f"bool_or({IS_GONE})"
        parts = 1 + pq.read_metadata(self._staged).num_rows // limits.RECORDS_AT_ONCE
        for part in range(parts):
            found = self.connection.execute(
                f"select count(*) = count(distinct hash({RECORD_ID})) "  # noqa: S608
                f"and not coalesce({gone}, false) from {staged} "
                f"where hash({RECORD_ID}) % {parts} = {part}"
            ).fetchall()
            if not found[0][0]:
                return False
        return True

    def _changed(self) -> int:
        """Make table `changed`: staged rows, one per record, that say something new."""
        columns = [quoted(name) for name in self.schema.names]
        ours = ", ".join(f"staged.{name}" for name in columns)
        theirs = ", ".join(f"held.{name}" for name in columns)
        unseen = "true" if self.keeps_gone else f"not staged.{IS_GONE}"
        # Not even opened for the next row of the same record: the later page is the newer one.
        self.connection.execute(
            f"""
            create or replace temp table changed as
            with staged as (
                select * exclude (file_row_number)
                from read_parquet({literal(str(self._staged))}, file_row_number = true)
                qualify row_number() over (
                    partition by {RECORD_ID} order by {MODIFIED_AT} desc, file_row_number desc
                ) = 1
            ),
            held as (select * from {self.held("staged")})
            select {ours} from staged left join held using ({RECORD_ID})
            where (held.{RECORD_ID} is null and {unseen})
                or (held.{RECORD_ID} is not null and row({ours}) is distinct from row({theirs}))
            """  # noqa: S608
        )
        return self._count("select count(*) from changed")

    def _count(self, query: str) -> int:
        return int(self.connection.execute(query).fetchall()[0][0])

    def _empty(self) -> str:
        self.connection.register("delivery_shape", self.schema.empty_table())
        return "select * from delivery_shape"

    def _next(self) -> int:
        return max((item.number for item in self.deliveries()), default=0) + 1

    def _write_all(self, query: str) -> None:
        self._write(query, self._next(), 1)

    def _write(self, query: str, number: int, first: int | None = None) -> None:
        temporary = self.folder / f".{number:09d}.tmp"
        rows = self.connection.sql(query)
        reader: pa.RecordBatchReader = rows.to_arrow_reader(limits.PARQUET_ROW_GROUP)
        with pq.ParquetWriter(temporary, self.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_table(pa.Table.from_batches([batch]).cast(self.schema))
        publish(temporary, self._path(number, first or number))
        self.tidy()
        sync_folder(self.folder)

    def _path(self, number: int, first: int) -> Path:
        return self.folder / f"{number:09d}-{first:09d}.parquet"


def _read(files: Sequence[Delivery]) -> str:
    paths = ", ".join(literal(str(item.path)) for item in files)
    return f"read_parquet([{paths}], union_by_name = true, filename = true)"


def _that_count(folder: Path) -> list[Delivery]:
    found = []
    for path in folder.glob("*.parquet"):
        if match := _NAME.fullmatch(path.name):
            found.append(Delivery(path, int(match[1]), int(match[2])))
    found.sort(key=lambda item: item.number)
    return [
        item
        for item in found
        if not any(other.first <= item.number < other.number for other in found)
    ]
