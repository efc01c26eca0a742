"""When the sample company's cohorts had paid back, against the KPI and against exact fractions.

Belongs here: what holds of all cohorts. Does not: single rules (dbt's unit tests).
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from tests.end_to_end.conftest import RunHome

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

KPI_OF = {"same_month": "cac_recovered", "lagged": "cac_recovered_lagged"}
COST_OF = {"same_month": "acquisition_cost", "lagged": "acquisition_cost_lagged"}


def test_a_cohort_has_paid_back_when_the_kpi_says_so(sample: RunHome) -> None:
    """Of a month's customers the KPI says how much of their CAC they brought back until now."""
    told = {
        (kpi, month): value
        for kpi, month, value in sample.query(
            "select kpi, period_start, value from kpi.rpt_kpi "
            "where period_grain = 'month' and dimension = 'all' and kpi like 'cac_recovered%'"
        )
    }
    rows = sample.query("select cost_basis, cohort_month, is_recovered from funnel.rpt_cac_payback")
    found = {(KPI_OF[basis], month): is_recovered for basis, month, is_recovered in rows}
    assert {True, False} == set(found.values())
    assert found == {key: (told[key] is not None and told[key] >= 1) for key in found}


def test_every_month_of_payback_equals_brute_force(sample: RunHome) -> None:
    """Month by month in fractions; the cost and margin of a month are those of the KPIs' parts."""
    with duckdb.connect(str(sample.home / "warehouse.duckdb"), read_only=True) as connection:
        parts = _parts(connection)
        customers = dict(
            connection.execute(
                "select parent_account_key, customer_from_date from intermediate.int_customers"
            ).fetchall()
        )
        paid = connection.execute(
            "select parent_account_key, subscription_month, recurring_amount "
            "from intermediate.int_recurring_months where is_closed order by 2"
        ).fetchall()
    rows = sample.query(
        "select cost_basis, cohort_month, payback_month, payback_months from funnel.rpt_cac_payback"
    )
    assert len({basis for basis, *_ in rows}) == 2
    for basis, cohort, payback_month, payback_months in rows:
        members = {key for key, day in customers.items() if day.replace(day=1) == cohort}
        expected = _first_month(parts, COST_OF[basis], cohort, members, paid)
        assert payback_month == expected, (basis, cohort)
        if expected:
            months = (expected.year - cohort.year) * 12 + expected.month - cohort.month + 1
            assert payback_months == months


def _parts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, date], Fraction]:
    parts: dict[tuple[str, date], Fraction] = {}
    for table in ("acquisition", "bookings"):
        for component, day, quantity in connection.execute(
            "select component, component_date, quantity "
            f"from intermediate.int_kpi_components_{table} where quantity is not null"
        ).fetchall():
            key = (component, day.replace(day=1))
            parts[key] = parts.get(key, Fraction(0)) + Fraction(quantity)
    return parts


def _first_month(
    parts: dict[tuple[str, date], Fraction],
    cost: str,
    cohort: date,
    members: set[str],
    paid: list[tuple[Any, ...]],
) -> date | None:
    """The first month by whose end the members' gross profit per head reached the CAC."""
    needed = [
        parts.get((name, cohort))
        for name in (cost, "new_customers", "margin_amount", "amount_with_cost")
    ]
    if not all(needed):
        return None
    spent, won, margin, with_cost = (part or Fraction(0) for part in needed)
    brought = Fraction(0)
    for month in sorted({month for _, month, _ in paid if month >= cohort}):
        amounts = [amount for key, at, amount in paid if at == month and key in members]
        brought += sum(map(Fraction, amounts), Fraction(0)) / 12 * margin / with_cost
        if amounts and brought / len(members) >= spent / won:
            return month
    return None
