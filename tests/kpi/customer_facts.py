"""Random small facts of customers: what they pay, answer and bring, and when they were onboarded.

Belongs here: the tables that the customer components of KPIs read. Does not: deals, leads and
costs (facts), or what the KPIs should be (expected_customers).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import duckdb

from tests.kpi.calendar_rows import months_later
from tests.kpi.compiled import make_table

Row = dict[str, Any]
# Segment and region by account; the second is a branch of the first.
ACCOUNTS: dict[str, tuple[str | None, str | None]] = {
    "a1": ("small", "EU"),
    "a2": (None, "US"),
    "a3": ("large", None),
}
PARENTS = {"a1": "a1", "a2": "a1", "a3": "a3"}
FIRST_PAID = date(2024, 10, 1)
ONBOARDING_WINDOW = 90


@dataclass
class CustomerFacts:
    """What happened after the sale."""

    surveys: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)
    referrals: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    onboardings: list[Row] = field(default_factory=list)
    recurring: list[Row] = field(default_factory=list)


def random_customers(random: Random, deals: list[Row], as_of: date) -> CustomerFacts:
    """Make customers of the deals' accounts; some pay from before, some never."""
    facts = CustomerFacts()
    for parent in sorted(set(PARENTS.values())):
        days = [
            deal["close_date"]
            for deal in deals
            if PARENTS[deal["account_key"]] == parent
            and deal["is_won"]
            and deal["is_reportable"]
            and deal["close_date"] <= as_of
        ]
        if not days:
            continue
        begun = min(days) - timedelta(days=random.choice((0, 0, 30)))
        facts.customers.append({"parent_account_key": parent, "customer_from_date": begun})
        onboarded = begun + timedelta(days=random.choice((5, 90, 91, 120)))
        if onboarded <= as_of and random.random() < 0.8:
            facts.onboardings.append({**facts.customers[-1], "onboarded_date": onboarded})
    for parent in sorted(set(PARENTS.values())):
        month = FIRST_PAID
        amount = Decimal(random.randint(0, 300))
        while month <= as_of:
            if random.random() < 0.2:
                amount = Decimal(random.choice((0, 0, 100, 200, 300)))
            if amount:
                facts.recurring.append(_paid(parent, month, amount, as_of))
            month = months_later(month, 1)
    facts.surveys = [_answer(random) for _ in range(random.randint(0, 12))]
    facts.cases = [_case(random, number) for number in range(random.randint(0, 12))]
    facts.referrals = [
        {"opportunity_key": deal["opportunity_key"], "is_reportable": random.random() < 0.8}
        for deal in deals
        for _ in range(random.choice((0, 0, 1, 2)))
    ]
    return facts


def _paid(parent: str, month: date, amount: Decimal, as_of: date) -> Row:
    last = months_later(month, 1) - timedelta(days=1)
    return {
        "parent_account_key": parent,
        "subscription_month": month,
        "recurring_amount": amount,
        "is_closed": last <= as_of,
    }


def _answer(random: Random) -> Row:
    kind, score = random.choice(("nps", "csat")), random.randint(1, 5)
    category = random.choice(("promoter", "passive", "detractor")) if kind == "nps" else None
    return {
        "account_key": random.choice(list(ACCOUNTS)),
        "kind": kind,
        "nps_category": category,
        "score": score,
        "is_reportable": random.random() < 0.9,
        "answered_date": date(2026, 1, 1) + timedelta(days=random.randint(0, 200)),
    }


def _case(random: Random, number: int) -> Row:
    is_resolved = random.random() < 0.8
    day = date(2026, 1, 1) + timedelta(days=random.randint(0, 200))
    return {
        "case_key": f"case{number}",
        "account_key": random.choice(list(ACCOUNTS)),
        "resolution_hours": random.randint(0, 200) if is_resolved else None,
        "is_reportable": random.random() < 0.9,
        "resolved_date": day if is_resolved else None,
    }


def make_customer_parents(connection: duckdb.DuckDBPyConnection, facts: CustomerFacts) -> None:
    """Write the facts as the tables that the KPI models read."""
    make_table(
        connection,
        "core.dim_account",
        {"account_key": "varchar", "segment": "varchar", "region": "varchar"},
        [
            {"account_key": key, "segment": segment, "region": region}
            for key, (segment, region) in ACCOUNTS.items()
        ],
    )
    make_table(
        connection,
        "intermediate.int_account_parents",
        {"account_key": "varchar", "parent_account_key": "varchar"},
        [{"account_key": key, "parent_account_key": parent} for key, parent in PARENTS.items()],
    )
    make_table(
        connection,
        "core.fct_survey_response",
        {
            "account_key": "varchar", "kind": "varchar", "nps_category": "varchar",
            "score": "decimal(18,6)", "is_reportable": "boolean", "answered_date": "date",
        },
        facts.surveys,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_case",
        {
            "case_key": "varchar", "account_key": "varchar", "resolution_hours": "decimal(18,6)",
            "is_reportable": "boolean", "resolved_date": "date",
        },
        facts.cases,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_referral",
        {"opportunity_key": "varchar", "is_reportable": "boolean"},
        facts.referrals,
    )
    customer = {"parent_account_key": "varchar", "customer_from_date": "date"}
    make_table(connection, "intermediate.int_customers", customer, facts.customers)
    make_table(
        connection,
        "intermediate.int_customer_onboardings",
        {**customer, "onboarded_date": "date"},
        facts.onboardings,
    )
    make_table(
        connection,
        "intermediate.int_recurring_months",
        {
            "parent_account_key": "varchar", "subscription_month": "date",
            "recurring_amount": "decimal(18,2)", "is_closed": "boolean",
        },
        facts.recurring,
    )  # fmt: skip
