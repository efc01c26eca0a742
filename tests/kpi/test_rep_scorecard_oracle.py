"""rpt_rep_scorecard against a loop over employees and periods, in exact fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random
from statistics import median
from typing import Any

import duckdb
import pytest

from tests.kpi.calendar_rows import GRAINS, calendar_rows, months_later, period_end, period_start
from tests.kpi.compiled import CompiledModels
from tests.kpi.deal_histories import AS_OF, FIRST, Deals, cents, random_deals, rate_on, team_on
from tests.kpi.scorecard_facts import Records, make_record_parents, random_records
from tests.kpi.told_deals import Told
from tests.unlike import unlike

SIX_DECIMALS = Fraction(1, 10**6)
SEEDS = range(8)
EMPLOYEES = {"stayer", "mover"}
Cell = tuple[str, str, date]


def _credits(records: Records) -> Iterator[tuple[str, date, Decimal | None]]:
    """Yield who is credited with how much on which day, cent by cent."""
    for deal in records.deals:
        if not (deal["is_won"] and deal["is_reportable"]):
            continue
        agreed = [
            split
            for split in records.splits
            if split["opportunity_key"] == deal["opportunity_key"]
            and split["split_type"] == "revenue"
            and split["valid_from"] <= deal["close_date"]
        ]
        last = max((split["valid_from"] for split in agreed), default=None)
        shares: dict[str | None, Fraction] = defaultdict(Fraction)
        for split in agreed:
            if split["valid_from"] == last:
                shares[split["employee_key"]] += Fraction(split["share"])
        rest = 1 - sum(shares.values())
        if rest > 0:
            shares[deal["owner_employee_key"]] += rest
        shares.pop(None, None)
        whole = {who: 0 if deal["amount"] is None else Fraction(deal["amount"]) * 100 * share
                 for who, share in shares.items()}  # fmt: skip
        parts = {who: floor(part) for who, part in whole.items()}
        if sum(shares.values()) == 1:
            left = floor(sum(whole.values())) - sum(parts.values())
            by_rest = sorted(parts, key=lambda who: (parts[who] - whole[who], who))
            for who in by_rest[:left]:
                parts[who] += 1
        for who, part in parts.items():
            assert who
            amount = None if deal["amount"] is None else Decimal(part) / 100
            yield who, deal["close_date"], amount


def _quotas(records: Records) -> Iterator[tuple[str, date, Decimal | None]]:
    """Yield each employee's quota per month: a quota's months add up to it."""
    for quota in records.quotas:
        if quota["measure"] != "bookings":
            continue
        amount = quota["quota_amount_local"]
        if quota["currency_code"] == "USD":
            amount = cents(amount * rate_on(quota["valid_from"]))
        days = [quota["valid_from"] + timedelta(days=number)
                for number in range((quota["valid_to"] - quota["valid_from"]).days)]  # fmt: skip
        working = [day for day in days if day.weekday() < 5] or days
        so_far = Decimal(0)
        for month in sorted({day.replace(day=1) for day in days}):
            gone = sum(1 for day in working if day < months_later(month, 1))
            total = cents(amount * gone / len(working))
            yield quota["employee_key"], month, total - so_far
            so_far = total


def _entries(records: Records) -> Iterator[tuple[str, date, str, Any]]:
    """Yield employee, day, kind and what there is to count."""
    for deal in records.deals:
        is_decided = deal["is_reportable"] and (deal["is_won"] or deal["is_lost"])
        if is_decided and deal["owner_employee_key"]:
            kind = "won" if deal["is_won"] else "lost"
            yield deal["owner_employee_key"], deal["close_date"], kind, deal["sales_cycle_days"]
    for who, day, amount in _credits(records):
        yield who, day, "credited", amount
    for act in records.activities:
        if act["is_human"] and act["employee_key"]:
            yield act["employee_key"], act["occurred_date"], act["direction"], 1


def _pipeline(world: Deals) -> dict[tuple[str, str, date], tuple[Any, Any]]:
    """Pipeline on the eve and at the end of each period, by who owns it then."""
    found: dict[Any, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for deal in world.deals:
        own = [s for s in world.states if s["opportunity_key"] == deal["opportunity_key"]]
        told = Told(deal, own)
        for grain, start in _periods(world.start_month):
            end = period_end(start, grain)
            for place, day in enumerate((start - timedelta(days=1), min(end, AS_OF))):
                if told.is_due(day, start, end) and (state := told.past(day)[-1]):
                    owner = state["owner_employee_key"]
                    if owner:
                        found[owner, grain, start][place].append(state["amount"])
    return {cell: (_sum(begin), _sum(end)) for cell, (begin, end) in found.items()}


def _periods(start_month: int) -> Iterator[tuple[str, date]]:
    for grain, months in GRAINS.items():
        start = period_start(FIRST, "year", start_month)
        while start <= AS_OF:
            yield grain, start
            start = months_later(start, months)


def _sum(amounts: list[Any]) -> Any:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known or not amounts else None


def _ratio(numerator: Any, denominator: Any) -> Fraction | None:
    if numerator is None or not denominator:
        return None
    return Fraction(numerator) / Fraction(denominator)


def _expected(world: Deals, records: Records) -> dict[Cell, tuple[Any, ...]]:
    pipeline, cells = _pipeline(world), {}
    entries, quotas = list(_entries(records)), list(_quotas(records))
    people = {who for who, *_ in (*entries, *quotas)} | {who for who, *_ in pipeline}
    days = {row["date_day"] for row in calendar_rows(
        FIRST, months_later(AS_OF, 12), world.start_month)}  # fmt: skip
    for grain, start in _periods(world.start_month):
        end = period_end(start, grain)
        for who in people:
            own = [(kind, what) for name, day, kind, what in entries
                   if name == who and start <= day <= min(end, AS_OF) and day in days]  # fmt: skip
            quota = [amount for name, month, amount in quotas
                     if name == who and start <= month <= end and month in days]  # fmt: skip
            begin, rest = pipeline.get((who, grain, start), (Decimal(0), Decimal(0)))
            if own or quota or (who, grain, start) in pipeline:
                cells[who, grain, start] = _cell(
                    own, quota, begin, rest, who, min(end, AS_OF), end <= AS_OF
                )
    return cells


def _cell(
    own: list[tuple[str, Any]], quotas: list[Any], begin: Any, rest: Any, who: str, last: date,
    has_ended: bool,
) -> tuple[Any, ...]:  # fmt: skip
    kinds: dict[str, list[Any]] = defaultdict(list)
    for kind, what in own:
        kinds[kind].append(what)
    won, lost = len(kinds["won"]), len(kinds["lost"])
    quota, credited = _sum(quotas) if quotas else None, _sum(kinds["credited"])
    missing = quota is not None and credited is not None and quota > credited
    cycles = [days for days in kinds["won"] + kinds["lost"] if days is not None]
    return (
        team_on(who, last) if who in EMPLOYEES else "unknown",
        quota, credited, _ratio(credited, quota), begin, _ratio(begin, quota), rest,
        _ratio(rest, quota - credited) if missing else None,
        len(kinds["one_way"]), len(kinds["two_way"]), won, lost, _ratio(won, won + lost),
        Fraction(median(cycles)) if cycles else None, has_ended, last,
    )  # fmt: skip


def _publish(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, world: Deals, records: Records
) -> dict[Cell, tuple[Any, ...]]:
    make_record_parents(warehouse, world, records)
    models.run_named(warehouse, "int_reporting_periods")
    models.run_only(warehouse, "waterfall")
    models.run_only(warehouse, "scorecard")
    models.run_named(warehouse, "rpt_rep_scorecard")
    rows = warehouse.execute(
        """
        select employee_key, period_grain, period_start, team, quota, credited, attainment,
            pipeline, coverage_rate, remaining_pipeline, remaining_coverage_rate,
            one_way_activity_count, two_way_activity_count, won_count, lost_count, win_rate,
            sales_cycle_days, has_ended, last_day
        from funnel.rpt_rep_scorecard
        """
    ).fetchall()
    assert len({row[:3] for row in rows}) == len(rows)
    return {row[:3]: row[3:] for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_period_equals_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    world = random_deals(seed)
    records = random_records(Random(seed), world)  # noqa: S311
    found, wanted = _publish(warehouse, models, world, records), _expected(world, records)
    assert unlike(found, wanted, SIX_DECIMALS) == {}


def test_the_records_fill_every_column() -> None:
    """An oracle of what never happens proves nothing about it."""
    filled: set[int] = set()
    for seed in SEEDS:
        world = random_deals(seed)
        rows = _expected(world, random_records(Random(seed), world)).values()  # noqa: S311
        filled |= {place for row in rows for place, value in enumerate(row) if value}
    assert filled == set(range(16))
