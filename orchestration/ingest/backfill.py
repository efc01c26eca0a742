"""Reads a span of days of a source again, slice by slice, and remembers each slice that is read.

The command and Dagster's partitions both come here. A backfill is its source, days and slicing;
given again it goes on with the slices that are left. A slice is remembered after it was delivered,
so a kill in between reads it once more. How far the daily run is does not change.

Belongs here: the order of slices, and what is remembered. Does not: reading one (connectors), jobs
(backfill_job.py).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from orchestration.company import Company
from orchestration.connectors import vendors
from orchestration.connectors.backfillable import (
    DaySource,
    day_source,
    why_not,
    wrong_objects,
)
from orchestration.connectors.context import DaysTold, PullContext
from orchestration.connectors.day_span import DaySpan
from orchestration.connectors.errors import ConnectorError
from orchestration.progress import reporter
from orchestration.settings import Settings
from orchestration.state import Backfill, BackfillSlice, Slicing, StateStore


class BackfillError(Exception):
    """A backfill could not be done, or not to its end; its words are for the user."""


@dataclass(frozen=True)
class BackfillRequest:
    """What is asked for.

    Attributes:
        source: Name of the source.
        span: Days.
        slicing: How they are cut.
        is_again: Whether slices that are read already are read once more.
        is_cut: Whether days that the source does not tell are left out; else they are an error.
        objects: Only these of the source's objects; blank is all.
    """

    source: str
    span: DaySpan
    slicing: Slicing = "month"
    is_again: bool = False
    is_cut: bool = False
    objects: tuple[str, ...] = ()

    @property
    def backfill(self) -> Backfill:
        """What it is remembered as."""
        names = ",".join(sorted(set(self.objects)))
        return Backfill(self.source, self.span.first, self.span.last, self.slicing, names)

    def __str__(self) -> str:
        """As people read it."""
        of_objects = f", {', '.join(sorted(set(self.objects)))}" if self.objects else ""
        return f"{self.source} {self.span} by {self.slicing}{of_objects}"


@dataclass
class BackfillResult:
    """What was done.

    Attributes:
        read: Slices that were read now.
        kept: Slices that had been read before.
        changed: Rows that changed.
        requests: Requests that were made.
        notes: Worth knowing.
    """

    read: int = 0
    kept: int = 0
    changed: int = 0
    requests: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass
class _Work:
    settings: Settings
    state: StateStore
    company: Company
    run_id: str
    request: BackfillRequest

    @property
    def connector(self) -> DaySource:
        found = day_source(self.company.sources.sources[self.request.source])
        if found is None:
            raise TypeError(self.request.source)  # why_not said so before
        return found

    def context(self, span: DaySpan | None = None, requests_made: int = 0) -> PullContext:
        source = self.company.sources.sources[self.request.source]
        return PullContext(
            source=source.name,
            state=self.state,
            deliveries=source.options.folder,
            raw_pages=self.settings.raw_pages_dir / source.name,
            variables=self.settings.variables,
            deadline=time.monotonic() + self.settings.source_deadline_seconds,
            span=span,
            requests_made=requests_made,
            objects=frozenset(self.request.objects),
        )


def backfill(
    settings: Settings,
    state: StateStore,
    company: Company,
    run_id: str,
    request: BackfillRequest,
) -> BackfillResult:
    """Read the slices that are left, oldest first; the caller holds the home.

    A slice that its source does not tell rightly does not keep the others from being read; a
    credential that is refused, a used-up quota or a dead line ends the backfill.

    Raises:
        BackfillError: Names what is wrong with the request, or the slices that could not be read;
            those that could be are remembered.
    """
    _refuse_wrong(company, request)
    work = _Work(settings, state, company, run_id, request)
    known = [] if request.is_again else state.backfill_slices(request.backfill)
    if known and all(item.finished_at for item in known):
        return BackfillResult(kept=len(known))
    work.request = request = _told(work, known)
    if not known:
        known = _planned(request)
        state.begin_backfill(request.backfill, known)
    result = BackfillResult(kept=sum(item.finished_at is not None for item in known))
    failed: list[str] = []
    is_stopped = False
    for item in known:
        if item.finished_at is not None:
            continue
        try:
            problems = _read_slice(work, item, result)
        except ConnectorError as error:
            problems, is_stopped = [str(error)], True
        if problems:
            text = "; ".join(problems)
            state.save_slice_problem(request.backfill, item.first_date, run_id, text)
            reporter().stage_finished(_days(item), text, False)
            failed.append(f"{_days(item)}: {text}")
        if is_stopped:
            break
    if failed:
        left = len(known) - result.read - result.kept
        raise BackfillError(
            f"{request.source}: {left} of {len(known)} slices not read; the others stay, and "
            "the same command again reads only what is left\n" + "\n".join(failed)
        )
    return result


def _refuse_wrong(company: Company, request: BackfillRequest) -> None:
    sources = company.sources.sources
    reason = why_not(request.source, sources)
    problems = [reason] if reason else wrong_objects(request.source, sources, request.objects)
    if problems:
        raise BackfillError("\n".join(problems))


def _told(work: _Work, known: list[BackfillSlice]) -> BackfillRequest:
    """The request without days that nobody tells, or the error that names them."""
    request = work.request
    try:
        told = vendors.days_told(work.context(), work.connector)
    except ConnectorError as error:
        raise BackfillError(f"{request.source} cannot be read: {error}") from None
    if request.is_cut:
        first = max(request.span.first, told.span.first)
        last = min(request.span.last, told.span.last)
        if first <= last:
            return replace(request, span=DaySpan(first, last))
    left = [item.first_date for item in known if item.finished_at is None]
    span = DaySpan(min(left, default=request.span.first), request.span.last)
    _refuse_untold(request.source, span, told)
    return request


def _refuse_untold(source: str, span: DaySpan, told: DaysTold) -> None:
    problems = []
    if span.first < told.span.first:
        problems.append(f"{span.first} is before {told.span.first}: {told.why_first}")
    if span.last > told.span.last:
        problems.append(f"{span.last} is after {told.span.last}: {told.why_last}")
    if problems:
        raise BackfillError(
            f"{source}: {'; '.join(problems)}. Days from {told.span} can be read again; "
            "nothing was read"
        )


def _planned(request: BackfillRequest) -> list[BackfillSlice]:
    return [
        BackfillSlice(
            request.source,
            request.span.first,
            request.span.last,
            request.slicing,
            span.first,
            span.last,
            objects=request.backfill.objects,
        )
        for span in request.span.slices(request.slicing)
    ]


def _read_slice(work: _Work, item: BackfillSlice, result: BackfillResult) -> list[str]:
    """Read one slice and remember it; returns why it could not be read."""
    label = _days(item)
    reporter().stage_started(label)
    span = DaySpan(item.first_date, item.last_date)
    pulled = vendors.pull(work.context(span, result.requests), work.connector)
    result.requests += pulled.request_count
    result.notes += [note for note in pulled.notes if note not in result.notes]
    if pulled.problems:
        return pulled.problems
    changed = sum(pulled.changed.values())
    work.state.save_slice_read(
        replace(item, finished_at=datetime.now(UTC), run_id=work.run_id, changed_count=changed)
    )
    result.read += 1
    result.changed += changed
    text = f"{changed:,} rows changed, {pulled.request_count} requests"
    reporter().stage_finished(label, text, True)
    return []


def _days(item: BackfillSlice) -> str:
    return str(DaySpan(item.first_date, item.last_date))
