"""One pull of daily spend: every account, the days that may have been restated.

Spend is read per campaign, because Performance Max campaigns have no ads of their own, and has to
add up to what the account itself tells of each day; otherwise nothing of the account is stored.

Belongs here: accounts, windows, reconciliation. Does not: requests (client.py), files (ads).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.company.google_ads_source import DATASET, GoogleAdsSource
from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.ads.spend import SpendDay, in_cents
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.errors import (
    ConnectorError,
    CredentialsRefused,
    FixConfiguration,
    ObjectMissing,
)
from orchestration.connectors.google_ads.answers import classify
from orchestration.connectors.google_ads.client import Client, GoogleAdsAccess
from orchestration.connectors.http import Budget, Http
from orchestration.connectors.raw_pages import PullPages, new_pull
from orchestration.state import ConnectorObject

PLATFORM = "google_ads"
_MICROS = Decimal(1_000_000)
_MILLIONTH = Decimal("0.000001")
# Days of one request; an account's answer for more would be large.
_DAYS_AT_ONCE = 90
_ATTEMPTS = 3
_ACCOUNTS = (
    "SELECT customer_client.id, customer_client.manager, customer_client.status "
    "FROM customer_client WHERE customer_client.manager = FALSE"
)
_ACCOUNT = "SELECT customer.id, customer.currency_code, customer.time_zone FROM customer"
_TOTALS = (
    "SELECT segments.date, metrics.cost_micros FROM customer "
    "WHERE segments.date BETWEEN '{start}' AND '{end}'"
)
_CAMPAIGNS = (
    "SELECT campaign.id, campaign.name, campaign.advertising_channel_type, segments.date, "
    "metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.interactions, "
    "metrics.conversions FROM campaign WHERE segments.date BETWEEN '{start}' AND '{end}'"
)


@dataclass(frozen=True)
class SpendWindow:
    """Which days are read.

    Attributes:
        start_date: The first day there is.
        restated_days: How many days back a run reads again.
        accounts: Accounts; empty for all below the manager account.
    """

    start_date: date
    restated_days: int
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """An account and how it counts: currency and zone."""

    id: str
    currency_code: str
    time_zone: str


def pull(context: PullContext, source: GoogleAdsSource) -> PullResult:
    """Read the spend of every account up to its yesterday.

    Raises:
        ConnectorError: When no account can be read.
    """
    return pull_spend(context, make_client(context, source), window_of(source))


def make_client(context: PullContext, source: GoogleAdsSource) -> Client:
    """A client with the source's budget."""
    options = source.options
    access = GoogleAdsAccess(
        base_url=options.base_url,
        token_url=options.token_url,
        api_version=options.api_version,
        login_customer_id=options.login_customer_id,
        developer_token_variable=options.developer_token_variable,
        client_id_variable=options.client_id_variable,
        client_secret_variable=options.client_secret_variable,
        refresh_token_variable=options.refresh_token_variable,
    )
    http = Http(classify, Budget(options.request_budget), context.deadline)
    return Client(http, access, context.variables)


def window_of(source: GoogleAdsSource) -> SpendWindow:
    """The days and accounts that a source reads."""
    options = source.options
    return SpendWindow(options.start_date, options.restated_days, tuple(options.customer_ids))


def pull_spend(context: PullContext, client: Client, window: SpendWindow) -> PullResult:
    """Read the spend of every account up to its yesterday.

    Raises:
        ConnectorError: When no account can be read.
    """
    result = PullResult(changed={DATASET: 0})
    try:
        client.sign_in()
        for account_id in window.accounts or accounts_below(client):
            try:
                _pull_account(context, client, window, account_id, result)
            except CredentialsRefused:
                raise
            except ObjectMissing as note:
                result.notes.append(f"account {account_id}: {note}; left out")
            except FixConfiguration as problem:
                result.problems.append(f"account {account_id}: {problem}")
    except ConnectorError as error:
        raise type(error)(*_redacted(client, error)) from None
    finally:
        result.request_count = client.http.budget.used
    result.problems = [client.redacted(text) for text in result.problems]
    return result


def _redacted(client: Client, error: ConnectorError) -> list[Any]:
    return [client.redacted(str(error)), *list(vars(error).values())]


def accounts_below(client: Client) -> list[str]:
    """The accounts below the manager account.

    Raises:
        ConnectorError: FixConfiguration when no manager account is named.
    """
    manager = client.access.login_customer_id
    if manager is None:
        raise FixConfiguration(
            "neither options.customer_ids nor options.login_customer_id is set; one of them says "
            "which accounts are read"
        )
    rows = client.search(manager, _ACCOUNTS)
    return sorted(str(row["customerClient"]["id"]) for row in rows)


def _pull_account(
    context: PullContext, client: Client, window: SpendWindow, account_id: str, result: PullResult
) -> None:
    name = f"spend of account {account_id}"
    known = context.state.connector_object(context.source, name)
    account = read_account(client, account_id)
    end = _yesterday(client, account)
    start = window.start_date
    if known.cursor_at is not None and not context.is_full:
        again = known.cursor_at.date() - timedelta(days=window.restated_days - 1)
        start = max(start, again)
    slices = DaySlices(context.deliveries / DATASET)
    kept = new_pull(context.raw_pages / account_id)
    for first, last in _parts(start, end):
        days = _read_days(client, account, first, last, kept)
        result.changed[DATASET] += slices.replace(account_id, first, last, in_cents(days))
    kept.finish({"currency_code": account.currency_code, "time_zone": account.time_zone})
    if start <= end:
        moment = datetime(end.year, end.month, end.day, tzinfo=UTC)
        context.state.save_connector_object(
            ConnectorObject(context.source, name, cursor_at=moment, pulled_at=client.server_time)
        )


def _read_days(
    client: Client, account: Account, first: date, last: date, kept: PullPages
) -> list[SpendDay]:
    """The campaigns' days; read again where a restatement came between the two queries."""
    for attempt in range(1, _ATTEMPTS + 1):
        rows = client.search(account.id, _CAMPAIGNS.format(start=first, end=last))
        totals = client.search(account.id, _TOTALS.format(start=first, end=last))
        days = typed_days(account, rows, totals)
        try:
            _reconcile(days, totals)
        except FixConfiguration:
            if attempt == _ATTEMPTS:
                raise
        else:
            break
    # What does not add up is not kept: it was never delivered.
    page = {"start": str(first), "end": str(last), "campaigns": rows, "totals": totals}
    kept.keep("json", json.dumps(page, sort_keys=True).encode())
    return days


def read_account(client: Client, account_id: str) -> Account:
    """Ask an account how it counts.

    Raises:
        ConnectorError: The class that says what would help.
    """
    rows = client.search(account_id, _ACCOUNT)
    if not rows:
        raise FixConfiguration("it told neither currency nor zone")
    customer = rows[0]["customer"]
    return Account(account_id, customer["currencyCode"], customer["timeZone"])


def _yesterday(client: Client, account: Account) -> date:
    """The last day that is over in the account's zone."""
    try:
        zone = ZoneInfo(account.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise FixConfiguration(f"its zone {account.time_zone!r} is not known") from None
    now = client.server_time or datetime.now(UTC)
    return now.astimezone(zone).date() - timedelta(days=1)


def _parts(start: date, end: date) -> Iterator[tuple[date, date]]:
    while start <= end:
        last = min(end, start + timedelta(days=_DAYS_AT_ONCE - 1))
        yield start, last
        start = last + timedelta(days=1)


def typed_days(
    account: Account, rows: Sequence[dict[str, Any]], totals: Sequence[dict[str, Any]]
) -> list[SpendDay]:
    """Rows with the types they must have.

    Raises:
        FixConfiguration: With the row that is none.
    """
    row: dict[str, Any] = {}
    try:
        for row in totals:
            _micros(row)
        days = []
        for row in rows:
            days.append(_spend_day(account, row))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        shown = json.dumps(row, sort_keys=True)[:300]
        raise FixConfiguration(
            f"a row does not have the fields and types that it had: {shown}; nothing of these days "
            "was stored"
        ) from None
    return days


def _spend_day(account: Account, row: dict[str, Any]) -> SpendDay:
    campaign, metrics = row["campaign"], row["metrics"]
    return SpendDay(
        platform=PLATFORM,
        platform_account_id=account.id,
        campaign_id=str(campaign["id"]),
        campaign_name=campaign.get("name"),
        spend_date=date.fromisoformat(row["segments"]["date"]),
        impressions=int(metrics.get("impressions", 0)),
        clicks=int(metrics.get("clicks", 0)),
        engagements=int(metrics.get("interactions", 0)),
        platform_conversions=Decimal(metrics.get("conversions", "0")).quantize(_MILLIONTH),
        spend=_micros(row) / _MICROS,
        currency_code=account.currency_code,
        platform_time_zone=account.time_zone,
        source_field=campaign.get("advertisingChannelType"),
    )


def _micros(row: dict[str, Any]) -> Decimal:
    """Cost in millionths; a text of an int64, left out where it is zero."""
    return Decimal(row["metrics"].get("costMicros", "0"))


def _reconcile(days: Sequence[SpendDay], totals: Sequence[dict[str, Any]]) -> None:
    """Compare campaigns with the account, day by day and to the micro.

    Raises:
        FixConfiguration: With the first day that differs.
    """
    of_account = {row["segments"]["date"]: _micros(row) / _MICROS for row in totals}
    of_campaigns: dict[str, Decimal] = {}
    for item in days:
        day = item.spend_date.isoformat()
        of_campaigns[day] = of_campaigns.get(day, Decimal(0)) + item.spend
    for day in sorted(of_account.keys() | of_campaigns.keys()):
        account, campaigns = of_account.get(day, Decimal(0)), of_campaigns.get(day, Decimal(0))
        if account != campaigns:
            raise FixConfiguration(
                f"on {day} its campaigns' spend adds up to {campaigns} and the account tells "
                f"{account}; nothing of these days was stored. Run again later: figures that are "
                "being restated agree after some hours"
            )
