"""Turns one file into typed rows and quarantined rows, inside DuckDB.

Belongs here: staging, typing, duplicates, and the proof that no row is lost. Does not: which files
there are (extraction.py), SQL of types (sql_values.py), writing (storage.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.sources.file_drop.engine import first_row
from orchestration.sources.file_drop.model import FileRefusedError, QuarantinedRow
from orchestration.sources.file_drop.plan import DatasetPlan
from orchestration.sources.file_drop.quarantine import collect_quarantine
from orchestration.sources.file_drop.readers import READERS
from orchestration.sources.file_drop.reading import ReadLog
from orchestration.sources.file_drop.sql_rows import create_parsed, create_staged
from orchestration.sources.file_drop.typed_parquet import stage_typed


class LostRowsError(AssertionError):
    """Rows in are not rows loaded, collapsed, filtered and quarantined: a defect of Concord."""


@dataclass(frozen=True)
class Counts:
    """Where the rows of one file went."""

    read: int
    loaded: int
    quarantined: int
    duplicate: int
    filtered: int

    def require_complete(self) -> None:
        """Raise when a row got lost or appeared from nowhere."""
        if self.read != self.loaded + self.quarantined + self.duplicate + self.filtered:
            raise LostRowsError(f"rows were lost: {self}")


@dataclass(frozen=True)
class LoadedFile:
    """What reading one file gave; its good rows are in DuckDB's table `good`."""

    counts: Counts
    quarantined: list[QuarantinedRow]
    notes: list[str]


def load_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    plan: DatasetPlan,
    file: str,
    report_rows: Callable[[int], None] | None = None,
) -> LoadedFile:
    """Read one file; afterwards table `good` holds its good rows.

    Args:
        connection: Connection whose temporary tables may be replaced.
        path: The file.
        plan: Plan of the dataset with the file's format.
        file: Name of the file for messages.
        report_rows: Called with the number of rows read so far.

    Raises:
        FileRefusedError: When the file cannot be used as a whole.
    """
    log = ReadLog()
    _drop_either(connection, "staged")
    is_read = stage_typed(connection, path, plan, log)
    if is_read:
        _find_repeated(connection, plan)
    if not is_read or _has_rows_to_show(connection):
        log = ReadLog()
        _drop_either(connection, "staged")
        _stage(connection, path, plan, log, report_rows)
        connection.execute(create_parsed(plan))
        _refuse_cut_value(connection, plan, log)
        _find_repeated(connection, plan)
    _keep_good(connection)
    quarantined = collect_quarantine(connection, plan, file, log)
    counts = _count(connection, log, len(quarantined))
    counts.require_complete()
    return LoadedFile(counts, quarantined, log.notes)


def _drop_either(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop what the file before left under a name: a table the long way, a view the short one."""
    for kind in ("table", "view"):
        found = f"select 1 from duckdb_{kind}s() where {kind}_name = ? and temporary"  # noqa: S608
        if connection.execute(found, [name]).fetchall():
            connection.execute(f"drop {kind} {name}")


def _keep_good(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `good`: a look at `parsed` where all rows of it are good, which saves a copy."""
    _drop_either(connection, "good")
    unusable = connection.execute(
        "select 1 from parsed where faults is not null union all select 1 from repeated limit 1"
    ).fetchall()
    if unusable:
        connection.execute(
            "create temp table good as select parsed.* from parsed "
            "anti join repeated using (row_number) where faults is null order by row_number"
        )
    else:
        connection.execute("create temp view good as select * from parsed")


def _has_rows_to_show(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether rows end in quarantine, which shows them as the source wrote them: as text."""
    found = connection.execute(
        "select 1 from parsed where faults is not null "
        "union all select 1 from repeated where not is_same limit 1"
    ).fetchall()
    return bool(found)


def _stage(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    plan: DatasetPlan,
    log: ReadLog,
    report_rows: Callable[[int], None] | None,
) -> None:
    connection.execute(create_staged(plan))
    if plan.format is None:
        raise ValueError("the format is not decided yet")
    for batch in READERS[plan.format](path, plan.read_options, log):
        connection.register("batch", batch)
        connection.execute("insert into staged by name select * from batch")
        connection.unregister("batch")
        if report_rows is not None:
            report_rows(log.read_count)


def _refuse_cut_value(
    connection: duckdb.DuckDBPyConnection, plan: DatasetPlan, log: ReadLog
) -> None:
    """A file without a final line end whose very last cell cannot be read was cut inside it."""
    if not log.ends_abruptly or log.last_column not in plan.wanted:
        return
    column = plan.wanted.index(log.last_column)
    row = first_row(
        connection, "select line, faults from parsed where row_number = ?", [log.read_count]
    )
    if row is None or row[1] is None:
        return
    at_fault = [plan.fields[int(i)] for i in row[1].split()]
    if any(field.column == column for field in at_fault):
        raise FileRefusedError(
            f"its last cell (line {row[0]}, column {log.last_column!r}) cannot be read and has no "
            "line end after it: truncated",
            "export it again and copy it whole; if the value is right, end the file with a line "
            "end",
        )


def _find_repeated(connection: duckdb.DuckDBPyConnection, plan: DatasetPlan) -> None:
    """Fill `repeated`: every good row whose key an earlier good row of the file has."""
    positions = {field.name: i for i, field in enumerate(plan.fields)}
    key = ", ".join(f"v{positions[name]}" for name in plan.key)
    content = ", ".join(["attributes", *(f"v{i}" for i in range(len(plan.fields)))])
    connection.execute(
        f"""
        create or replace temp table repeated as
        with usable as (select * from parsed where faults is null),
        keys as (
            select {key} from usable group by all having count(*) > 1
        ),
        candidates as (
            select usable.* from usable where exists (
                select 1 from keys where {_same_key(plan, positions)}
            )
        ),
        compared as (
            select
                row_number, line, first_value(row_number) over earliest as first_row,
                first_value(line) over earliest as first_line,
                row({content}) is not distinct from
                    first_value(row({content})) over earliest as is_same
            from candidates
            window earliest as (
                partition by {key} order by row_number
                rows between unbounded preceding and current row
            )
        )
        select row_number, line, first_line, is_same from compared
        where row_number <> first_row
        """  # noqa: S608 - numbered columns only
    )


def _same_key(plan: DatasetPlan, positions: dict[str, int]) -> str:
    return " and ".join(
        f"keys.v{positions[name]} is not distinct from usable.v{positions[name]}"
        for name in plan.key
    )


def _count(connection: duckdb.DuckDBPyConnection, log: ReadLog, quarantined: int) -> Counts:
    row = first_row(
        connection,
        """
        select
            (select count(*) from staged),
            (select count(*) from parsed),
            (select count(*) from good),
            (select count(*) from repeated where is_same)
        """,
    )
    staged, parsed, good, same = row if row is not None else (0, 0, 0, 0)
    return Counts(
        read=log.read_count,
        loaded=good,
        quarantined=quarantined,
        duplicate=same,
        filtered=staged - parsed,
    )


def good_rows(plan: DatasetPlan) -> str:
    """Return SQL for the good rows of the file just loaded, in the order of the file."""
    fields = ", ".join(f"v{i} as {field.name}" for i, field in enumerate(plan.fields))
    return f"select {fields}, attributes, row_number as _row_number, line as _line from good"  # noqa: S608
