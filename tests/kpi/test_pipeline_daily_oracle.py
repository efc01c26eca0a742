"""rpt_pipeline_daily against a loop over opportunities and days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import duckdb
import pytest

from tests.kpi.calendar_rows import calendar_rows
from tests.kpi.compiled import CompiledModels, make_table
from tests.unlike import unlike

FIRST, AS_OF = date(2026, 1, 1), date(2026, 3, 10)
STALLED_AFTER = {"discovery": 5, "proposal": None}
TEAM_CHANGE = date(2026, 2, 1)
Row = dict[str, Any]


def _states(random: Random) -> Iterator[Row]:
    """Yield states without gap or overlap; some begin and end on one day, some after as-of."""
    for number in range(random.randint(1, 12)):
        day = FIRST + timedelta(days=random.randint(0, 60))
        states: list[Row] = []
        for _ in range(random.randint(1, 5)):
            amount = random.choice((None, Decimal(random.randint(0, 9999))))
            stage = random.choice((*STALLED_AFTER, "won"))
            close_date = day + timedelta(days=random.randint(-3, 9))
            states.append(
                {
                    "opportunity_key": f"deal{number}",
                    "owner_employee_key": random.choice(("mover", "stayer", None)),
                    "sales_stage": stage,
                    "is_open": stage != "won",
                    "is_reportable": number != 3,
                    "amount": amount,
                    "weighted_amount": None if amount is None else amount / 2,
                    "close_date": random.choice((None, close_date)),
                    "valid_from": datetime.combine(day, time(len(states) + 1)),
                    "valid_from_date": day,
                }
            )
            day += timedelta(days=random.choice((0, 1, 3, 20)))
        for state, after in zip(states, [*states[1:], None], strict=True):
            yield {**state, "valid_to_date": after and after["valid_from_date"]}


def _team(owner: str | None, day: date) -> str:
    if owner is None:
        return "unknown"
    return "North" if owner == "stayer" or day < TEAM_CHANGE else "South"


def _entered(states: list[Row], position: int) -> date:
    while position and states[position - 1]["sales_stage"] == states[position]["sales_stage"]:
        position -= 1
    return states[position]["valid_from_date"]


def _expected(states: list[Row]) -> dict[tuple[date, str, str], tuple[Any, ...]]:
    """Count every open opportunity on every day."""
    by_deal: dict[str, list[Row]] = defaultdict(list)
    for state in states:
        by_deal[state["opportunity_key"]].append(state)
    held: dict[tuple[date, str, str], list[tuple[Row, bool, bool]]] = defaultdict(list)
    for own in by_deal.values():
        for day in _days(FIRST):
            begun = [number for number, state in enumerate(own) if state["valid_from_date"] <= day]
            if not begun or not own[begun[-1]]["is_open"] or not own[0]["is_reportable"]:
                continue
            state = own[begun[-1]]
            patience = STALLED_AFTER[state["sales_stage"]]
            age = (day - _entered(own, begun[-1])).days
            is_stalled = patience is not None and age >= patience
            is_due = state["close_date"] is not None and state["close_date"] < day
            cell = (day, _team(state["owner_employee_key"], day), state["sales_stage"])
            held[cell].append((state, is_stalled, is_due))
    firsts: dict[tuple[str, str], date] = {}
    for day, team, stage in sorted(held):
        firsts.setdefault((team, stage), day)
    return {
        (day, team, stage): _cell(held[day, team, stage])
        for (team, stage), first in firsts.items()
        for day in _days(first)
    }


def _days(first: date) -> Iterator[date]:
    for number in range((AS_OF - first).days + 1):
        yield first + timedelta(days=number)


def _cell(held: list[tuple[Row, bool, bool]]) -> tuple[Any, ...]:
    opened = [state for state, _, _ in held]
    stalled = [state for state, is_stalled, _ in held if is_stalled]
    due = [state for state, _, is_due in held if is_due]
    return (
        len(opened), _sum(opened, "amount"), _sum(opened, "weighted_amount"),
        len(stalled), _sum(stalled, "amount"), len(due), _sum(due, "amount"),
    )  # fmt: skip


def _sum(states: list[Row], column: str) -> Decimal | None:
    known = [state[column] for state in states if state[column] is not None]
    return sum(known, Decimal(0)) if known or not states else None


def _make_parents(connection: duckdb.DuckDBPyConnection, states: list[Row]) -> None:
    money = "decimal(18,2)"
    make_table(
        connection,
        "core.fct_opportunity_history",
        {
            "opportunity_key": "varchar", "owner_employee_key": "varchar", "sales_stage": "varchar",
            "is_open": "boolean", "is_reportable": "boolean", "amount": money,
            "weighted_amount": money, "close_date": "date", "valid_from": "timestamp",
            "valid_from_date": "date", "valid_to_date": "date",
        },
        states,
    )  # fmt: skip
    make_table(
        connection,
        "staging.stg_company__as_of",
        {"as_of_date": "date"},
        [{"as_of_date": AS_OF}],
    )
    make_table(
        connection,
        "intermediate.int_employee_teams",
        {"employee_key": "varchar", "team": "varchar", "team_from": "date", "team_to": "date"},
        [
            {"employee_key": "stayer", "team": "North", "team_from": date(1, 1, 1)},
            {
                "employee_key": "mover", "team": "North", "team_from": date(1, 1, 1),
                "team_to": TEAM_CHANGE,
            },
            {"employee_key": "mover", "team": "South", "team_from": TEAM_CHANGE},
        ],
    )  # fmt: skip
    make_table(
        connection,
        "core.dim_sales_stage",
        {"sales_stage": "varchar", "stalled_after_days": "integer", "is_pipeline": "boolean"},
        [
            {"sales_stage": stage, "stalled_after_days": days, "is_pipeline": True}
            for stage, days in {**STALLED_AFTER, "won": None}.items()
        ],
    )
    make_table(
        connection, "core.dim_date", {"date_day": "date"}, list(calendar_rows(FIRST, AS_OF, 1))
    )


@pytest.mark.parametrize("seed", range(10))
def test_every_day_equals_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    states = list(_states(Random(seed)))  # noqa: S311
    _make_parents(warehouse, states)
    models.run_only(warehouse, "pipeline")
    models.run_named(warehouse, "rpt_pipeline_daily")
    rows = warehouse.execute(
        """
        select pipeline_date, team, sales_stage, open_count, open_amount, weighted_amount,
            stalled_count, stalled_amount, past_due_count, past_due_amount
        from funnel.rpt_pipeline_daily
        """
    ).fetchall()
    assert unlike({row[:3]: row[3:] for row in rows}, _expected(states)) == {}
