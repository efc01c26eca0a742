"""Spend from landed tables: their finer rows are added up to a campaign's day, exactly.

What the table says now is the truth: days are replaced whole; days and accounts that it holds no
more are gone. Money is added up before it is rounded, once per account and day (ads/spend.py).

Belongs here: adding up and delivering. Does not: which columns (maps/), files (ads/slices.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.connectors.ads.slices import DaySlices
from orchestration.connectors.ads.spend import SpendDay, in_cents
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.landed.map_parts import MappedObject
from orchestration.connectors.landed.query import TableQuery
from orchestration.connectors.typing_sql import quoted

_UNITS = {"micros": Decimal("0.000001"), "cents": Decimal("0.01")}
_FILE = re.compile(r"(.+)-([0-9]{4})([0-9]{2})\.parquet")
_KEYS = ("platform_account_id", "campaign_id", "spend_date")
_NUMBERS = {
    "impressions": "decimal(28, 6)",
    "clicks": "decimal(28, 6)",
    "engagements": "decimal(28, 6)",
    "platform_conversions": "decimal(28, 6)",
    "spend": "decimal(38, 9)",
}
_TYPES = {"spend_date": "date", **_NUMBERS}


def deliver_spend(
    connection: duckdb.DuckDBPyConnection,
    item: MappedObject,
    query: TableQuery,
    folder: Path,
    where: str,
    is_full: bool,
) -> int:
    """Make the deliveries what the table says; returns how many rows changed.

    Args:
        connection: Where the tables are open.
        item: The object.
        query: How its table is read.
        folder: Of the dataset.
        where: Source and object, for a message.
        is_full: Whether a table without any row is believed.

    Raises:
        FixConfiguration: When a row has no key, a value has another type, an account has two
            currencies, or all rows are gone.
    """
    slices = DaySlices(folder)
    slices.bring_up_to_date()
    days = _days(connection, item, query, where)
    held = _held_months(folder)
    if not days and held and DaySlices.row_count(folder) and not is_full:
        raise FixConfiguration(
            "its table had rows before and has none now; what was read before stays. If nothing "
            "was spent indeed: --full-refresh"
        )
    by_account: dict[str, list[SpendDay]] = {account: [] for account in held}
    for day in in_cents(days):
        by_account.setdefault(day.platform_account_id, []).append(day)
    changed = 0
    for account, own in sorted(by_account.items()):
        moments = [*(day.spend_date for day in own), *held.get(account, ())]
        changed += slices.replace(account, min(moments), max(moments), own)
    return changed


def _days(
    connection: duckdb.DuckDBPyConnection, item: MappedObject, query: TableQuery, where: str
) -> list[SpendDay]:
    connection.execute(f"create or replace temp table spend_rows as {query.sql}")
    try:
        _refuse_wrong_values(connection, query, where)
        _refuse_missing_keys(connection, where)
        _refuse_two_currencies(connection, query, where)
        sums = ", ".join(
            f"coalesce(sum(cast({quoted(name)} as {kind})), 0) as {quoted(name)}"
            if name in query.fields
            else f"null as {quoted(name)}"
            for name, kind in _NUMBERS.items()
        )
        texts = ", ".join(
            f"max_by({quoted(name)}, {_day()}) as {quoted(name)}"
            if name in query.fields
            else f"cast(null as varchar) as {quoted(name)}"
            for name in ("campaign_name", "currency_code", "platform_time_zone", "source_field")
        )
        found = connection.execute(
            f"""
            with days as (
                select platform_account_id, campaign_id, {_day()} as spend_date, {sums}
                from spend_rows
                group by all
            ),
            campaigns as (
                select platform_account_id, campaign_id, {texts} from spend_rows group by 1, 2
            )
            select * from days inner join campaigns using (platform_account_id, campaign_id)
            order by platform_account_id, spend_date, campaign_id
            """  # noqa: S608
        )
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        connection.execute("drop table spend_rows")
    return [_spend_day(item, row) for row in rows]


def _spend_day(item: MappedObject, row: Mapping[str, Any]) -> SpendDay:
    def constant(name: str) -> Any:
        value = item.fields.get(name)
        return row.get(name) if value is None or value.constant is None else value.constant

    def count(name: str) -> Any:
        return None if row[name] is None else int(row[name])

    unit = _UNITS.get(item.fields["spend"].unit or "", Decimal(1))
    return SpendDay(
        platform=constant("platform"),
        platform_account_id=row["platform_account_id"],
        campaign_id=row["campaign_id"],
        campaign_name=row["campaign_name"],
        spend_date=row["spend_date"],
        impressions=count("impressions"),
        clicks=count("clicks"),
        engagements=count("engagements"),
        platform_conversions=row["platform_conversions"],
        spend=row["spend"] * unit,
        currency_code=row["currency_code"],
        platform_time_zone=constant("platform_time_zone"),
        source_field=row["source_field"],
    )


def _day() -> str:
    """SQL of the day; a moment of a loader stands for the day that it begins."""
    return "cast(substr(spend_date, 1, 10) as date)"


def _refuse_wrong_values(
    connection: duckdb.DuckDBPyConnection, query: TableQuery, where: str
) -> None:
    for name, kind in _TYPES.items():
        if name not in query.fields:
            continue
        value = _day() if kind == "date" else f"cast({quoted(name)} as {kind})"
        if kind == "decimal(28, 6)" and name != "platform_conversions":
            value = f"cast({quoted(name)} as decimal(28, 6)) % 1"
        try:
            rests = connection.execute(f"select max({value}) from spend_rows").fetchall()  # noqa: S608
        except duckdb.Error as error:
            said = str(error).splitlines()[0].split(" when casting")[0]
            raise FixConfiguration(
                f"{where}, {name}: a value does not have the type it had ({said}); nothing was "
                "stored"
            ) from None
        if "% 1" in value and rests[0][0]:
            raise FixConfiguration(f"{where}, {name}: a count is no whole number")


def _refuse_missing_keys(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    for name in (*_KEYS, "spend"):
        count = connection.execute(
            f"select count(*) from spend_rows where {quoted(name)} is null"  # noqa: S608
        ).fetchall()[0][0]
        if count:
            raise FixConfiguration(f"{where}: {count} rows have no {name}; nothing was stored")
    wrong = connection.execute(
        "select min(platform_account_id) from spend_rows "
        "where not regexp_full_match(platform_account_id, '[A-Za-z0-9_]+')"
    ).fetchall()[0][0]
    if wrong is not None:
        raise FixConfiguration(f"{where}: {wrong!r} is no id of an account")


def _refuse_two_currencies(
    connection: duckdb.DuckDBPyConnection, query: TableQuery, where: str
) -> None:
    if "currency_code" not in query.fields:
        return
    rows = connection.execute(
        "select platform_account_id, string_agg(distinct currency_code, ', ') from spend_rows "
        "group by 1 having count(distinct currency_code) > 1 order by 1 limit 1"
    ).fetchall()
    for account, currencies in rows:
        raise FixConfiguration(f"{where}: account {account} has several currencies: {currencies}")


def _held_months(folder: Path) -> dict[str, tuple[date, date]]:
    """Account to the first and last day of the months that are delivered."""
    found: dict[str, tuple[date, date]] = {}
    for path in folder.glob("*.parquet"):
        if match := _FILE.fullmatch(path.name):
            first = date(int(match[2]), int(match[3]), 1)
            last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            before = found.get(match[1], (first, last))
            found[match[1]] = (min(first, before[0]), max(last, before[1]))
    return found
