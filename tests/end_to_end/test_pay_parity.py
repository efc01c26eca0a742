"""What functions are paid, compared: the published measures against a count in exact fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

import pytest

from tests.end_to_end.conftest import RunHome
from tests.end_to_end.finance import ask_finance

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]

YEAR, NEXT = date(2025, 2, 1), date(2026, 2, 1)
CLOSE = Fraction(1, 100_000)


@pytest.fixture(scope="module")
def rates(sample: RunHome) -> dict[str, Fraction]:
    """What a unit of each currency was worth on the last day of the year, by the company's file."""
    found = {"EUR": Fraction(1)}
    from tests.conftest import ROOT

    last = NEXT - timedelta(days=1)
    for line in (ROOT / "company" / "fx_rates.csv").read_text().splitlines()[1:]:
        currency, start, end, rate = line.split(",")
        if start <= str(last) and (not end or str(last) < end):
            found[currency] = Fraction(rate)
    return found


@pytest.fixture(scope="module")
def payees(sample: RunHome, rates: dict[str, Fraction]) -> dict[str, dict[str, Any]]:
    """Function, target, pay and shared pay of everybody who was on a plan in the year."""
    people: dict[str, dict[str, Any]] = {}
    for who, function, target, currency, start, end in ask_finance(
        sample,
        "select payee_key, business_function, target_amount, a.currency_code, valid_from, "
        "coalesce(valid_to, date '9999-12-31') from comp_assignment as a "
        "inner join comp_payee using (payee_key)",
    ):
        days = (min(end, NEXT) - max(start, YEAR)).days
        if days > 0:
            one = people.setdefault(
                who, {"function": function, "target": 0, "paid": 0, "shared": 0, "days": 0}
            )
            one["target"] += Fraction(target) * rates[currency] * days / (NEXT - YEAR).days
            one["days"] += days
    functions = defaultdict(set)
    lines = ask_finance(
        sample,
        "select payee_key, business_function, coalesce(kpi, measure), amount, line.currency_code "
        "from comp_earning_line as line inner join comp_payee using (payee_key) "
        "inner join comp_plan_component using (component_key) "
        f"where period >= '{YEAR}' and period < '{NEXT}' and amount is not null",
    )
    for _, function, measured, _, _ in lines:
        functions[measured].add(function)
    for who, _, measured, amount, currency in lines:
        worth = Fraction(amount) * rates[currency]
        people[who]["paid"] += worth
        people[who]["shared"] += worth if len(functions[measured]) > 1 else 0
    return people


def measured(sample: RunHome, name: str) -> dict[str, Any]:
    rows = ask_finance(
        sample,
        f"select business_function, value from comp_parity "
        f"where measure = '{name}' and period = '{YEAR}'",
    )
    return dict(rows)


def by_function(payees: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for one in payees.values():
        found[one["function"]].append(one)
    return found


def test_payout_and_shared_pay_are_what_a_count_gives(
    sample: RunHome, payees: dict[str, dict[str, Any]]
) -> None:
    payouts, shared = (
        measured(sample, name) for name in ("payout_rate_median", "shared_measure_share")
    )
    groups = by_function(payees)
    assert {"sales", "marketing"} < set(groups) == set(payouts)
    for function, people in groups.items():
        expected = median(one["paid"] / one["target"] for one in people)
        assert abs(Fraction(payouts[function]) - expected) < CLOSE, function
        total = sum(one["paid"] for one in people)
        share = sum(one["shared"] for one in people) / total
        assert abs(Fraction(shared[function]) - share) < CLOSE, function
    assert 0 < shared["marketing"] < 1 == shared["sales"]


def test_a_group_too_small_keeps_its_row_and_tells_nothing(sample: RunHome) -> None:
    rows = ask_finance(
        sample, "select payee_count, is_withheld, value from comp_parity order by all"
    )
    assert {withheld for count, withheld, _ in rows if count < 5} == {True}
    assert {value for _, withheld, value in rows if withheld} == {None}
    assert not [count for count, withheld, _ in rows if withheld and count >= 5]
    assert len(rows) == 16 * len({*ask_finance(
        sample, "select business_function, period from comp_parity")})  # fmt: skip
