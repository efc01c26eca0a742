"""compensation/assignments.csv and compensation/quotas.csv: who is on which plan, with which quota.

Both may be missing. Whom assignments.csv names, nothing that a source delivers about his or her
plan counts; a quota here replaces delivered ones of the same employee and measure that overlap it.

Belongs here: the row models and the checks of both files. Does not: plans (plans).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from orchestration.company.csv_file import row_problem
from orchestration.company.fx_rates import FX_RATES_FILE, FxRate
from orchestration.company.payroll import PAYROLL_FILE
from orchestration.company.plans import PlanFile
from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.validity import end_of, holds_on, validity_problems
from orchestration.company.value_types import CsvRow, CurrencyCode, Day, Money, SnakeCase, Text

ASSIGNMENTS_FILE = "compensation/assignments.csv"
QUOTAS_FILE = "compensation/quotas.csv"

NotNegative = Annotated[Money, Field(ge=0)]


class PlanAssignment(CsvRow):
    """An employee on a plan during one period; the target is variable pay per year."""

    employee_id: Text
    plan: SnakeCase
    valid_from: Day
    valid_to: Day | None
    target_amount: NotNegative
    currency_code: CurrencyCode


class Quota(CsvRow):
    """What an employee should reach in a period; without a currency pieces are counted."""

    employee_id: Text
    measure: SnakeCase
    valid_from: Day
    valid_to: Day
    quota_amount: NotNegative
    currency_code: CurrencyCode | None
    reason: Text | None


def check_assignments(assignments: list[PlanAssignment]) -> list[Problem]:
    """Find employees who are on two plans at once."""
    return validity_problems(ASSIGNMENTS_FILE, assignments, lambda row: row.employee_id, "employee")


def check_quotas(quotas: list[Quota]) -> list[Problem]:
    """Find two quotas of one employee and measure for the same days."""
    return validity_problems(
        QUOTAS_FILE, quotas, lambda row: f"{row.employee_id} {row.measure}", "quota"
    )


def check_assigned_plans(
    assignments: Iterable[PlanAssignment], plans: Collection[str]
) -> list[Problem]:
    """Find assignments to a plan that has no file."""
    return [
        row_problem(
            ASSIGNMENTS_FILE,
            row,
            "plan",
            "no such plan in compensation/plans",
            allowed=listed(sorted(plans)) if plans else "a plan with a file",
            fix=did_you_mean(row.plan, plans) or "write the plan, or name another",
        )
        for row in assignments
        if row.plan not in plans
    ]


def check_pay_has_rates(
    assignments: Iterable[PlanAssignment], rates: Iterable[FxRate], reporting_currency: str
) -> list[Problem]:
    """Find payees who are paid in a currency that has no rate when their assignment begins."""
    rates = list(rates)
    return [
        row_problem(
            ASSIGNMENTS_FILE,
            row,
            "currency_code",
            f"{FX_RATES_FILE} has no rate of {row.currency_code} for {row.valid_from}",
            allowed=f"{reporting_currency}, or a currency with a rate for {row.valid_from}",
            fix=f"add a row to {FX_RATES_FILE} that covers {row.valid_from}",
        )
        for row in assignments
        if row.currency_code != reporting_currency
        and not any(
            rate.currency_code == row.currency_code and holds_on(rate, row.valid_from)
            for rate in rates
        )
    ]


def check_pay_currencies(
    assignments: Iterable[PlanAssignment], currencies: Collection[str]
) -> list[Problem]:
    """Find payees who are paid in a currency in which no legal entity of payroll.yml pays."""
    return [
        row_problem(
            ASSIGNMENTS_FILE,
            row,
            "currency_code",
            f"no legal entity of {PAYROLL_FILE} pays in {row.currency_code}",
            allowed=", ".join(sorted(currencies)),
            fix=f"correct the currency, or add a legal entity to {PAYROLL_FILE}",
        )
        for row in assignments
        if row.currency_code not in currencies
    ]


def check_quota_gaps(
    assignments: Iterable[PlanAssignment], quotas: Sequence[Quota], plans: Iterable[PlanFile]
) -> list[Problem]:
    """Find days on which somebody is paid by attainment and has no quota.

    Up to the end of the last quota of that measure: how far a company has planned.
    """
    by_owner: dict[tuple[str, str], list[Quota]] = defaultdict(list)
    planned: dict[str, date] = {}
    for quota in quotas:
        by_owner[quota.employee_id, quota.measure].append(quota)
        planned[quota.measure] = max(quota.valid_to, planned.get(quota.measure, quota.valid_to))
    problems = []
    versions = list(plans)
    for row in assignments:
        missing: dict[str, date] = {}
        for plan in versions:
            start = max(row.valid_from, plan.valid_from)
            end = min(end_of(row), plan.valid_to or date.max)
            for item in plan.components if plan.plan == row.plan else ():
                measure = item.quota_measure
                if item.measured_in != "attainment" or measure is None:
                    continue
                until = min(end, planned.get(measure, end))
                gap = _first_gap(by_owner[row.employee_id, measure], start, until)
                if gap is not None:
                    missing.setdefault(measure, gap)
        for measure, day in missing.items():
            problems.append(
                row_problem(
                    ASSIGNMENTS_FILE,
                    row,
                    "employee_id",
                    f"{QUOTAS_FILE} has no quota of {measure} for {day}, and the plan "
                    f"{row.plan} pays by its attainment",
                    allowed="a quota for every day on the plan; 0 pays nothing",
                    fix=f"add a row to {QUOTAS_FILE} that covers {day}",
                )
            )
    return problems


def _first_gap(quotas: Iterable[Quota], start: date, end: date) -> date | None:
    day = start
    for quota in sorted(quotas, key=lambda row: row.valid_from):
        if quota.valid_from <= day < quota.valid_to:
            day = quota.valid_to
    return day if day < end else None
