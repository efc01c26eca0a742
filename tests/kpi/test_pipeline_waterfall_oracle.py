"""rpt_pipeline_waterfall against a loop over deals and periods, in exact decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.kpi.calendar_rows import GRAINS, months_later, period_end, period_start
from tests.kpi.compiled import CompiledModels
from tests.kpi.deal_histories import AS_OF, FIRST, Deals, make_deal_parents, random_deals
from tests.kpi.told_deals import Told, amount_of, is_pipeline
from tests.unlike import unlike

LEAVING = ("transferred_out", "pushed_out", "won", "lost", "excluded", "deleted")
MOVEMENTS = (
    "begin", "created", "pulled_in", "reopened", "transferred_in", "increased", "decreased",
    *LEAVING, "end",
)  # fmt: skip
SEEDS = range(12)
Move = tuple[str, str, int, Decimal | None]
Cell = tuple[str, date, str, str]


class Moving(Told):
    """A deal, and what it did to the pipeline of a period."""

    def moves(self, first: date, last: date) -> Iterator[Move]:
        """Yield team, movement, count and amount of everything that moved."""
        eve, end = first - timedelta(days=1), min(last, AS_OF)
        had, has = self.is_due(eve, first, last), self.is_due(end, first, last)
        if not had and not has and not self._was_decided(first, last, end):
            return
        left = None if has else self._left(end)
        came = self._came_with(had, left, eve, end)
        goes = self.amount(end) if has or left == "won" else came
        begin_team = self.team(eve) if had else None
        team = begin_team if left == "deleted" else self.team(end)
        assert team
        if had:
            assert begin_team
            yield begin_team, "begin", 1, came
            if begin_team != team:
                yield begin_team, "transferred_out", -1, _less(came)
                yield team, "transferred_in", 1, came
        else:
            yield team, self._entered(eve), 1, came
        change = (goes or Decimal(0)) - (came or Decimal(0))
        if change:
            yield team, "increased" if change > 0 else "decreased", 0, change
        if left:
            yield team, left, -1, _less(goes)
        else:
            yield team, "end", 1, goes

    def _was_decided(self, first: date, last: date, end: date) -> bool:
        if self.kind(end) not in ("won", "lost"):
            return False
        decision, due = self.decision(end), self.past(end)[-1]["close_date"]
        if due is None or not first <= due <= last or decision["valid_from_date"] < first:
            return False
        opened = [state for state in self.past(end) if state["is_open"]]
        return self.kind(end) == "won" or bool(opened and is_pipeline(opened[-1]))

    def _left(self, end: date) -> str:
        kind = self.kind(end)
        if kind != "open":
            assert kind
            return kind
        return "pushed_out" if is_pipeline(self.past(end)[-1]) else "excluded"

    def _came_with(self, had: bool, left: str | None, eve: date, end: date) -> Decimal | None:
        if had:
            return self.amount(eve)
        if left != "lost":
            return self.amount(end)
        opened = [amount_of(self.deal, state) for state in self.past(end) if state["is_open"]]
        known = [amount for amount in opened if amount is not None]
        return known[-1] if known else self.amount(end)

    def _entered(self, eve: date) -> str:
        if self.kind(eve) in ("won", "lost"):
            return "reopened"
        past = self.past(eve)
        if past and is_pipeline(past[-1]):
            return "pulled_in"
        before = any(is_pipeline(state) or state["is_won"] for state in past)
        return "excluded" if before else "created"


def _less(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _expected(world: Deals) -> dict[Cell, tuple[Decimal | None, int]]:
    found: dict[Cell, list[tuple[int, Decimal | None]]] = defaultdict(list)
    for deal in world.deals:
        told = Moving(
            deal, [s for s in world.states if s["opportunity_key"] == deal["opportunity_key"]]
        )
        for grain, start in _periods(world.start_month):
            for team, movement, count, amount in told.moves(start, period_end(start, grain)):
                found[grain, start, team, movement].append((count, amount))
    cells = {cell[:3] for cell in found}
    return {
        (*cell, movement): _sum(found[*cell, movement]) for cell in cells for movement in MOVEMENTS
    }


def _periods(start_month: int) -> Iterator[tuple[str, date]]:
    for grain, months in GRAINS.items():
        start = period_start(FIRST, grain, start_month)
        while start <= AS_OF:
            yield grain, start
            start = months_later(start, months)


def _sum(moves: list[tuple[int, Decimal | None]]) -> tuple[Decimal | None, int]:
    known = [amount for _, amount in moves if amount is not None]
    amount = sum(known, Decimal(0)) if known or not moves else None
    return amount, sum(count for count, _ in moves)


def _published(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, world: Deals
) -> dict[Any, tuple[Decimal | None, int]]:
    make_deal_parents(warehouse, world)
    models.run_named(warehouse, "int_reporting_periods")
    models.run_only(warehouse, "waterfall")
    models.run_named(warehouse, "rpt_pipeline_waterfall")
    rows = warehouse.execute(
        "select period_grain, period_start, team, movement, amount, opportunity_count "
        "from funnel.rpt_pipeline_waterfall"
    ).fetchall()
    assert len({row[:4] for row in rows}) == len(rows)
    return {row[:4]: row[4:] for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_equals_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    world = random_deals(seed)
    found, wanted = _published(warehouse, models, world), _expected(world)
    assert unlike(found, wanted) == {}
    residuals: dict[Any, list[Decimal | int]] = defaultdict(lambda: [Decimal(0), 0])
    for (*cell, movement), (amount, count) in found.items():
        sign = -1 if movement == "end" else 1
        residuals[tuple(cell)][0] += sign * (amount or 0)
        residuals[tuple(cell)][1] += sign * count
    assert {cell: rest for cell, rest in residuals.items() if any(rest)} == {}


def test_the_histories_hold_every_movement() -> None:
    """An oracle of movements that never happen proves nothing about them."""
    seen: set[str] = set()
    for seed in SEEDS:
        expected = _expected(random_deals(seed))
        seen |= {movement for (*_, movement), (amount, count) in expected.items() if count}
        seen |= {
            movement
            for (*_, movement), (amount, _) in expected.items()
            if movement in ("increased", "decreased") and amount
        }
    assert seen == set(MOVEMENTS)
