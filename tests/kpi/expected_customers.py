"""The customers' shares in the components of KPIs, by brute force and with fractions.

Belongs here: recurring revenue, retention, satisfaction, onboarding, referrals and add-ons in the
words of their formulas. Does not: SQL, or how components become KPIs (expected_kpis).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.kpi.calendar_rows import months_later
from tests.kpi.customer_facts import (
    ACCOUNTS,
    FIRST_PAID,
    ONBOARDING_WINDOW,
    PARENTS,
    CustomerFacts,
)

Row = dict[str, Any]
# Component, day, quantity, account.
CustomerPart = tuple[str, date, Fraction | None, str]
STATES = {
    "arr",
    "retention_base_amount",
    "retention_amount",
    "retention_capped_amount",
    "retention_base_customers",
    "retention_customers",
    "retention_lost_customers",
    "retention_base_customer_months",
    "paying_customer_months",
}
LIFETIME_MONTHS = 60
NPS = {"promoter": 1, "passive": 0, "detractor": -1}


def customer_parts(
    facts: CustomerFacts, deals: list[Row], as_of: date
) -> Iterator[tuple[str, date, Fraction | None, Row]]:
    """Yield every share with the segment and region of its account."""
    for family in (
        _recurring(facts, as_of), _answers(facts), _begun(facts, deals), _moved(facts, as_of),
        _brought(facts, as_of),
    ):  # fmt: skip
        for component, day, quantity, account in family:
            segment, region = ACCOUNTS[account]
            yield component, day, quantity, {"segment": segment, "region": region}


def _recurring(facts: CustomerFacts, as_of: date) -> Iterator[CustomerPart]:
    paid: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in facts.recurring:
        paid[row["parent_account_key"]][row["subscription_month"]] = row["recurring_amount"]
    for parent, amounts in paid.items():
        month = FIRST_PAID
        while (last := months_later(month, 1) - timedelta(days=1)) <= as_of:
            now, then = amounts.get(month), amounts.get(months_later(month, -12))
            if now:
                yield "arr", last, Fraction(now), parent
                yield "paying_customer_months", last, Fraction(12), parent
                # Who pays at the end of a month can refer in the next.
                yield "customer_months", last + timedelta(days=1), Fraction(1), parent
            if then:
                yield "retention_base_amount", last, Fraction(then), parent
                yield "retention_amount", last, Fraction(now or 0), parent
                yield "retention_capped_amount", last, Fraction(min(now or 0, then)), parent
                yield "retention_base_customers", last, Fraction(1), parent
                yield "retention_customers", last, Fraction(1 if now else 0), parent
                yield "retention_lost_customers", last, Fraction(0 if now else 1), parent
                yield "retention_base_customer_months", last, Fraction(12), parent
            month = months_later(month, 1)


def _moved(facts: CustomerFacts, as_of: date) -> Iterator[CustomerPart]:
    paid = {
        (row["parent_account_key"], row["subscription_month"]): row["recurring_amount"]
        for row in facts.recurring
    }
    for parent in sorted(set(PARENTS.values())):
        month, once = FIRST_PAID, False
        while (last := months_later(month, 1) - timedelta(days=1)) <= as_of:
            before = Fraction(paid.get((parent, months_later(month, -1)), 0))
            now = Fraction(paid.get((parent, month), 0))
            if before or now:
                moved = {
                    "new_arr": now if not once else 0,
                    "reactivation_arr": now if once and not before else 0,
                    "expansion_arr": max(now - before, 0) if before else 0,
                    "contraction_arr": max(before - now, 0) if now else 0,
                    "churned_arr": 0 if now else before,
                }
                moved["growth_arr"] = moved["new_arr"] + moved["expansion_arr"]
                for component, quantity in moved.items():
                    yield component, last, Fraction(quantity), parent
            once = once or bool(now)
            month = months_later(month, 1)


def _brought(facts: CustomerFacts, as_of: date) -> Iterator[CustomerPart]:
    begun = {row["parent_account_key"]: row["customer_from_date"] for row in facts.customers}
    for parent, day in begun.items():
        yield "cohort_customers_by_twelve", day, Fraction(12), parent
    for row in facts.recurring:
        parent, month = row["parent_account_key"], row["subscription_month"]
        if parent not in begun or months_later(month, 1) - timedelta(days=1) > as_of:
            continue
        first = begun[parent].replace(day=1)
        if first <= month < months_later(first, LIFETIME_MONTHS):
            amount = Fraction(row["recurring_amount"])
            yield "cohort_yearly_amounts", begun[parent], amount, parent


def _answers(facts: CustomerFacts) -> Iterator[CustomerPart]:
    for row in facts.surveys:
        if not row["is_reportable"]:
            continue
        day, account = row["answered_date"], row["account_key"]
        if row["kind"] == "nps":
            yield "nps_answers", day, Fraction(1), account
            score = Fraction(NPS[row["nps_category"]])
            yield "nps_promoters_less_detractors", day, score, account
        else:
            yield "csat_answers", day, Fraction(1), account
            yield "csat_satisfied", day, Fraction(row["score"] in (4, 5)), account
    for row in facts.cases:
        if row["is_reportable"] and row["resolution_hours"] is not None:
            days = Fraction(row["resolution_hours"]) / 24
            yield "case_resolution_days", row["resolved_date"], days, row["account_key"]


def _begun(facts: CustomerFacts, deals: list[Row]) -> Iterator[CustomerPart]:
    begun = {row["parent_account_key"]: row["customer_from_date"] for row in facts.customers}
    onboarded = {row["parent_account_key"]: row["onboarded_date"] for row in facts.onboardings}
    referred = {row["opportunity_key"] for row in facts.referrals if row["is_reportable"]}
    for parent, day in begun.items():
        yield "customers_begun", day, Fraction(1), parent
        if parent in onboarded:
            taken = (onboarded[parent] - day).days
            yield "customers_onboarded", day, Fraction(taken <= ONBOARDING_WINDOW), parent
            yield "onboarding_days", onboarded[parent], Fraction(taken), parent
        if any(
            deal["opportunity_key"] in referred
            and PARENTS[deal["account_key"]] == parent
            and deal["close_date"] == day
            and deal["is_won"]
            and deal["is_reportable"]
            for deal in deals
        ):
            yield "customers_by_referral", day, Fraction(1), parent


def add_on_parts(
    bookings: list[Row], deals: list[Row], products: dict[str, str]
) -> Iterator[tuple[str, date, Fraction | None, Row]]:
    """Yield what each won deal holds beside its main product."""
    main = {deal["opportunity_key"]: deal["primary_product_key"] for deal in deals}
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in bookings:
        if line["product_key"] in products and line["opportunity_key"] in main:
            lines[line["opportunity_key"]].append(line)
    for key, own in lines.items():
        day, row = own[0]["booking_date"], {**own[0], "product_key": None}
        others = [x for x in own if main[key] is not None and x["product_key"] != main[key]]
        known = [line["amount"] for line in own if line["amount"] is not None]
        add_on = sum((line["amount"] or Decimal(0) for line in others), Decimal(0))
        yield "deals_with_product", day, Fraction(1), row
        yield "deals_with_add_on", day, Fraction(bool(others)), row
        yield "amount_with_product", day, Fraction(sum(known)) if known else None, row
        yield "add_on_amount", day, Fraction(add_on) if known else None, row
