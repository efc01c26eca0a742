"""Who is paid by which plan, with which quota, and who was away.

Belongs here: plan assignments, quotas with their ramps, absences; all follow from people.csv and
hold once for the company. Does not: credits (credits), what is paid for them (pay).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sample_company.customers import months_later
from sample_company.decisions import CENT, Version, employee_versions
from sample_company.rows import Rows
from sample_company.world import FIRST_DAY

FIRST_YEAR, LAST_YEAR = 2024, 2027
# The bonus plans began with a fiscal year.
BONUS_FROM = date(2024, 2, 1)
# Everybody else is paid in euros.
PAID_IN = {
    **dict.fromkeys(("E030", "E031", "E032", "E033", "E046", "E052", "E092"), "USD"),
    **dict.fromkeys(("E020", "E021", "E043", "E044", "E104"), "GBP"),
}
# What an amount in euros is in the other currencies of pay and quotas.
PAY_FACTOR = {"EUR": Decimal(1), "USD": Decimal("1.10"), "GBP": Decimal("0.86")}


@dataclass(frozen=True)
class Plan:
    """A plan: variable pay at target in euros, what its quota counts and how much of it."""

    target: int
    measure: str
    quota: int
    has_currency: bool
    is_yearly: bool = False


# Quotas in euros or pieces, by quarter in fiscal year 2024; yearly ones stand in GOALS.
PLANS = {
    "seller": Plan(30_000, "bookings", 70_000, True),
    "sales_lead": Plan(45_000, "team_bookings", 260_000, True),
    "sdr": Plan(14_000, "accepted_leads", 6, False),
    "sdr_lead": Plan(18_000, "team_accepted_leads", 28, False),
    "customer_success": Plan(10_000, "overlay_bookings", 40_000, True),
    "customer_success_lead": Plan(15_000, "team_overlay_bookings", 120_000, True),
    "marketing_bonus": Plan(9_000, "company_mqls", 0, False, is_yearly=True),
    "finance_bonus": Plan(7_000, "company_bookings", 0, True, is_yearly=True),
}
LEAD_TARGET_FACTOR = Decimal("1.4")
QUOTA_GROWTH = {
    2024: Decimal(1),
    2025: Decimal("1.1"),
    2026: Decimal("1.3"),
    2027: Decimal("1.6"),
}
# What the annual plans aim at; those from 2026 on are the sums in targets.csv.
GOALS = {
    "company_mqls": {2025: 180, 2026: 217, 2027: 252},
    "company_bookings": {2025: 2_200_000, 2026: 2_880_000, 2027: 3_959_000},
}
# Share of the quota in the first quarters after a hire or a change of plan.
RAMP = (Decimal("0.5"), Decimal("0.75"))

# Employee, kind, first day, day after the last. Parental and other leave lower quota and bonus;
# who is sick keeps both.
ABSENCES = (
    ("E012", "sick", date(2024, 3, 11), date(2024, 4, 2)),
    ("E060", "parental", date(2024, 6, 1), date(2025, 1, 1)),
    ("E092", "parental", date(2024, 9, 1), date(2025, 2, 1)),
    ("E031", "parental", date(2025, 2, 10), date(2025, 8, 1)),
    ("E101", "parental", date(2025, 3, 1), date(2025, 9, 1)),
    ("E042", "parental", date(2025, 6, 1), date(2025, 12, 1)),
    ("E093", "sick", date(2026, 1, 12), date(2026, 1, 24)),
    ("E021", "leave", date(2026, 7, 1), date(2026, 8, 1)),
    ("E045", "leave", date(2026, 8, 3), date(2026, 8, 22)),
    ("E051", "parental", date(2026, 9, 1), None),
)
UNPAID_KINDS = ("parental", "leave")

# Rows that break off: entity, id, what is wrong with it.
BROKEN_QUOTA = ("quotas", "Q-E015-9999", "`quota_amount` is blank")


@dataclass(frozen=True)
class Span:
    """An employee on a plan for a while; `valid_to` is the first day after it."""

    employee_id: str
    plan: str
    is_senior: bool
    valid_from: date
    valid_to: date


def plan_of(version: Version) -> str | None:
    """Return the plan of somebody with that function and title; chiefs have none."""
    if not version.manager_employee_id:
        return None
    function = version.business_function
    if function in ("marketing", "finance"):
        return f"{function}_bonus"
    is_lead = version.job_title.startswith(("Team Lead", "Vice President"))
    if function == "sales":
        return "sales_lead" if is_lead else "seller"
    return f"{function}_lead" if is_lead else function


def plan_on(employee_id: str, day: date) -> str | None:
    """Return the plan of an employee on a day, or None for who has none or is not there."""
    for version in employee_versions():
        if version.employee_id == employee_id and version.valid_from <= day < version.valid_to:
            return plan_of(version)
    return None


def spans() -> list[Span]:
    """Return every employee's time on a plan; a new team or manager does not end it."""
    found: list[Span] = []
    for version in employee_versions():
        plan = plan_of(version)
        if plan is None or version.valid_to <= FIRST_DAY:
            continue
        is_senior = version.job_title.startswith(("Senior", "Head"))
        start = max(version.valid_from, BONUS_FROM if PLANS[plan].is_yearly else FIRST_DAY)
        span = Span(version.employee_id, plan, is_senior, start, version.valid_to)
        last = found[-1] if found else None
        if last and replace(last, valid_from=start, valid_to=version.valid_to) == span:
            found[-1] = replace(last, valid_to=version.valid_to)
        else:
            found.append(span)
    return found


def fiscal_year(year: int) -> tuple[date, date]:
    """Return the first day of a fiscal year and of the one that follows."""
    return date(year - 1, 2, 1), date(year, 2, 1)


def assignments() -> Iterator[tuple[Span, int, Decimal]]:
    """Yield who is on which plan in which fiscal year, with the year's target pay."""
    for span in spans():
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            start, end = fiscal_year(year)
            start, end = max(start, span.valid_from), min(end, span.valid_to)
            if start < end:
                yield replace(span, valid_from=start, valid_to=end), year, _target(span, year)


def days_worked(employee_id: str, start: date, end: date) -> int:
    """Return the days of a period without leave that is not paid for."""
    away = sum(
        max(0, (min(end, last or end) - max(start, first)).days)
        for who, kind, first, last in ABSENCES
        if who == employee_id and kind in UNPAID_KINDS
    )
    return (end - start).days - away


def decide(rows: Rows) -> None:
    """Write assignments, quotas and absences."""
    numbers: dict[tuple[str, int], int] = {}
    for span, year, target in assignments():
        number = numbers[span.employee_id, year] = numbers.get((span.employee_id, year), 0) + 1
        rows.add(
            "plan_assignments",
            assignment_id=f"PA-{span.employee_id}-{year}-{number}",
            employee_id=span.employee_id,
            plan=span.plan,
            valid_from=span.valid_from,
            valid_to=span.valid_to,
            target_amount=target,
            currency_code=currency_of(span.employee_id),
        )
        if PLANS[span.plan].is_yearly:
            amount = Decimal(GOALS[PLANS[span.plan].measure][year])
            _add_quota(rows, span, span.valid_from, span.valid_to, amount, "EUR")
    ramps: dict[tuple[str, str], int] = {}
    for span in spans():
        if PLANS[span.plan].is_yearly:
            continue
        # A promotion within a plan begins no ramp.
        key = (span.employee_id, span.plan)
        done = ramps.get(key, 0 if span.valid_from > FIRST_DAY else len(RAMP))
        ramps[key] = done + _add_quarters(rows, span, done)
    rows.add(
        "quotas",
        quota_id=BROKEN_QUOTA[1],
        employee_id="E015",
        measure="bookings",
        valid_from=date(2026, 11, 1),
        valid_to=date(2027, 2, 1),
        currency_code="EUR",
    )
    for number, (employee_id, kind, start, end) in enumerate(ABSENCES, start=1):
        rows.add(
            "employee_absences",
            absence_id=f"AB-{number:03d}",
            employee_id=employee_id,
            kind=kind,
            valid_from=start,
            valid_to=end,
        )


def currency_of(employee_id: str) -> str:
    """Return the currency in which an employee is paid."""
    return PAID_IN.get(employee_id, "EUR")


def _target(span: Span, year: int) -> Decimal:
    """Return a year's target: three in a hundred more each year, in whole hundreds."""
    target = PLANS[span.plan].target * PAY_FACTOR[currency_of(span.employee_id)]
    target *= (1 + Decimal("0.03") * (year - FIRST_YEAR)) * (
        LEAD_TARGET_FACTOR if span.is_senior else 1
    )
    return (target / 100).quantize(Decimal(1), ROUND_HALF_UP) * 100


def _add_quarters(rows: Rows, span: Span, done: int) -> int:
    """Write the quotas of a span, `done` quarters after the ramp began; return how many."""
    plan, currency = PLANS[span.plan], currency_of(span.employee_id)
    quarter, number = FIRST_DAY, 0
    while quarter < fiscal_year(LAST_YEAR)[1]:
        following = months_later(quarter, 3)
        start, end = max(quarter, span.valid_from), min(following, span.valid_to)
        year = quarter.year + (quarter.month > 1)
        if start < end:
            share = RAMP[done + number] if done + number < len(RAMP) else Decimal(1)
            worked = days_worked(span.employee_id, start, end)
            full = plan.quota * QUOTA_GROWTH[year] * share
            full *= PAY_FACTOR[currency] if plan.has_currency else 1
            amount = (full * worked / (following - quarter).days).quantize(CENT, ROUND_HALF_UP)
            _add_quota(rows, span, start, end, amount, currency)
            number += 1
        quarter = following
    return number


def _add_quota(
    rows: Rows, span: Span, start: date, end: date, amount: Decimal, currency: str
) -> None:
    plan = PLANS[span.plan]
    rows.add(
        "quotas",
        quota_id=f"Q-{span.employee_id}-{start:%Y%m%d}",
        employee_id=span.employee_id,
        measure=plan.measure,
        valid_from=start,
        valid_to=end,
        quota_amount=amount,
        currency_code=currency if plan.has_currency else None,
    )
