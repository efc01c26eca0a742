"""rpt_forecast against a loop over deals, days and weeks, in exact fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import duckdb
import pytest

from tests.kpi.calendar_rows import GRAINS, calendar_rows, months_later, period_end, period_start
from tests.kpi.compiled import CompiledModels, make_table
from tests.kpi.deal_histories import AS_OF, FIRST, Deals, Row, make_deal_parents, random_deals
from tests.kpi.told_deals import Told, category_of
from tests.unlike import unlike

CATEGORIES = ("closed", "commit", "best_case", "pipeline")
AHEAD = timedelta(weeks=13)
SIX_DECIMALS = Fraction(1, 10**6)
SEEDS = range(6)
Cell = tuple[str, date, str]
Held = dict[tuple[Cell, date, str], list[tuple[Decimal, Decimal]]]


def _world(seed: int) -> Deals:
    """Make deals some of whose salespeople say `Pipeline`, or `Closed` before it is won."""
    world, random = random_deals(seed), Random(seed)  # noqa: S311
    for state in world.states:
        if state["forecast_category"] == "no such word":
            state["forecast_category"] = random.choice(("Pipeline", "Closed", "no such word"))
    return world


def _days() -> Iterator[date]:
    for number in range((AS_OF - FIRST).days + 1):
        yield FIRST + timedelta(days=number)


def _forecast_as(told: Told, day: date) -> str | None:
    """Return the category that a deal is forecast in on a day, or None."""
    kind, state = told.kind(day), told.past(day)[-1:]
    if kind == "won":
        return "closed"
    if kind != "open" or not told.is_due(day, date.min, date.max):
        return None
    word = category_of(state[0])
    # Open, and already called closed: it is still to be won.
    return {"closed": "commit", "commit": "commit", "best_case": "best_case"}.get(word, "pipeline")


def _held(world: Deals) -> Held:
    """What is forecast at the end of each day, by cell and category: amounts and expectations."""
    held: Held = defaultdict(list)
    for deal in world.deals:
        told = Told(
            deal, [s for s in world.states if s["opportunity_key"] == deal["opportunity_key"]]
        )
        for day in _days():
            category = _forecast_as(told, day)
            if category is None or (due := told.past(day)[-1]["close_date"]) is None:
                continue
            state = told.past(day)[-1]
            amount = state["amount"] or Decimal(0)
            expected = amount if category == "closed" else state["weighted_amount"] or Decimal(0)
            for grain in GRAINS:
                cell = (grain, period_start(due, grain, world.start_month), told.team(day))
                held[cell, day, category].append((amount, expected))
    return held


def _actuals(won: list[Row], start_month: int) -> dict[Cell, Decimal]:
    actual: dict[Cell, Decimal] = defaultdict(Decimal)
    for deal in won:
        day = deal["close_date"]
        if deal["is_won"] and deal["is_reportable"] and day and day <= AS_OF:
            for grain in GRAINS:
                cell = (grain, period_start(day, grain, start_month), deal["team_at_close"])
                actual[cell] += deal["amount"] or Decimal(0)
    return actual


def _expected(world: Deals, won: list[Row]) -> dict[Any, tuple[Any, ...]]:
    held, actual = _held(world), _actuals(won, world.start_month)
    calendar = [
        row["date_day"] for row in calendar_rows(FIRST, months_later(AS_OF, 12), world.start_month)
    ]
    mondays = sorted({day - timedelta(day.weekday()) for day in calendar})
    seen = {cell for cell, day, _ in held if day <= min(period_end(cell[1], cell[0]), AS_OF)} | set(
        actual
    )
    expected: dict[Any, tuple[Any, ...]] = {}
    for cell in seen:
        end = period_end(cell[1], cell[0])
        last, has_ended = min(end, AS_OF), end <= AS_OF
        is_known = cell[1] in calendar
        for monday in mondays:
            sunday = monday + timedelta(days=6)
            if not is_known or monday > last or sunday < cell[1] - AHEAD:
                continue
            day, so_far = min(sunday, last), []
            for category in CATEGORIES:
                so_far += (own := held.get((cell, day, category), []))
                amount = sum((one for one, _ in so_far), Decimal(0))
                expected[*cell, monday, category] = (
                    day,
                    len(so_far),
                    amount,
                    sum((one for one, _ in own), Decimal(0)),
                    sum((one for _, one in so_far), Decimal(0)),
                    has_ended,
                    *_judged(amount, actual.get(cell, Decimal(0)) if has_ended else None),
                )
    return expected


def _judged(amount: Decimal, actual: Decimal | None) -> tuple[Any, ...]:
    """Actual, error, accuracy and bias; NULL where nothing is known or was won."""
    if actual is None:
        return None, None, None, None
    error = abs(amount - actual)
    if not actual:
        return actual, error, None, None
    whole = Fraction(actual)
    return actual, error, (whole - Fraction(error)) / whole, (Fraction(amount) - whole) / whole


def _won_deals(world: Deals, random: Random) -> list[Row]:
    """What fct_opportunity says of the deals; another deal than those in the forecast, too."""
    rows = []
    for deal in world.deals:
        states = [s for s in world.states if s["opportunity_key"] == deal["opportunity_key"]]
        last: Row = states[-1] if states else {}
        rows.append(
            {
                **deal,
                "is_won": bool(last.get("is_won")),
                "amount": last.get("amount"),
                "close_date": last.get("close_date"),
                "team_at_close": random.choice(("North", "South", "Nobody's")),
            }
        )
    return rows


def _publish(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, world: Deals, won: list[Row]
) -> dict[Any, tuple[Any, ...]]:
    make_deal_parents(warehouse, world)
    make_table(
        warehouse,
        "core.fct_opportunity",
        {
            "opportunity_key": "varchar", "is_reportable": "boolean", "created_date": "date",
            "is_won": "boolean", "amount": "decimal(18,2)", "close_date": "date",
            "team_at_close": "varchar",
        },
        won,
    )  # fmt: skip
    models.run_named(warehouse, "int_reporting_periods")
    models.run_only(warehouse, "waterfall")
    models.run_only(warehouse, "forecast")
    models.run_named(warehouse, "rpt_forecast")
    rows = warehouse.execute(
        """
        select period_grain, period_start, team, snapshot_week, forecast_category, snapshot_date,
            opportunity_count, amount, own_amount, weighted_amount, has_ended, actual_amount,
            error_amount, accuracy, bias
        from funnel.rpt_forecast
        """
    ).fetchall()
    assert len({row[:5] for row in rows}) == len(rows)
    return {row[:5]: row[5:] for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_week_equals_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    world = _world(seed)
    won = _won_deals(world, Random(seed))  # noqa: S311
    found, wanted = _publish(warehouse, models, world, won), _expected(world, won)
    assert unlike(found, wanted, SIX_DECIMALS) == {}


def test_the_histories_hold_every_category_and_every_judgement() -> None:
    """An oracle of forecasts that never happen proves nothing about them."""
    seen: set[str] = set()
    for seed in SEEDS:
        world = _world(seed)
        held = _held(world)
        seen |= {category for _, _, category in held}
        rows = _expected(world, _won_deals(world, Random(seed))).values()  # noqa: S311
        seen |= {"judged" for row in rows if row[-1] is not None and row[-1] != -1}
        seen |= {"nothing won" for row in rows if row[-4] == 0}
    assert seen == {*CATEGORIES, "judged", "nothing won"}
