"""Who is paid for what, by the plans that README.md publishes.

Belongs here: the planted pay in exact arithmetic, and overrides. Does not: plans and quotas
(plans), credits (credits), refunds (money), what is recorded late (late), payroll (payroll).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

from sample_company import late
from sample_company.credits import OVERLAY, REVENUE, SOURCED, Credit, credit, credits_of_refund
from sample_company.decisions import employee_on, euros_for_one, in_euros
from sample_company.money import (
    count_bookings,
    count_recurring,
    give_back,
    take_over,
    won_deals,
)
from sample_company.payroll import BROKEN_RETURN, dispute, pay_run_of, period_of, run_payroll
from sample_company.plans import (
    BROKEN_QUOTA,
    GOALS,
    PLANS,
    assignments,
    currency_of,
    days_worked,
    decide,
    fiscal_year,
    plan_on,
)
from sample_company.rows import Row, Rows
from sample_company.world import World

PAY_TRUTH: dict[str, dict[str, str]] = {
    "pay": {
        "employee_id": "text",
        "plan": "text",
        "component": "text",
        "kind": "text",
        "period": "date",
        "opportunity_id": "text",
        "refund_id": "text",
        "override_id": "text",
        "base_amount": "money",
        "base_currency_code": "text",
        "rate": "decimal",
        "days": "integer",
        "days_in_period": "integer",
        "amount": "money",
        "currency_code": "text",
    },
    "payroll_difference": {
        "payroll_return_id": "text",
        "employee_id": "text",
        "pay_run_date": "date",
        "period": "date",
        "component": "text",
        "owed_amount": "money",
        "paid_amount": "money",
        "currency_code": "text",
        "why": "text",
    },
}

# Rate by plan and split type of the employee's own credits; other credits earn nothing.
RATES = {
    ("seller", REVENUE): Decimal("0.06"),
    ("sales_lead", REVENUE): Decimal("0.04"),
    ("sdr", SOURCED): Decimal("0.01"),
    ("customer_success", OVERLAY): Decimal("0.015"),
}
# Rate by a lead's plan and split type of the credits of whoever reports to the lead.
TEAM_RATES = {
    ("sales_lead", REVENUE): Decimal("0.01"),
    ("sdr_lead", SOURCED): Decimal("0.0025"),
    ("customer_success_lead", OVERLAY): Decimal("0.005"),
}
# Weights of what a bonus plan pays for.
BONUS_WEIGHTS = {
    "marketing_bonus": {"company_mqls": Decimal("0.6"), "company_bookings": Decimal("0.4")},
    "finance_bonus": {"company_bookings": Decimal(1)},
}
MOST_BONUS = Decimal("1.5")
BONUS_YEARS = (2025, 2026)

# Employee, period, amount, reason, author, approver, day from which it is not paid any more.
OVERRIDES = (
    ("E033", date(2024, 8, 1), "1500.00", "guarantee_after_hire", "E030", "E100", None),
    ("E012", date(2024, 11, 1), "2000.00", "relocation", "E030", "E003", None),
    ("E045", date(2025, 5, 1), "750.00", "guarantee_after_hire", "E040", "E100", None),
    ("E015", date(2025, 5, 1), "1200.00", "guarantee_after_hire", "E010", "E003", None),
    ("E091", date(2025, 8, 1), "400.50", "covered_for_colleague", "E090", "E100", None),
    ("E023", date(2025, 8, 1), "-350.25", "paid_twice", "E100", "E003", None),
    # It ran out before the pay run of its period.
    ("E031", date(2025, 11, 1), "900.00", "guarantee_after_leave", "E030", "E100",
     date(2026, 1, 31)),
    ("E022", date(2026, 5, 1), "800.00", "handover_of_accounts", "E010", "E003",
     date(2027, 2, 1)),
)  # fmt: skip
# Rows of HR and payroll that break off.
BROKEN_DELIVERIES = (BROKEN_QUOTA, BROKEN_RETURN)


def reward(random: Random, world: World, rows: Rows, is_first_tile: bool) -> None:
    """Tell the story of money and pay, after everything else has happened.

    Args:
        random: A generator of its own, so that nothing that happened before depends on it.
        world: What happened.
        rows: Where to write.
        is_first_tile: Whether to write what the company has once: plans, quotas, absences,
            bonuses and overrides.
    """
    take_over(random, world, rows)
    refunds = give_back(random, world, rows)
    count_bookings(world, rows)
    count_recurring(world, rows)
    credits = credit(random, world, rows)
    pay = [*_commissions(credits), *_taken_back(credits, refunds)]
    if is_first_tile:
        decide(rows)
        pay += [*_bonuses(world, rows), *_overrides(rows)]
        late.stamp_decisions(rows)
    for line in pay:
        rows.plant("pay", **line)
    postings = _postings(pay, credits, refunds, rows)
    late.plant_postings(rows, postings)
    run_payroll(random, pay, postings, rows, is_first_tile)
    dispute(random, credits, rows)


def _commissions(credits: list[Credit]) -> list[Row]:
    """Return what credits earn their owners, and those whom they report to."""
    lines = []
    for one in credits:
        day = one.deal.close_date
        plan = plan_on(one.employee_id, day)
        if plan and (plan, one.split_type) in RATES:
            rate = RATES[plan, one.split_type]
            lines.append(_line(one, one.employee_id, plan, one.split_type, rate))
        lead = _lead_of(one.employee_id, day) if plan else ""
        lead_plan = plan_on(lead, day) if lead else None
        if lead_plan and (lead_plan, one.split_type) in TEAM_RATES:
            rate = TEAM_RATES[lead_plan, one.split_type]
            lines.append(_line(one, lead, lead_plan, "team", rate))
    return lines


def _taken_back(credits: list[Credit], refunds: list[Row]) -> list[Row]:
    """Return what refunds take back: at the first rates and plans, in the quarter of the refund."""
    by_deal: dict[str, list[Credit]] = defaultdict(list)
    for one in credits:
        by_deal[one.deal.opportunity_id].append(one)
    lines = []
    for refund in refunds:
        reversed_credits = credits_of_refund(by_deal[refund["opportunity_id"]], refund["amount"])
        for line in _commissions(reversed_credits):
            line |= {
                "kind": "clawback",
                "refund_id": refund["refund_id"],
                "period": period_of(refund["refund_date"]),
            }
            lines.append(line)
    return lines


def _postings(pay: list[Row], credits: list[Credit], refunds: list[Row], rows: Rows) -> list[Row]:
    """Return what each month posts of the pay, by what its cut-off knew."""
    notes = late.stamp_refunds(rows)
    refunded = {refund["opportunity_id"] for refund in refunds}
    deals = late.stamp_splits(rows, credits, refunded)
    postings = []
    for line in pay:
        if line["kind"] == "commission" and line["opportunity_id"] in deals:
            continue
        if line["kind"] == "bonus" and (unknown := late.absence_in(line)):
            days, day = unknown
            postings += late.corrections([_bonus_of_days(line, line["days"] + days)], [line], day)
            continue
        day = notes.get(line.get("refund_id", ""), date.min)
        day = late.LATE_OVERRIDES.get(line.get("override_id", ""), day)
        postings.append(late.posting(line, day))
    for deal_id, day in deals.items():
        now = [one for one in credits if one.deal.opportunity_id == deal_id]
        # Until shares were agreed, the deal was its owner's.
        first = next(one for one in now if one.employee_id == one.deal.owner)
        whole = replace(first, share=Decimal(1), amount=first.deal.amount)
        others = [one for one in now if one.split_type != REVENUE]
        postings += late.corrections(_commissions([whole, *others]), _commissions(now), day)
    return postings


def _bonus_of_days(line: Row, days: int) -> Row:
    """Return a bonus for other days of the year."""
    exact = Fraction(line["base_amount"]) * Fraction(line["rate"])
    return {
        **line,
        "days": days,
        "amount": to_cents(exact * Fraction(days, line["days_in_period"])),
    }


def _line(one: Credit, payee: str, plan: str, component: str, rate: Decimal) -> Row:
    """Return a line of pay: exact up to the one rounding, half away from zero."""
    deal, currency = one.deal, currency_of(payee)
    exact = Fraction(one.amount) * Fraction(rate)
    if currency != deal.currency:
        exact *= Fraction(euros_for_one(deal.currency, deal.close_date))
        exact /= Fraction(euros_for_one(currency, deal.close_date))
    return {
        "employee_id": payee,
        "plan": plan,
        "component": component,
        "kind": "commission",
        "period": period_of(deal.close_date),
        "opportunity_id": deal.opportunity_id,
        "base_amount": one.amount,
        "base_currency_code": deal.currency,
        "rate": rate,
        "amount": to_cents(exact),
        "currency_code": currency,
    }


def to_cents(exact: Fraction) -> Decimal:
    """Round half away from zero to cents."""
    cents = (abs(exact) * 200 + 1) // 2
    return Decimal(cents if exact >= 0 else -cents) / 100


def _lead_of(employee_id: str, day: date) -> str:
    return employee_on(employee_id, day).manager_employee_id


def _bonuses(world: World, rows: Rows) -> list[Row]:
    """Return the annual bonuses of the fiscal years that have ended."""
    reached = {year: _reached(world, rows, year) for year in BONUS_YEARS}
    lines = []
    for span, year, target in assignments():
        if not PLANS[span.plan].is_yearly or year not in BONUS_YEARS:
            continue
        start, end = fiscal_year(year)
        days, of_days = (
            days_worked(span.employee_id, span.valid_from, span.valid_to),
            (end - start).days,
        )
        for component, weight in BONUS_WEIGHTS[span.plan].items():
            base, rate = target * weight, reached[year][component]
            lines.append(
                {
                    "employee_id": span.employee_id,
                    "plan": span.plan,
                    "component": component,
                    "kind": "bonus",
                    "period": start,
                    "base_amount": base,
                    "base_currency_code": currency_of(span.employee_id),
                    "rate": rate,
                    "days": days,
                    "days_in_period": of_days,
                    "amount": to_cents(Fraction(base) * Fraction(rate) * Fraction(days, of_days)),
                    "currency_code": currency_of(span.employee_id),
                }
            )
    return lines


def _reached(world: World, rows: Rows, year: int) -> dict[str, Decimal]:
    """Return what share of its goals the company reached, to four decimals and at most 1.5."""
    start, end = fiscal_year(year)
    mqls = sum(1 for x in rows.truth["cycle"] if (day := x["mql_date"]) and start <= day < end)
    booked = sum(
        in_euros(deal.amount, deal.currency, deal.close_date)
        for deal in won_deals(world)
        if start <= deal.close_date < end
    )
    shares = {
        "company_mqls": Decimal(mqls) / GOALS["company_mqls"][year],
        "company_bookings": Decimal(booked) / GOALS["company_bookings"][year],
    }
    return {
        name: min(MOST_BONUS, share.quantize(Decimal("0.0001"), ROUND_HALF_UP))
        for name, share in shares.items()
    }


def _overrides(rows: Rows) -> list[Row]:
    """Write the overrides, and return those that a pay run has to pay."""
    lines = []
    for number, (payee, period, text, reason, author, approver, end) in enumerate(OVERRIDES, 1):
        override_id, amount = f"OV-{number:03d}", Decimal(text)
        rows.add(
            "compensation_overrides",
            override_id=override_id,
            employee_id=payee,
            period=period,
            amount=amount,
            currency_code=currency_of(payee),
            reason=reason,
            author_employee_id=author,
            approver_employee_id=approver,
            valid_to=end,
        )
        line: Row = {
            "employee_id": payee,
            "plan": plan_on(payee, period),
            "component": "override",
            "kind": "override",
            "period": period,
            "override_id": override_id,
            "amount": amount,
            "currency_code": currency_of(payee),
        }
        if end is None or pay_run_of(line) < end:
            lines.append(line)
    return lines
