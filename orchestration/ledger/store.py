"""The ledger's file: append-only, one transaction per close, verified, backed up.

Nothing here updates or deletes a row. The file lies outside everything that runs rebuild.

Belongs here: the file and its statements. Does not: whether a period may be closed (close.py), or
what is to be posted in it (dbt, comp_pending_posting).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration.durable import write_durably
from orchestration.ledger.columns import (
    KEYS,
    PERIOD_HASH,
    POSTING,
    POSTING_HASH,
    STATEMENT_HASH,
    TABLES,
    table_columns,
)
from orchestration.publish.sql import literal

LEDGER = "ledger_file"
BACKUPS = "backups"
# DuckDB from this version on can read the file.
STORAGE_VERSION = "v1.4.0"
Step = Callable[[str], None]


class LedgerError(Exception):
    """The ledger cannot be used as it is; the words are meant for the user."""


@dataclass(frozen=True)
class Closing:
    """What a close notes of itself.

    Attributes:
        as_of_date: As-of date of what was closed on.
        publish_version: The version that it was read from; None when it is the run's own.
        code_version: Version of the code.
        run_id: The run.
    """

    as_of_date: date
    publish_version: str | None
    code_version: str
    run_id: str


@dataclass(frozen=True)
class ClosedPeriod:
    """A period that was just locked."""

    period: date
    posting_count: int
    statement_count: int
    ledger_hash: str


def no_step(_: str) -> None:
    """Take no notice of a step."""


def refuse_lost_ledger(path: Path) -> None:
    """A ledger that has backups and no file was lost: an empty one would pay everything again.

    Raises:
        LedgerError: When that is so.
    """
    backups = sorted((path.parent / BACKUPS).glob("*.duckdb"))
    if backups and not path.exists():
        raise LedgerError(
            f"the ledger {path} is not there, but {len(backups)} backups of it are: copy "
            f"{backups[-1]} to {path}. A new ledger would post everything once more."
        )


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, path: Path, read_only: bool = False
) -> Iterator[None]:
    """Attach the ledger as LEDGER; made where it is not there, unless it is only read.

    Raises:
        LedgerError: When the file cannot be used.
    """
    refuse_lost_ledger(path)
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
    option = "read_only" if read_only else f"storage_version {literal(STORAGE_VERSION)}"
    try:
        connection.execute(f"attach {literal(path)} as {LEDGER} ({option})")
    except duckdb.Error as error:
        raise LedgerError(
            f"{path} cannot be used as the ledger of pay ({error}). Where another program has it "
            f"open, close that; else restore it from {path.parent / BACKUPS}."
        ) from error
    try:
        if not read_only:
            path.chmod(0o600)
            _make_tables(connection)
        yield
    finally:
        connection.execute(f"detach {LEDGER}")


def _make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("begin")
    for table in TABLES:
        connection.execute(f"create table if not exists {LEDGER}.{table} ({table_columns(table)})")
    connection.execute("commit")


def append_periods(
    connection: duckdb.DuckDBPyConnection,
    pending: str,
    periods: list[tuple[date, date]],
    closing: Closing,
    on_step: Step = no_step,
    cut_offs: Mapping[date, date] | None = None,
) -> list[ClosedPeriod]:
    """Post, freeze and lock periods in a row, as one transaction: all of it is there, or nothing.

    Args:
        connection: With the ledger attached.
        pending: The relation with what is to be posted, columns as of POSTING.
        periods: First and last day of each period, the earliest first.
        closing: What is noted.
        on_step: Called with the name of each step when it is done.
        cut_offs: By first day of a period, the day on whose knowledge it is closed; by default
            the as-of date that is noted.
    """
    done = []
    connection.execute("begin")
    try:
        for first_day, last_day in periods:
            _post(connection, pending, first_day)
            on_step("posted")
            _freeze(connection, first_day)
            on_step("frozen")
            known = (cut_offs or {}).get(first_day, closing.as_of_date)
            done.append(_lock(connection, first_day, last_day, replace(closing, as_of_date=known)))
            on_step("locked")
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    on_step("committed")
    # All of it into the file itself, which is what a backup copies.
    connection.execute(f"checkpoint {LEDGER}")
    return done


def _post(connection: duckdb.DuckDBPyConnection, pending: str, period: date) -> None:
    names = ", ".join(POSTING)
    connection.execute(
        f"insert into {LEDGER}.posting ({names}) select {names} from {pending} "  # noqa: S608
        "where posting_period = $1",
        [period],
    )


def _freeze(connection: duckdb.DuckDBPyConnection, period: date) -> None:
    """A statement for everybody who ever had a posting; it opens as the last one closed."""
    connection.execute(
        f"""
        insert into {LEDGER}.statement
        with lines as (
            select payee_key, currency_code, cast(sum(amount) as decimal(18, 2)) as posted_amount,
                cast(count(*) as integer) as line_count,
                string_agg({POSTING_HASH}, '' order by posting_key) as lines
            from {LEDGER}.posting where posting_period = $1
            group by payee_key, currency_code
        ), before as (
            select payee_key, currency_code, closing_amount from {LEDGER}.statement
            where period = (select max(period) from {LEDGER}.period_lock)
        ), told as (
            select coalesce(lines.payee_key, before.payee_key) as payee_key, $1 as period,
                coalesce(lines.currency_code, before.currency_code) as currency_code,
                coalesce(before.closing_amount, 0)::decimal(18, 2) as opening_amount,
                coalesce(posted_amount, 0)::decimal(18, 2) as posted_amount,
                (coalesce(before.closing_amount, 0) + coalesce(posted_amount, 0))::decimal(18, 2)
                    as closing_amount,
                coalesce(line_count, 0) as line_count, coalesce(lines, '') as lines
            from lines full join before
                on lines.payee_key = before.payee_key
                and lines.currency_code = before.currency_code
        )
        select * exclude (lines), {STATEMENT_HASH} from told
        """,  # noqa: S608
        [period],
    )


def _lock(
    connection: duckdb.DuckDBPyConnection, first_day: date, last_day: date, closing: Closing
) -> ClosedPeriod:
    rows = connection.execute(
        f"""
        insert into {LEDGER}.period_lock
        with told as (
            select $1::date as period, $2::date as period_end, $3::date as closed_as_of_date,
                coalesce(sum(line_count), 0)::integer as posting_count,
                count(*)::integer as statement_count,
                coalesce((select ledger_hash from {LEDGER}.period_lock
                    order by period desc limit 1), '') as previous_hash,
                coalesce(string_agg(content_hash, '' order by payee_key, currency_code), '')
                    as statements
            from {LEDGER}.statement where period = $1
        )
        select period, period_end, closed_as_of_date, posting_count, statement_count,
            previous_hash, {PERIOD_HASH}, $4, $5, $6
        from told
        returning period, posting_count, statement_count, ledger_hash
        """,  # noqa: S608
        [
            first_day,
            last_day,
            closing.as_of_date,
            closing.publish_version,
            closing.code_version,
            closing.run_id,
        ],
    ).fetchall()
    return ClosedPeriod(*rows[0])


def verify(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Say what in the attached ledger is not what was locked; nothing when all of it is."""
    postings = f"""
        select payee_key, posting_period as period, currency_code, count(*) as line_count,
            sum(amount) as posted_amount,
            string_agg({POSTING_HASH}, '' order by posting_key) as lines
        from {LEDGER}.posting group by all
    """  # noqa: S608
    statements = connection.execute(
        f"""
        with postings as ({postings}), told as (
            select statement.* exclude (content_hash), content_hash as frozen_hash,
                coalesce(lines, '') as lines, postings.payee_key is not null as has_postings,
                coalesce(postings.line_count, 0) as found_count,
                coalesce(postings.posted_amount, 0) as found_amount
            from {LEDGER}.statement left join postings using (payee_key, period, currency_code)
        )
        select period::varchar, count(*) from told
        where {STATEMENT_HASH} <> frozen_hash or line_count <> found_count
            or posted_amount <> found_amount or opening_amount + posted_amount <> closing_amount
        group by period order by period
        """  # noqa: S608
    ).fetchall()
    stray = connection.execute(
        f"""
        with postings as ({postings})
        select period::varchar, count(*) from postings
        anti join {LEDGER}.statement using (payee_key, period, currency_code)
        group by period order by period
        """  # noqa: S608
    ).fetchall()
    periods = connection.execute(
        f"""
        with hashes as (
            select period, string_agg(content_hash, '' order by payee_key, currency_code)
                as statements
            from {LEDGER}.statement group by period
        ), told as (
            select period_lock.* exclude (previous_hash), coalesce(statements, '') as statements,
                coalesce(lag(ledger_hash) over (order by period), '') as previous_hash
            from {LEDGER}.period_lock left join hashes using (period)
        )
        select period::varchar from told where {PERIOD_HASH} <> ledger_hash order by period
        """  # noqa: S608
    ).fetchall()
    return [
        *(f"{period}: {count} statements are not what was frozen" for period, count in statements),
        *(f"{period}: {count} payees have postings and no statement" for period, count in stray),
        *(f"{period}: the hash of the period is not its lock's" for (period,) in periods),
    ]


def back_up(path: Path) -> Path | None:
    """Copy the closed file beside itself, whole or not at all; None when there is nothing to copy.

    The copy carries the last locked period and the start of its hash, so every state of the ledger
    has one copy.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "select strftime(period, '%Y-%m'), left(ledger_hash, 12) from period_lock "
            "order by period desc limit 1"
        ).fetchall()
    if not found:
        return None
    copy = path.parent / BACKUPS / f"ledger-{'-'.join(found[0])}.duckdb"
    if not copy.exists():
        write_durably(copy, lambda temporary: _copy(path, temporary))
    return copy


def _copy(path: Path, copy: Path) -> None:
    copy.touch(mode=0o600)
    shutil.copyfile(path, copy)


def ledger_tables() -> tuple[str, ...]:
    """The names of the ledger's tables."""
    return tuple(KEYS)
