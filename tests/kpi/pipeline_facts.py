"""Random facts of the pipeline for the KPI oracle, and what its KPIs are made of, by brute force.

Belongs here: the reports that KPIs of the pipeline read, and their parts. Does not: whether these
reports are right (test_pipeline_daily_oracle, test_pipeline_waterfall_oracle).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import duckdb

from tests.kpi.calendar_rows import months_later, period_end, period_start
from tests.kpi.compiled import make_table

Row = dict[str, Any]
Quantity = tuple[str, date, Any, str, bool]
TEAMS = ("North", "South")
MONTHS_AHEAD = 3
MONEY = "decimal(18,2)"


@dataclass
class PipelineFacts:
    """What the reports of the pipeline say."""

    daily: list[Row] = field(default_factory=list)
    waterfall: list[Row] = field(default_factory=list)
    forecasts: list[Row] = field(default_factory=list)
    due_states: list[Row] = field(default_factory=list)
    quotas: list[Row] = field(default_factory=list)
    credits: list[Row] = field(default_factory=list)


def random_pipeline(random: Random, first: date, as_of: date) -> PipelineFacts:
    """Make facts between two days; amounts may be unknown."""
    months = [months_later(first, number) for number in range((as_of - first).days // 28 + 1)]
    months = [month for month in months if month <= as_of]
    days = [min(period_end(month, "month"), as_of) for month in months]

    def money() -> Decimal | None:
        return random.choice((None, *(Decimal(random.randint(0, 10**6)) / 100,) * 4))

    return PipelineFacts(
        [
            {
                "pipeline_date": day - timedelta(days=random.choice((0, 0, 1))), "team": team,
                "is_pipeline": random.random() < 0.7, "open_amount": money(),
                "stalled_amount": money(), "weighted_amount": money(),
            }
            for day in days for team in (*TEAMS, "North") if random.random() < 0.7
        ],
        [
            {
                "period_grain": random.choice(("month", "month", "year")), "period_start": month,
                "team": team, "movement": movement, "amount": money(),
            }
            for month in months for team in TEAMS
            for movement in ("begin", "pushed_out", "won") if random.random() < 0.7
        ],
        [
            _forecast(random, month, team, week, category)
            for month in months for team in TEAMS for week in range(-2, 2)
            for category in ("commit", "best_case")
        ],
        [
            _due_state(random, random.choice(months), money())
            for _ in range(random.randint(0, 30))
        ],
        [
            {"employee_key": name, "quota_month": month, "quota_amount": money()}
            for month in (*months, months_later(as_of, 1)) for name in (*TEAMS, "teamless")
            if random.random() < 0.7
        ],
        [
            {
                "employee_key": random.choice((*TEAMS, "teamless", "other")),
                "credited_amount": money(),
                "close_date": first + timedelta(days=random.randint(0, 240)),
            }
            for _ in range(random.randint(0, 30))
        ],
    )  # fmt: skip


def _forecast(random: Random, month: date, team: str, week: int, category: str) -> Row:
    amount, actual = Decimal(random.randint(0, 9999)), Decimal(random.randint(0, 9999))
    return {
        "period_grain": "month", "period_start": month, "team": team,
        "forecast_category": category, "amount": amount, "actual_amount": actual,
        "error_amount": abs(amount - actual), "has_ended": random.random() < 0.8,
        "snapshot_date": month + timedelta(days=7 * week),
    }  # fmt: skip


def _due_state(random: Random, month: date, amount: Decimal | None) -> Row:
    day = month + timedelta(days=random.randint(0, 31))
    return {
        "period_grain": random.choice(("month", "month", "quarter")),
        "team": random.choice(TEAMS), "amount": amount,
        "is_in_pipeline": random.random() < 0.8,
        "period_start": months_later(month, random.randint(0, 5)),
        "day_from": day, "day_to": day + timedelta(days=random.randint(1, 90)),
    }  # fmt: skip


def make_pipeline_parents(connection: duckdb.DuckDBPyConnection, facts: PipelineFacts) -> None:
    """Write the reports as the tables that the KPI models read."""
    text, boolean = "varchar", "boolean"
    make_table(
        connection, "funnel.rpt_pipeline_daily",
        {
            "pipeline_date": "date", "team": text, "is_pipeline": boolean, "open_amount": MONEY,
            "stalled_amount": MONEY, "weighted_amount": MONEY,
        },
        facts.daily,
    )  # fmt: skip
    make_table(
        connection, "funnel.rpt_pipeline_waterfall",
        {
            "period_grain": text, "period_start": "date", "team": text, "movement": text,
            "amount": MONEY,
        },
        facts.waterfall,
    )  # fmt: skip
    make_table(
        connection, "funnel.rpt_forecast",
        {
            "period_grain": text, "period_start": "date", "team": text,
            "forecast_category": text, "amount": MONEY, "actual_amount": MONEY,
            "error_amount": MONEY, "has_ended": boolean, "snapshot_date": "date",
        },
        facts.forecasts,
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_pipeline_due_states",
        {
            "period_grain": text, "team": text, "amount": MONEY, "is_in_pipeline": boolean,
            "day_from": "date", "day_to": "date", "period_start": "date",
        },
        facts.due_states,
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_booking_quotas",
        {"employee_key": text, "quota_month": "date", "quota_amount": MONEY},
        facts.quotas,
    )  # fmt: skip
    make_table(
        connection, "intermediate.int_opportunity_credits",
        {"employee_key": text, "credited_amount": MONEY, "close_date": "date"},
        facts.credits,
    )  # fmt: skip


def pipeline_quantities(
    facts: PipelineFacts, targets: list[Row], first: date, as_of: date, start_month: int
) -> Iterator[Quantity]:
    """Yield component, day, quantity, team and whether it is a state."""
    month, ends = period_start(first, "year", start_month), []
    while month <= as_of:
        ends.append(min(period_end(month, "month"), as_of))
        month = months_later(month, 1)
    for row in facts.daily:
        if row["is_pipeline"] and row["pipeline_date"] in ends:
            day, team = row["pipeline_date"], row["team"]
            yield "open_pipeline", day, row["open_amount"], team, True
            yield "stalled_pipeline", day, row["stalled_amount"], team, True
            yield "weighted_pipeline", day, row["weighted_amount"], team, True
    for row in facts.waterfall:
        name = {"begin": "pipeline_at_begin", "pushed_out": "pipeline_pushed_out"}
        if row["period_grain"] == "month" and row["movement"] in name:
            sign = 1 if row["movement"] == "begin" else -1
            amount = None if row["amount"] is None else sign * row["amount"]
            yield name[row["movement"]], row["period_start"], amount, row["team"], False
    yield from _of_forecasts(facts)
    for day in ends:
        yield from _of_coverage(facts, targets, day)


def quota_quantities(
    facts: PipelineFacts, as_of: date
) -> Iterator[tuple[str, date, Decimal | int | None, str]]:
    """Yield component, day, quantity and who has the quota."""
    for quota in facts.quotas:
        who = quota["employee_key"]
        own = [
            one["credited_amount"]
            for one in facts.credits
            if one["employee_key"] == who
            and one["close_date"].replace(day=1) == quota["quota_month"]
            and one["close_date"] <= as_of
        ]
        yield "booking_quota", quota["quota_month"], quota["quota_amount"], who
        for amount in own or [0]:
            yield "credited_to_quota", quota["quota_month"], amount, who
        known = [amount for amount in own if amount is not None]
        is_met = (bool(known) or not own) and (quota["quota_amount"] or 0) <= sum(known)
        has_quota = (quota["quota_amount"] or 0) > 0
        yield "rep_months_with_quota", quota["quota_month"], int(has_quota), who
        yield "rep_months_at_quota", quota["quota_month"], int(has_quota and is_met), who


def _of_forecasts(facts: PipelineFacts) -> Iterator[Quantity]:
    newest: dict[tuple[date, str], Row] = {}
    for row in sorted(facts.forecasts, key=lambda row: row["snapshot_date"]):
        is_before = row["snapshot_date"] < row["period_start"]
        if is_before and row["has_ended"] and row["forecast_category"] == "commit":
            newest[row["period_start"], row["team"]] = row
    for (month, team), row in newest.items():
        amount, actual = row["amount"], row["actual_amount"]
        yield "forecast_actual", month, actual, team, False
        yield "forecast_hit", month, actual - abs(amount - actual), team, False
        yield "forecast_excess", month, amount - actual, team, False


def _of_coverage(facts: PipelineFacts, targets: list[Row], day: date) -> Iterator[Quantity]:
    months = [months_later(day, number + 1) for number in range(MONTHS_AHEAD)]
    for row in facts.due_states:
        is_due = row["period_grain"] == "month" and row["period_start"] in months
        if is_due and row["is_in_pipeline"] and row["day_from"] <= day < row["day_to"]:
            yield "pipeline_of_coming_months", day, row["amount"], row["team"], True
    whole: dict[str, Decimal] = {}
    for team in {target["team"] for target in targets}:
        values = [
            target["target_value"]
            for target in targets
            if (target["kpi"], target["team"]) == ("bookings", team)
            and target["target_month"] in months
        ]
        if len(values) == MONTHS_AHEAD:
            whole[team] = Decimal(sum(values))
    if "all" in whole:
        rest = whole.pop("all") - sum(whole.values())
        if rest:
            whole["unassigned"] = rest
    for team, value in whole.items():
        yield "target_of_coming_months", day, value, team, True
