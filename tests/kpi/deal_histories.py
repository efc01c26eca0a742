"""Random histories of deals for the oracles of pipeline: the parents of the models, as rows.

Belongs here: pushes, pulls, reopening, transfers, deletions, omissions, days with several changes.
Does not: what a report should say of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import duckdb

from tests.kpi.calendar_rows import calendar_rows, months_later
from tests.kpi.compiled import make_table

FIRST, AS_OF = date(2025, 11, 3), date(2026, 8, 20)
TEAM_CHANGE = date(2026, 3, 17)
# Kind, whether it counts as pipeline, forecast category, probability.
STAGES = {
    "early": ("open", False, "omitted", Decimal("0.1")),
    "middle": ("open", True, "best_case", Decimal("0.4")),
    "late": ("open", True, "commit", Decimal("0.7")),
    "won": ("won", True, "closed", Decimal(1)),
    "lost": ("lost", False, "omitted", Decimal(0)),
}
OPEN_STAGES = ("early", "middle", "middle", "late")
CENT = Decimal("0.01")
Row = dict[str, Any]


@dataclass
class Deals:
    """What the models read, and the same for a loop in Python."""

    start_month: int
    deals: list[Row] = field(default_factory=list)
    states: list[Row] = field(default_factory=list)


def rate_on(day: date) -> Decimal:
    """Return what a dollar is worth in the reporting currency; it moves every day."""
    return Decimal(800 + (day - FIRST).days % 90) / 1000


def team_on(owner: str | None, day: date) -> str:
    """Return the team of an owner on a day."""
    if owner is None:
        return "unknown"
    return "North" if owner == "stayer" or day < TEAM_CHANGE else "South"


def random_deals(seed: int) -> Deals:
    """Make some deals; each has one to eight states, some of them on the same day."""
    random = Random(seed)  # noqa: S311
    world = Deals(random.choice((1, 2, 7)))
    for number in range(random.randint(5, 40)):
        _tell(random, world, f"deal{number}")
    return world


def _tell(random: Random, world: Deals, key: str) -> None:
    created = FIRST + timedelta(days=random.randint(0, 240))
    deal: Row = {
        "opportunity_key": key,
        "account_key": random.choice(("good", "test", "good", "good")),
        "created_date": created,
        "is_reportable": True,
        "exclusion_reason": None,
        "deleted_date": None,
        "currency_code": random.choice(("EUR", "USD")),
    }
    day, states = created, []
    for _ in range(random.randint(1, 8)):
        states.append(_state(random, deal, day, len(states)))
        day += timedelta(days=random.choice((0, 1, 9, 20, 45)))
    states = [state for state in states if state["valid_from_date"] <= AS_OF]
    deal["is_open"] = STAGES[states[-1]["sales_stage"]][0] == "open" if states else True
    if deal["account_key"] == "test":
        deal |= {"is_reportable": False, "exclusion_reason": "test"}
    if random.random() < 0.25:
        deleted = random.choice((None, created + timedelta(days=random.randint(0, 200))))
        deal |= {"is_reportable": False, "exclusion_reason": "deleted", "deleted_date": deleted}
    for state, after in zip(states, [*states[1:], None], strict=True):
        state["valid_to_date"] = after and after["valid_from_date"]
        state["is_reportable"] = deal["is_reportable"]
    world.deals.append(deal)
    world.states += states


def _state(random: Random, deal: Row, day: date, number: int) -> Row:
    stage = random.choice((*OPEN_STAGES, *OPEN_STAGES, "won", "lost"))
    kind, is_pipeline, category, probability = STAGES[stage]
    amount = random.choice((None, *(Decimal(random.randint(-500, 10**6)) / 100,) * 6))
    close_date = random.choice((None, *(day + timedelta(days=random.randint(-40, 130)),) * 8))
    if kind != "open" and random.random() < 0.8:
        close_date = day
    rate_date = (close_date or day) if kind == "won" else deal["created_date"]
    rate = Decimal(1) if deal["currency_code"] == "EUR" else rate_on(rate_date)
    own_category = random.choice((category, category, "Omitted", "Best Case", "no such word"))
    converted = None if amount is None else cents(amount * rate)
    return {
        "opportunity_key": deal["opportunity_key"],
        "owner_employee_key": (owner := random.choice(("mover", "stayer", "mover", None))),
        "sales_stage": stage,
        "forecast_category": own_category if kind == "open" else category,
        "team": team_on(owner, day),
        "currency_code": deal["currency_code"],
        "amount_local": amount,
        "amount": converted,
        "weighted_amount": None if converted is None else cents(converted * probability),
        "is_open": kind == "open",
        "is_won": kind == "won",
        "is_lost": kind == "lost",
        "is_pipeline": is_pipeline,
        "close_date": close_date,
        "valid_from": datetime.combine(day, time(number + 1)),
        "valid_from_date": day,
    }


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def make_deal_parents(connection: duckdb.DuckDBPyConnection, world: Deals) -> None:
    """Write the deals as the tables that the pipeline models read."""
    money, text, boolean = "decimal(18,2)", "varchar", "boolean"
    make_table(
        connection,
        "core.fct_opportunity_history",
        {
            "opportunity_key": text, "owner_employee_key": text, "sales_stage": text,
            "forecast_category": text, "team": text, "currency_code": text, "amount_local": money,
            "amount": money, "weighted_amount": money, "is_open": boolean, "is_won": boolean,
            "is_lost": boolean, "is_pipeline": boolean, "is_reportable": boolean,
            "close_date": "date", "valid_from": "timestamp", "valid_from_date": "date",
            "valid_to_date": "date",
        },
        world.states,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_opportunity",
        {"opportunity_key": text, "is_reportable": boolean, "created_date": "date"},
        world.deals,
    )
    make_table(
        connection,
        "conformed.conformed_opportunities",
        {
            "opportunity_key": text, "account_key": text, "exclusion_reason": text,
            "is_open": boolean, "deleted_date": "date",
        },
        world.deals,
    )  # fmt: skip
    make_table(
        connection,
        "conformed.conformed_accounts",
        {"account_key": text, "exclusion_reason": text},
        [{"account_key": "good"}, {"account_key": "test", "exclusion_reason": "test"}],
    )
    make_table(
        connection,
        "staging.stg_company__as_of",
        {"as_of_date": "date"},
        [{"as_of_date": AS_OF}],
    )
    make_table(
        connection,
        "staging.stg_company__settings",
        {"time_zone": text, "reporting_currency": text},
        [{"time_zone": "UTC", "reporting_currency": "EUR"}],
    )
    make_table(
        connection,
        "intermediate.int_exchange_rates",
        {"currency_code": text, "rate_date": "date", "rate": "decimal(18,9)"},
        [{"currency_code": "USD", "rate_date": day, "rate": rate_on(day)} for day in _all_days()],
    )
    make_table(
        connection,
        "intermediate.int_employee_teams",
        {"employee_key": text, "team": text, "team_from": "date", "team_to": "date"},
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
        {"sales_stage": text, "forecast_category": text},
        [
            {"sales_stage": stage, "forecast_category": category}
            for stage, (_, _, category, _) in STAGES.items()
        ],
    )
    make_table(
        connection,
        "core.dim_date",
        {
            "date_day": "date", "month_start_date": "date", "fiscal_quarter_start_date": "date",
            "fiscal_year_start_date": "date", "week_start_date": "date",
        },
        [
            {**row, "week_start_date": row["date_day"] - timedelta(row["date_day"].weekday())}
            for row in calendar_rows(FIRST, months_later(AS_OF, 12), world.start_month)
        ],
    )  # fmt: skip


def _all_days() -> Iterator[date]:
    for number in range(500):
        yield FIRST + timedelta(days=number)
