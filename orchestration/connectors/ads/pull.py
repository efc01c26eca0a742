"""One pull of an advertising platform: every account, the days that may have been restated.

Spend is read per campaign and has to add up to what the account itself tells of each day. What is
read is delivered part by part, oldest first, so that a pull that ends early is gone on with.

Belongs here: the order of a pull. Does not: any platform's words, files (slices.py, reach.py).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from orchestration.connectors.ads.platform import Account, Page, Platform, Told, TooMuch
from orchestration.connectors.ads.reach import (
    REACH_DATASET,
    ReachFiles,
    WindowKind,
    closed_windows,
)
from orchestration.connectors.ads.reconcile import reconcile
from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.ads.spend import SPEND_DATASET, in_cents
from orchestration.connectors.ads.vanished import refuse_vanished
from orchestration.connectors.ads.windows import SpendWindow, halves, parts, today_of
from orchestration.connectors.context import PullContext, PullResult
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


def pull_ads(context: PullContext, platform: Platform, window: SpendWindow) -> PullResult:
    """Read every account up to its yesterday.

    Raises:
        ConnectorError: When no account can be read.
    """
    client = platform.client
    result = PullResult(changed={SPEND_DATASET: 0})
    if window.reach:
        result.changed[REACH_DATASET] = 0
    try:
        client.sign_in()
        for account_id in window.accounts or platform.account_ids():
            try:
                account = platform.read_account(account_id)
                _AccountPull(context, platform, window, account, result).run()
            except CredentialsRefused:
                raise
            except ObjectMissing as note:
                result.notes.append(f"account {account_id}: {note}; left out")
            except FixConfiguration as problem:
                result.problems.append(f"account {account_id}: {problem}")
    except ConnectorError as error:
        raise type(error)(client.redacted(str(error)), *vars(error).values()) from None
    finally:
        result.request_count = client.http.budget.used
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
        self._pull_spend(max(earliest, self._first("spend")), end)
        for kind in self.window.reach:
            self._pull_reach(kind, earliest, max(earliest, self._first(f"reach by {kind}")), end)

    def _pull_spend(self, start: date, end: date) -> None:
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
            with _no_foreign_rows():
                changed = slices.replace(self.account.id, first, last, in_cents(told.days))
            self.result.changed[SPEND_DATASET] += changed
            self._keep(SPEND_PAGE, page, first, last, "spend")

    def _pull_reach(self, kind: WindowKind, earliest: date, start: date, end: date) -> None:
        files = ReachFiles(self.context.deliveries / REACH_DATASET)
        for first, last in closed_windows(kind, earliest, start, end):
            try:
                page = self.platform.read_reach(self.account, first, last)
            except TooMuch as error:  # a window is told whole or not at all
                raise FixConfiguration(
                    f"{error}; leave {kind} out of options.reach_windows"
                ) from None
            rows = self.platform.rows.reach(self.account, _with_days(page, first, last))
            if rows and all(row.reach is None for row in rows) and not self.context.is_full:
                lacks = {"reach": self.platform.rows.reach_field}
                before = files.rows(self.account.id, first, last)
                refuse_vanished(lacks, before, first, last, least=1)
            self.result.changed[REACH_DATASET] += files.replace(self.account.id, first, last, rows)
            self._keep(REACH_PAGE, page, first, last, f"reach by {kind}")

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

    def _keep(self, kind: str, page: Page, first: date, last: date, what: str) -> None:
        """Keep what was delivered, then say that it was: what is not kept is read again."""
        kept = new_pull(self.context.raw_pages / self.account.id)
        body = json.dumps(_with_days(page, first, last), sort_keys=True)
        kept.keep(kind, body.encode())
        facts = {"currency_code": self.account.currency_code, "time_zone": self.account.time_zone}
        kept.finish(facts)
        read_to = max(last, self._read_to(what) or last)
        moment = datetime(read_to.year, read_to.month, read_to.day, tzinfo=UTC)
        self.context.state.save_connector_object(
            ConnectorObject(
                self.context.source,
                self._name(what),
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
