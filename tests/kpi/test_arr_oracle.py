"""rpt_arr_movement and rpt_retention_cohort against a loop over customers and months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import duckdb
import pytest

from tests.kpi.calendar_rows import calendar_rows, months_later
from tests.kpi.compiled import CompiledModels, make_table
from tests.unlike import unlike

FIRST = date(2025, 1, 1)
PARENTS = {"a1": None, "a2": "a1", "a3": "a2", "a4": None, "a5": None, "a6": "a5"}
TOPS = {"a1": "a1", "a2": "a1", "a3": "a1", "a4": "a4", "a5": "a5", "a6": "a5"}
Row = dict[str, Any]
States = dict[str, dict[date, Decimal]]


def _subscription_months(random: Random, as_of: date) -> list[Row]:
    """Subscriptions with gaps and changes of price; some without a rate, some not reportable."""
    rows: list[Row] = []
    for _ in range(random.randint(1, 12)):
        account = random.choice(list(PARENTS))
        is_reportable, is_known = random.random() < 0.9, random.random() < 0.9
        amount = Decimal(random.randint(1, 5)) * Decimal("10.01")
        month = months_later(FIRST, random.randint(0, 14))
        while month <= as_of and random.random() < 0.93:
            change = random.random()
            if change < 0.15:
                amount += random.choice((-1, 1)) * Decimal("10.01")
            if change > 0.1:
                rows.append(
                    {
                        "account_key": account,
                        "subscription_month": month,
                        "recurring_amount": amount if is_known else None,
                        "is_reportable": is_reportable,
                    }
                )
            month = months_later(month, 1)
    return rows


def _bookings(random: Random) -> list[Row]:
    return [
        {
            "booking_key": f"b{number}",
            "account_key": random.choice(list(PARENTS)),
            "product_key": random.choice(("p1", "p2")),
            "booking_type": random.choice(("new", "new", "renewal")),
            "recurring_amount": random.choice((None, 0, 10, 20, 30)),
            "term_months": random.choice((None, 1, 3, 12)),
            "booking_date": FIRST + timedelta(days=random.randint(0, 500)),
        }
        for number in range(random.randint(1, 20))
    ]


def _contracts(bookings: list[Row], as_of: date) -> Iterator[tuple[Row, date]]:
    """Yield each recurring line with the first day on which it no longer counts."""
    standing = [row for row in bookings if row["recurring_amount"] and row["booking_date"] <= as_of]
    for row in standing:
        day = row["booking_date"]
        month = months_later(day, row["term_months"] or 12)
        last = (months_later(month, 1) - timedelta(days=1)).day
        ends = [month.replace(day=min(day.day, last)) + timedelta(days=31)]
        ends += [
            other["booking_date"]
            for other in standing
            if other["booking_type"] == "renewal"
            and other["account_key"] == row["account_key"]
            and other["product_key"] == row["product_key"]
            and other["booking_date"] > day
        ]
        yield row, min(ends)


def _months(as_of: date) -> Iterator[tuple[date, date, bool]]:
    """Yield each month with the day whose state counts, and whether it has ended."""
    month = FIRST
    while month <= as_of:
        last = months_later(month, 1) - timedelta(days=1)
        yield month, min(last, as_of), last <= as_of
        month = months_later(month, 1)


def _states(subscriptions: list[Row], bookings: list[Row], as_of: date) -> States:
    states: States = defaultdict(lambda: defaultdict(Decimal))
    for row in subscriptions:
        if row["is_reportable"] and row["recurring_amount"] is not None:
            customer = TOPS[row["account_key"]]
            states[customer][row["subscription_month"]] += row["recurring_amount"]
    if not subscriptions:
        for row, end in _contracts(bookings, as_of):
            for month, day, _ in _months(as_of):
                if row["booking_date"] <= day < end:
                    states[TOPS[row["account_key"]]][month] += row["recurring_amount"]
    return states


def _expected_movements(states: States, as_of: date) -> dict[tuple[str, date], tuple[Any, ...]]:
    expected: dict[tuple[str, date], tuple[Any, ...]] = {}
    for customer, amounts in states.items():
        begin, was_customer = Decimal(0), False
        for month, _, is_closed in _months(as_of):
            end = amounts.get(month, Decimal(0))
            kinds = dict.fromkeys(("new", "back", "more", "less", "gone"), Decimal(0))
            if end > begin:
                kinds["more" if begin else "back" if was_customer else "new"] = end - begin
            elif end < begin:
                kinds["less" if end else "gone"] = begin - end
            if begin or end:
                expected[customer, month] = (begin, *kinds.values(), end, is_closed)
            begin, was_customer = end, was_customer or bool(end)
    return expected


def _expected_cohorts(states: States, as_of: date) -> dict[tuple[date, int], tuple[Any, ...]]:
    closed = [month for month, _, is_closed in _months(as_of) if is_closed]
    members: dict[date, list[dict[date, Decimal]]] = defaultdict(list)
    for amounts in states.values():
        paid = [month for month in closed if amounts.get(month)]
        if paid:
            members[paid[0]].append(amounts)
    expected: dict[tuple[date, int], tuple[Any, ...]] = {}
    for first, customers in members.items():
        base = [amounts[first] for amounts in customers]
        for age, month in enumerate(month for month in closed if month >= first):
            now = [amounts.get(month, Decimal(0)) for amounts in customers]
            kept = [min(then, later) for then, later in zip(base, now, strict=True)]
            expected[first, age] = (
                len(base), sum(1 for amount in now if amount), sum(base), sum(now), sum(kept),
            )  # fmt: skip
    return expected


def _make_parents(
    connection: duckdb.DuckDBPyConnection, subscriptions: list[Row], bookings: list[Row], day: date
) -> None:
    money = "decimal(18,2)"
    make_table(connection, "staging.stg_company__as_of", {"as_of_date": "date"},
               [{"as_of_date": day}])  # fmt: skip
    make_table(
        connection,
        "core.dim_account",
        {
            "account_key": "varchar", "parent_account_key": "varchar", "segment": "varchar",
            "region": "varchar",
        },
        [{"account_key": key, "parent_account_key": parent} for key, parent in PARENTS.items()],
    )  # fmt: skip
    make_table(
        connection,
        "core.dim_date",
        {"date_day": "date", "month_start_date": "date"},
        list(calendar_rows(FIRST, months_later(day, 12), 1)),
    )
    make_table(
        connection,
        "core.fct_subscription_month",
        {
            "account_key": "varchar", "subscription_month": "date", "recurring_amount": money,
            "is_reportable": "boolean",
        },
        subscriptions,
    )  # fmt: skip
    make_table(
        connection,
        "core.fct_booking",
        {
            "booking_key": "varchar", "account_key": "varchar", "product_key": "varchar",
            "booking_type": "varchar", "recurring_amount": money, "term_months": "bigint",
            "booking_date": "date",
        },
        bookings,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_movements_and_cohorts_equal_brute_force(
    warehouse: duckdb.DuckDBPyConnection, models: CompiledModels, seed: int
) -> None:
    random = Random(seed)  # noqa: S311
    as_of = date(2026, 5, random.choice((10, 31)))
    subscriptions = _subscription_months(random, as_of) if seed % 3 else []
    bookings = _bookings(random)
    _make_parents(warehouse, subscriptions, bookings, as_of)
    models.run_only(warehouse, "recurring")
    for model in ("rpt_arr_movement", "rpt_retention_cohort"):
        models.run_named(warehouse, model)
    states = _states(subscriptions, bookings, as_of)
    movements = warehouse.execute(
        """
        select parent_account_key, movement_month, begin_amount, new_amount, reactivation_amount,
            expansion_amount, contraction_amount, churn_amount, end_amount, is_closed
        from funnel.rpt_arr_movement
        """
    ).fetchall()
    expected = _expected_movements(states, as_of)
    assert unlike({row[:2]: row[2:] for row in movements}, expected) == {}
    cohorts = warehouse.execute(
        """
        select cohort_month, age_months, cohort_accounts, accounts, cohort_recurring_amount,
            recurring_amount, retained_amount
        from funnel.rpt_retention_cohort
        """
    ).fetchall()
    cohorts_due = _expected_cohorts(states, as_of)
    assert unlike({row[:2]: row[2:] for row in cohorts}, cohorts_due) == {}


def test_the_oracle_has_every_class_and_both_sources() -> None:
    """Else the equality above could hold of nothing."""
    classes = [0] * 5
    for seed in range(20):
        random = Random(seed)  # noqa: S311
        as_of = date(2026, 5, random.choice((10, 31)))
        subscriptions = _subscription_months(random, as_of) if seed % 3 else []
        states = _states(subscriptions, _bookings(random), as_of)
        for row in _expected_movements(states, as_of).values():
            classes = [count + bool(x) for count, x in zip(classes, row[1:6], strict=True)]
    assert min(classes) > 5
