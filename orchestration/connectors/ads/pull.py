"""One pull of an advertising platform: every account, the days that may have been restated.

Spend is read by campaign and has to add up to what the account itself tells of each day; where a
platform tells ads, it is split further. What is read is delivered part by part, oldest first, so
that a pull that ends early is gone on with. A backfill's slice is delivered when all of it was
read, of all accounts, and moves no cursor.

Belongs here: the order of a pull. Does not: any platform's words, files (slices.py, reach.py).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from orchestration.connectors.ads.by_ad import in_cents_by_ad, of_ads
from orchestration.connectors.ads.kinds import refuse_unknown_kinds
from orchestration.connectors.ads.platform import Account, Page, Platform, Told, TooMuch
from orchestration.connectors.ads.reach import (
    REACH_DATASET,
    ReachFiles,
    ReachRow,
    WindowKind,
    closed_windows,
)
from orchestration.connectors.ads.reconcile import reconcile
from orchestration.connectors.ads.slices import DaySlices, check_days
from orchestration.connectors.ads.spend import SPEND_DATASET, SpendDay
from orchestration.connectors.ads.vanished import refuse_vanished
from orchestration.connectors.ads.windows import SpendWindow, halves, parts, today_of
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.day_span import DaySpan
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
)
from orchestration.connectors.raw_pages import new_pull
from orchestration.state import ConnectorObject

_ATTEMPTS = 3
SPEND_PAGE, REACH_PAGE = "json", "reach"


@dataclass(frozen=True)
class _Part:
    """Days, or a window of reach, as they were told; not delivered yet."""

    what: str
    page: Page
    first: date
    last: date
    spend: list[SpendDay] | None = None
    reach: list[ReachRow] | None = None


def pull_ads(context: PullContext, platform: Platform, window: SpendWindow) -> PullResult:
    """Read every account up to its yesterday, or the days of a backfill's slice.

    Raises:
        ConnectorError: When no account can be read.
    """
    client = platform.client
    client.http.budget.used += context.requests_made
    result = PullResult(changed={SPEND_DATASET: 0})
    if window.reach:
        result.changed[REACH_DATASET] = 0
    DaySlices(context.deliveries / SPEND_DATASET).bring_up_to_date()
    slice_parts: list[tuple[_AccountPull, _Part]] = []
    try:
        client.sign_in()
        for account_id in window.accounts or platform.account_ids():
            try:
                account = platform.read_account(account_id)
                pull = _AccountPull(context, platform, window, account, result)
                if context.span is None:
                    pull.run()
                else:
                    slice_parts += [(pull, part) for part in pull.read_span(context.span)]
            except CredentialsRefused:
                raise
            except ObjectMissing as note:
                result.notes.append(f"account {account_id}: {note}; left out")
            except FixConfiguration as problem:
                result.problems.append(f"account {account_id}: {problem}")
        if not result.problems:
            for pull, part in slice_parts:
                pull.deliver(part)
    except ConnectorError as error:
        raise type(error)(client.redacted(str(error)), *vars(error).values()) from None
    finally:
        result.request_count = client.http.budget.used - context.requests_made
    result.notes = [client.redacted(text) for text in [*result.notes, *platform.notes()]]
    result.problems = [client.redacted(text) for text in result.problems]
    return result


@dataclass
class _AccountPull:
    context: PullContext
    platform: Platform
    window: SpendWindow
    account: Account
    result: PullResult

    def run(self) -> None:
        """Read the account's spend, then its reach."""
        today = today_of(self.account, self.platform.client.server_time)
        end = today - timedelta(days=1)
        earliest = self.window.start_date
        limit = self.platform.first_day(today)
        if limit is not None and limit > earliest:
            if self._read_to("spend") is None or self.context.is_full:
                self.result.notes.append(
                    f"account {self.account.id}: days before {limit} are not told any more; those "
                    "that were read before are kept"
                )
            earliest = limit
        for part in self._spend(max(earliest, self._first("spend")), end):
            self.deliver(part)
            self._remember(part)
        for kind in self.window.reach:
            start = max(earliest, self._first(f"reach by {kind}"))
            for part in self._reach(kind, earliest, start, end):
                self.deliver(part)
                self._remember(part)

    def read_span(self, span: DaySpan) -> Iterator[_Part]:
        """Read the days of a slice, and the windows of reach that end in it; deliver nothing."""
        today = today_of(self.account, self.platform.client.server_time)
        if span.last >= today:
            raise FixConfiguration(f"{span.last} is not over yet in {self.account.time_zone}")
        limit = self.platform.first_day(today)
        if limit is not None and span.first < limit:
            raise FixConfiguration(f"days before {limit} are not told any more")
        earliest = max(self.window.start_date, limit or self.window.start_date)
        yield from self._spend(span.first, span.last)
        for kind in self.window.reach:
            yield from self._reach(kind, earliest, span.first, span.last)

    def deliver(self, part: _Part) -> None:
        """Make the deliveries what the part tells, and keep its page."""
        account_id, first, last = self.account.id, part.first, part.last
        if part.spend is not None:
            slices = DaySlices(self.context.deliveries / SPEND_DATASET)
            changed = slices.replace(account_id, first, last, part.spend)
            self.result.changed[SPEND_DATASET] += changed
        if part.reach is not None:
            files = ReachFiles(self.context.deliveries / REACH_DATASET)
            changed = files.replace(account_id, first, last, part.reach)
            self.result.changed[REACH_DATASET] += changed
        kept = new_pull(self.context.raw_pages / account_id)
        body = json.dumps(_with_days(part.page, first, last), sort_keys=True)
        kept.keep(REACH_PAGE if part.spend is None else SPEND_PAGE, body.encode())
        facts = {"currency_code": self.account.currency_code, "time_zone": self.account.time_zone}
        kept.finish(facts)

    def _spend(self, start: date, end: date) -> Iterator[_Part]:
        slices = DaySlices(self.context.deliveries / SPEND_DATASET)
        todo = list(parts(start, end, self.platform.days_at_once))[::-1]
        while todo:
            first, last = todo.pop()
            try:
                page, told = self._told(first, last)
            except TooMuch as error:
                if first == last:
                    raise FixConfiguration(f"{error}, and {first} alone is too much") from None
                todo += halves(first, last)[::-1]
                continue
            self._refuse_empty(slices, told, first, last)
            if not self.context.is_full:
                before = slices.rows(self.account.id, first, last)
                refuse_vanished(told.lacks, before, first, last)
                refuse_vanished(told.ads_lack, of_ads(before), first, last)
            with _no_foreign_rows():
                check_days(self.account.id, first, last, [*told.days, *told.ads])
            spend = in_cents_by_ad(told.days, told.ads)
            yield _Part("spend", page, first, last, spend=spend)

    def _reach(self, kind: WindowKind, earliest: date, start: date, end: date) -> Iterator[_Part]:
        for first, last in closed_windows(kind, earliest, start, end):
            try:
                page = self.platform.read_reach(self.account, first, last)
            except TooMuch as error:  # a window is told whole or not at all
                raise FixConfiguration(
                    f"{error}; leave {kind} out of options.reach_windows"
                ) from None
            rows = self.platform.rows.reach(self.account, _with_days(page, first, last))
            if rows and all(row.reach is None for row in rows) and not self.context.is_full:
                files = ReachFiles(self.context.deliveries / REACH_DATASET)
                lacks = {"reach": self.platform.rows.reach_field}
                before = files.rows(self.account.id, first, last)
                refuse_vanished(lacks, before, first, last, least=1)
            yield _Part(f"reach by {kind}", page, first, last, reach=rows)

    def _told(self, first: date, last: date) -> tuple[Page, Told]:
        """The days as told; read again where a restatement came between the queries."""
        for attempt in range(1, _ATTEMPTS + 1):
            page = self.platform.read_spend(self.account, first, last)
            told = self.platform.rows.spend(self.account, page)
            try:
                reconcile(told)
            except FixConfiguration as error:
                if attempt == _ATTEMPTS:
                    reason = self.platform.why_apart(self.account)
                    raise FixConfiguration(reason or str(error)) from None
            else:
                break
        rows = self.platform.rows
        refuse_unknown_kinds(told.days, rows.kind_field, rows.kinds, self.window.campaign_kinds)
        return page, told

    def _refuse_empty(self, slices: DaySlices, told: Told, first: date, last: date) -> None:
        advice = self.platform.empty_advice
        if advice is None or self.context.is_full or told.days or told.totals:
            return
        if slices.has_rows(self.account.id, first, last):
            raise FixConfiguration(
                f"nothing is told of {first} to {last}, which had spend before; {advice}. What was "
                "read before stays. If nothing was spent indeed: --full-refresh"
            )

    def _remember(self, part: _Part) -> None:
        """Say that what was delivered and kept is read: what is not is read again."""
        read_to = max(part.last, self._read_to(part.what) or part.last)
        moment = datetime(read_to.year, read_to.month, read_to.day, tzinfo=UTC)
        self.context.state.save_connector_object(
            ConnectorObject(
                self.context.source,
                self._name(part.what),
                cursor_at=moment,
                pulled_at=self.platform.client.server_time,
            )
        )

    def _first(self, what: str) -> date:
        return self.window.first_again(None if self.context.is_full else self._read_to(what))

    def _read_to(self, what: str) -> date | None:
        known = self.context.state.connector_object(self.context.source, self._name(what))
        return None if known.cursor_at is None else known.cursor_at.date()

    def _name(self, what: str) -> str:
        return f"{what} of account {self.account.id}"


@contextlib.contextmanager
def _no_foreign_rows() -> Iterator[None]:
    """A row of days that nobody asked for is a problem of the answer."""
    try:
        yield
    except ValueError as error:
        raise FixConfiguration(f"{error}; nothing of these days was stored") from None


def _with_days(page: Page, first: date, last: date) -> dict[str, Any]:
    return {**page, "start": str(first), "end": str(last)}
