"""fx_rates.csv: what one unit of a currency is worth in the reporting currency, and when.

Belongs here: the row model and the checks of the rates. Does not: converting anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from orchestration.company.costs import COSTS_FILE, Cost
from orchestration.company.csv_file import row_problem
from orchestration.company.problems import Problem
from orchestration.company.validity import holds_on, validity_problems
from orchestration.company.value_types import CsvRow, CurrencyCode, Day, Rate

FX_RATES_FILE = "fx_rates.csv"


class FxRate(CsvRow):
    """The rate of one currency during one period."""

    currency_code: CurrencyCode
    valid_from: Day
    valid_to: Day | None
    rate: Rate


def check_fx_rates(rates: list[FxRate]) -> list[Problem]:
    """Find periods of one currency that overlap."""
    return validity_problems(FX_RATES_FILE, rates, lambda rate: rate.currency_code, "currency")


def check_reporting_currency(rates: Iterable[FxRate], reporting_currency: str) -> list[Problem]:
    """Find rows that give the reporting currency a rate other than 1."""
    return [
        row_problem(
            FX_RATES_FILE,
            rate,
            "rate",
            f"{reporting_currency} is the reporting currency, so one unit is worth 1",
            allowed="1",
            fix="remove the row; the reporting currency needs none",
        )
        for rate in rates
        if rate.currency_code == reporting_currency and rate.rate != Decimal(1)
    ]


def check_costs_have_rates(
    rates: Iterable[FxRate], costs: Iterable[Cost], reporting_currency: str
) -> list[Problem]:
    """Find costs in a foreign currency whose month-end has no rate; one for each month."""
    by_currency: dict[str, list[FxRate]] = defaultdict(list)
    for rate in rates:
        by_currency[rate.currency_code].append(rate)
    problems = []
    seen: set[tuple[str, date]] = set()
    for cost in costs:
        currency, day = cost.currency_code, month_end(cost.cost_month)
        if currency == reporting_currency or (currency, day) in seen:
            continue
        seen.add((currency, day))
        if not any(holds_on(rate, day) for rate in by_currency[currency]):
            problems.append(
                row_problem(
                    COSTS_FILE,
                    cost,
                    "currency_code",
                    f"{FX_RATES_FILE} has no rate of {currency} for {day}",
                    allowed=f"{reporting_currency}, or a currency with a rate for {day}",
                    fix=f"add a row to {FX_RATES_FILE} that covers {day}: "
                    f"{currency},{cost.cost_month},,<rate>",
                )
            )
    return problems


def month_end(month: date) -> date:
    """Return the last day of a month, given its first."""
    if month.month == 12:
        return month.replace(day=31)
    return month.replace(month=month.month + 1) - timedelta(days=1)
