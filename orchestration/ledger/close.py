"""Closing periods: what forbids it, and doing it.

What is posted was computed before, by the models of the version that is closed on; a close adds
nothing of its own. So what people were shown as a draft is what they get.

Belongs here: the conditions and their words. Does not: the file (store.py), amounts (dbt).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from orchestration.ledger.cut_off import DuePeriod, stretches
from orchestration.ledger.store import (
    LEDGER,
    ClosedPeriod,
    Closing,
    LedgerError,
    Step,
    append_periods,
    attached,
    back_up,
    no_step,
    verify,
)
from orchestration.publish.errors import PublishError
from orchestration.publish.gate import READS
from orchestration.publish.layout import current_manifest, version_dir
from orchestration.publish.manifest import GroupEntry, Manifest
from orchestration.publish.sql import literal
from orchestration.publish.tables import FINANCE, STORES

GROUP = "compensation"
_PUBLISHED = "finance_file"

ClosedPeriods = tuple[ClosedPeriod, ...]
# Computes pay as it was known on a day, on the ledger as it is.
PayOn = Callable[[date], AbstractContextManager[duckdb.DuckDBPyConnection]]


class CloseError(Exception):
    """Why periods cannot be closed; one line for each reason."""


@dataclass(frozen=True)
class Period:
    """A month as the version that is closed on tells it."""

    period: date
    period_end: date
    status: str
    ledger_hash: str | None

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.period:%Y-%m}"


@dataclass(frozen=True)
class Lock:
    """A locked month of the ledger."""

    period: date
    closed_as_of_date: date
    ledger_hash: str
    publish_version: str | None


@dataclass(frozen=True)
class CloseResult:
    """What a close did."""

    periods: tuple[ClosedPeriod, ...]
    backup: Path | None

    @property
    def message(self) -> str:
        """In a line for people."""
        names = [f"{one.period:%Y-%m}" for one in self.periods]
        span = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        postings = sum(one.posting_count for one in self.periods)
        statements = self.periods[-1].statement_count
        return f"{span} locked: {postings:,} postings, {statements:,} statements in {names[-1]}"


def parse_period(text: str) -> date:
    """The first day of a month written as 2026-09.

    Raises:
        ValueError: When it is none.
    """
    return date.fromisoformat(f"{text}-01")


def close_published(
    published_dir: Path,
    ledger_path: Path,
    chosen: Sequence[date],
    through: date | None,
    code_version: str,
    run_id: str,
    on_step: Step = no_step,
) -> CloseResult:
    """Close periods on what readers see.

    Args:
        published_dir: The folder `published`.
        ledger_path: The ledger's file.
        chosen: First days of the periods.
        through: First day of a period; it and all open ones before it are closed too.
        code_version: Version of the code.
        run_id: The run.
        on_step: Called with the name of each step when it is done.

    Raises:
        CloseError: With every reason.
        LedgerError: When the ledger cannot be used.
    """
    try:
        manifest = current_manifest(published_dir)
    except PublishError as error:
        raise CloseError(str(error)) from error
    if manifest is None:
        raise CloseError("nothing has been published yet; `concord run` does")
    finance = version_dir(published_dir, manifest.version) / STORES[FINANCE].file_name
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(finance)} as {_PUBLISHED} (read_only)")
        place = f"{_PUBLISHED}.{GROUP}"
        try:
            periods = read_periods(connection, place)
        except duckdb.CatalogException:
            raise CloseError(
                "the published version has no periods of pay yet; `concord run` makes them"
            ) from None
        with attached(connection, ledger_path):
            locks = _locks(connection)
            wanted = _wanted(periods, locks, chosen, through)
            reasons = [
                *_held(manifest),
                *_not_now(manifest.as_of_date, periods, locks, wanted),
                *_other_ledger(manifest.version, periods, locks),
                *(f"the ledger is not what was locked: {text}" for text in verify(connection)),
            ]
            if reasons:
                raise CloseError("\n".join(reasons))
            ends = {one.period: one.period_end for one in periods}
            done = append_periods(
                connection,
                f"{place}.comp_pending_posting",
                [(period, ends[period]) for period in wanted],
                Closing(manifest.as_of_date, manifest.version, code_version, run_id),
                on_step,
            )
    return CloseResult(tuple(done), back_up(ledger_path))


def due_periods(
    connection: duckdb.DuckDBPyConnection, close_after_days: int, as_of: date
) -> list[DuePeriod]:
    """The periods that a run has to close, the earliest first.

    Args:
        connection: The working file.
        close_after_days: Days after the last day of a period from which it is due.
        as_of: As-of date of the run.
    """
    wait = timedelta(days=close_after_days)
    return [
        DuePeriod(one.period, one.period_end, one.period_end + wait)
        for one in read_periods(connection, GROUP)
        if one.status == "calculated" and one.period_end + wait <= as_of
    ]


def known_late(
    connection: duckdb.DuckDBPyConnection, due: Sequence[DuePeriod], as_of: date
) -> dict[date, date]:
    """The periods that know more now than they did at their cut-off.

    Returns:
        By first day of such a period, the first day after its cut-off on which something of it, or
        of a period before, was recorded.
    """
    connection.execute(
        "create or replace temp table known_late as "
        "select distinct event_date, known_date from intermediate.int_known_late"
    )
    found = {}
    for one in due:
        if one.cut_off < as_of:
            [(first,)] = connection.execute(
                "select min(known_date) from known_late where event_date <= $1 and known_date > $2",
                [one.period_end, one.cut_off],
            ).fetchall()
            if first is not None:
                found[one.period] = first
    return found


def close_candidate(
    connection: duckdb.DuckDBPyConnection,
    ledger_path: Path,
    due: Sequence[DuePeriod],
    closing: Closing,
) -> ClosedPeriods:
    """Close what is due on what a run has just computed and its guards have let pass.

    Args:
        connection: The working file.
        ledger_path: The ledger's file.
        due: The periods, the earliest first. Nothing that was known after the cut-off of one may
            be among what the working file knows of it.
        closing: What is noted.

    Returns:
        The periods that were closed; none when none is due.

    Raises:
        LedgerError: When the ledger cannot be used, or is not what was locked.
    """
    if not due:
        return ()
    with attached(connection, ledger_path):
        problems = verify(connection)
        locks = _locks(connection)
        if locks and max(one.period for one in locks) >= due[0].period:
            problems.append("the run was computed on another ledger")
        if problems:
            raise LedgerError("\n".join(problems))
        done = append_periods(
            connection,
            f"{GROUP}.comp_pending_posting",
            [(one.period, one.period_end) for one in due],
            closing,
            cut_offs={one.period: one.cut_off for one in due},
        )
    return tuple(done)


def close_in_a_row(
    pay_on: PayOn,
    ledger_path: Path,
    due: Sequence[DuePeriod],
    late: Mapping[date, date],
    closing: Closing,
) -> ClosedPeriods:
    """Close what is due, each period on what was known at its own cut-off.

    Every calculation stands on the ledger that the one before left, so what became known
    meanwhile is posted in the first period whose cut-off knows it. Killed, it has closed some
    periods wholly; the next run goes on from there.

    Args:
        pay_on: Computes pay as it was known on a day.
        ledger_path: The ledger's file.
        due: The periods, the earliest first.
        late: As of `known_late`.
        closing: What is noted.

    Raises:
        LedgerError: When the ledger cannot be used, or is not what was locked.
    """
    done: list[ClosedPeriod] = []
    for stretch in stretches(due, late):
        with pay_on(stretch[-1].cut_off) as connection:
            done += close_candidate(connection, ledger_path, stretch, closing)
    return tuple(done)


def read_periods(connection: duckdb.DuckDBPyConnection, place: str) -> list[Period]:
    """The months of the ledger, as comp_period of a database and schema tells them."""
    rows = connection.execute(
        f"select period, period_end, status, ledger_hash from {place}.comp_period order by period"  # noqa: S608
    ).fetchall()
    return [Period(*row) for row in rows]


def _locks(connection: duckdb.DuckDBPyConnection) -> list[Lock]:
    rows = connection.execute(
        f"""
        select period, closed_as_of_date, ledger_hash, publish_version
        from {LEDGER}.period_lock order by period
        """  # noqa: S608
    ).fetchall()
    return [Lock(*row) for row in rows]


def _wanted(
    periods: Iterable[Period], locks: Iterable[Lock], chosen: Iterable[date], through: date | None
) -> list[date]:
    locked = {one.period for one in locks}
    wanted = set(chosen)
    if through is not None:
        wanted.add(through)
        wanted |= {one.period for one in periods if one.period < through} - locked
    return sorted(wanted)


def _held(manifest: Manifest) -> list[str]:
    """The groups that pay is computed from, and that did not pass their guards."""
    entries: Mapping[str, GroupEntry] = {one.kpi_group: one for one in manifest.groups}
    reasons = []
    for name in (GROUP, *READS[GROUP]):
        entry = entries.get(name)
        if entry is None:
            reasons.append(f"{name} was never published")
        elif entry.action == "held":
            why = "; ".join(entry.reasons[:3]) or "see `concord status`"
            reasons.append(f"{name} did not pass its guards in version {manifest.version}: {why}")
    return reasons


def _not_now(
    as_of: date, periods: Sequence[Period], locks: Sequence[Lock], wanted: Sequence[date]
) -> list[str]:
    """What speaks against each period by itself, and against their order."""
    known = {one.period: one for one in periods}
    locked = {one.period: one for one in locks}
    reasons = []
    if not wanted:
        reasons.append("there is nothing to close")
    for period in wanted:
        name = f"{period:%Y-%m}"
        if period in locked:
            day = locked[period].closed_as_of_date
            reasons.append(f"{name} is locked already, on what was known on {day}")
        elif period not in known:
            span = f"{periods[0].name} to {periods[-1].name}" if periods else "none"
            reasons.append(f"{name} is no period that can be closed; these are: {span}")
        elif known[period].period_end > as_of:
            reasons.append(
                f"{name} ends on {known[period].period_end}, and {as_of} is the last day that the "
                "published version knows"
            )
    if wanted:
        earlier = [
            one.name
            for one in periods
            if one.period < wanted[-1] and one.period not in locked and one.period not in wanted
        ]
        if earlier:
            reasons.append(
                f"{', '.join(earlier[:5])}{' and more' if len(earlier) > 5 else ''} "
                f"still open: close earlier periods first, or all at once with --through "
                f"{wanted[-1]:%Y-%m}"
            )
    return reasons


def _other_ledger(version: str, periods: Sequence[Period], locks: Sequence[Lock]) -> list[str]:
    """The version has to know the ledger, but for what was closed on that very version."""
    told = {one.period: one.ledger_hash for one in periods if one.ledger_hash is not None}
    found = {one.period: one.ledger_hash for one in locks}
    lost = [f"{period:%Y-%m}" for period, value in told.items() if found.get(period) != value]
    if lost:
        return [
            f"the ledger does not have {', '.join(lost)} as version {version} has it: was it "
            "replaced? Restore it from its backups"
        ]
    unknown = [
        f"{one.period:%Y-%m}"
        for one in locks
        if one.period not in told and one.publish_version != version
    ]
    if unknown:
        return [
            f"version {version} does not know that {', '.join(unknown)} is locked: `concord run` "
            "publishes one that does"
        ]
    return []
