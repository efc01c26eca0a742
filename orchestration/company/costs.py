"""costs.csv: what each function spent in a month, and what was planned.

Belongs here: the row model and the checks that need costs.csv only. Does not: rates (fx_rates).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from orchestration.company.channels import CHANNEL_BUCKETS
from orchestration.company.csv_file import row_problem
from orchestration.company.people import BusinessFunction
from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.value_types import CsvRow, CurrencyCode, Money, Month, SnakeCase, Text

COSTS_FILE = "costs.csv"


class Cost(CsvRow):
    """One cost of one month."""

    cost_id: Text
    cost_month: Month
    business_function: BusinessFunction
    category: SnakeCase
    reach: Literal["broad", "account", "individual"] | None
    channel_name: SnakeCase | None
    amount: Money
    budget_amount: Money | None
    currency_code: CurrencyCode


def check_costs(costs: list[Cost]) -> list[Problem]:
    """Find ids that stand twice."""
    problems = []
    lines: dict[str, int] = {}
    for cost in costs:
        if cost.cost_id in lines:
            problems.append(
                row_problem(
                    COSTS_FILE,
                    cost,
                    "cost_id",
                    f"the id stands in line {lines[cost.cost_id]} already",
                    allowed="every id once",
                    fix="give one of the two another id, or remove it",
                )
            )
        lines.setdefault(cost.cost_id, cost.line)
    return problems


def check_cost_channels(costs: list[Cost], channels: Collection[str]) -> list[Problem]:
    """Find costs of channels that no rule of channels.csv leads to."""
    names = {*channels, *CHANNEL_BUCKETS}
    return [
        row_problem(
            COSTS_FILE,
            cost,
            "channel_name",
            "no such channel in channels.csv",
            allowed=f"{listed(sorted(names))}, or blank",
            fix=did_you_mean(cost.channel_name, names) or "add a rule with this channel_name",
        )
        for cost in costs
        if cost.channel_name is not None and cost.channel_name not in names
    ]
