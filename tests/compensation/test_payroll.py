"""Payroll, accruals and costs of contracts over months that close, as random payroll returns pay.

Sums are recomputed in exact fractions from the earning lines and from what payroll was told to
return; nothing here reads how the marts compute them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from tests.compensation.pay_world import AS_OF, FIRST, PayWorld, payee_key
from tests.compensation.random_pay import random_plans, random_world
from tests.compensation.test_ledger import Book, edit, known_on
from tests.kpi.compiled import CompiledModels

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pay")]

ENTITY = """
  - legal_entity: {name}
    label: {name}
    currency_code: {currency}
    pay_runs:
      - {{kind: commission, months_after: 1, day: 31}}
      - {{kind: spiff, months_after: 1, day: 31}}
      - {{kind: override, months_after: 1, day: 31}}
      - {{kind: bonus, months_after: 2, day: 15}}"""
PAYROLL = (
    "legal_entities:"
    + "".join(
        ENTITY.format(name=f"in_{one.lower()}", currency=one) for one in ("EUR", "GBP", "USD")
    )
    + """
accounts:
  - {kind: commission, expense_account: "61", liability_account: "31"}
  - {kind: spiff, expense_account: "62", liability_account: "31"}
  - {kind: override, expense_account: "63", liability_account: "31"}
  - {kind: bonus, expense_account: "64", liability_account: "32"}
clearing_account: "99"
expected_payout: 0.8
contract_costs:
  asset_account: "01"
  amortisation_account: "65"
  impairment_account: "66"
  kinds: [commission]
  expedient_months: 12
  period_of_benefit: [{opportunity_type: new, months: 13}]
"""
)
DAYS = (date(2025, 6, 30), date(2025, 11, 12), date(2026, 7, 31), AS_OF)


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def pay(
    random: Random, sent: list[tuple[Any, ...]], names: dict[str, str], number: int
) -> list[Any]:
    """What payroll returns for what it was sent: some of it short, missing or twice."""
    returns = []
    for place, (payee, component, amount, currency, day, period) in enumerate(sent):
        row = (names[payee], component, str(amount), currency, day, period)
        match random.randrange(8):
            case 0:
                continue
            case 1:
                returns.append((f"t{number}.{place}", *row))
            case 2:
                row = (*row[:2], str(amount - Decimal("0.01")), *row[3:])
        returns.append((f"r{number}.{place}", *row))
    return returns


@pytest.mark.parametrize("seed", [11, 12])
def test_everything_ties_out_however_payroll_pays(
    pay_models: CompiledModels, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    plans = random_plans(random)
    world = random_world(random, [name.rpartition("_")[0] for name in plans], deals=30)
    world.payroll = PAYROLL
    names = {payee_key(who): who for who, _, _ in world.people}
    book = Book(tmp_path, pay_models, plans)
    statuses: set[str] = set()
    for number, day in enumerate(DAYS):
        edit(random, world, number)
        seen = known_on(world, day)
        with book.computed(seen) as connection:
            assert_ties_out(connection, seen.returns, day)
            book.close(connection, day, 0)
        with book.computed(seen) as connection:
            assert_ties_out(connection, seen.returns, day)
            told = ask(connection, "select status from compensation.comp_payroll_confirmation")
            statuses |= {row[0] for row in told}
            sent = ask(
                connection,
                "select payee_key, component, amount, currency_code, pay_run_date, period "
                "from compensation.comp_payroll_input order by payroll_input_key",
            )
        known = {(row[1], row[2], row[5]) for row in world.returns}
        new = [row for row in sent if (names[row[0]], row[1], row[4]) not in known]
        world.returns += pay(random, new, names, number)
        if len(world.returns) > 2:
            # One record is taken away, and another one changes.
            world.returns.pop(random.randrange(len(world.returns)))
            place = random.randrange(len(world.returns))
            row = world.returns[place]
            world.returns[place] = (*row[:3], str(Decimal(row[3]) + 7), *row[4:])  # type: ignore[assignment]
    assert statuses >= {"confirmed", "differs", "missing", "awaited", "paid_more_than_once"}
    assert book.postings("entry_type = 'payment' and reason in ('changed', 'withdrawn')")


def assert_ties_out(connection: duckdb.DuckDBPyConnection, returns: list[Any], day: date) -> None:
    """Statements are earnings less payments; accruals are statements and what is to come."""
    paid: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for _, who, _, amount, currency, run, _ in returns:
        if run <= day:
            paid[payee_key(who), currency] += Fraction(amount)
    posted = ask(
        connection,
        "select payee_key, currency_code, -sum(payments) from compensation.comp_statement "
        "group by all",
    )
    assert {(a, b): Fraction(c) for a, b, c in posted if c} == {k: v for k, v in paid.items() if v}
    assert ask(
        connection, "from compensation.comp_tie_out select * where unexplained_amount <> 0"
    ) == []  # fmt: skip
    last = "(select max(period) from compensation.comp_period)"
    owed = ask(connection, f"select currency_code, sum(closing) from compensation.comp_statement "
                           f"where period = {last} group by all order by all")  # fmt: skip
    accrued = ask(
        connection,
        f"select currency_code, sum(payable_amount) from compensation.comp_accrual "
        f"where period = {last} group by all order by all",
    )
    assert [row for row in accrued if row[1]] == [row for row in owed if row[1]]
    wrong = ask(
        connection,
        """
        with chained as (
            select *, lag(closing_amount, 1, 0) over (
                partition by legal_entity, liability_account, currency_code order by period
            ) as closed_before from compensation.comp_accrual
        )
        select 'accrual' from chained where opening_amount <> closed_before
        union all
        select 'journal' from compensation.comp_accrual_journal
        group by period, legal_entity, journal_entry, currency_code
        having sum(debit_amount) <> sum(credit_amount)
        union all
        select 'asset' from compensation.comp_contract_cost_schedule group by contract_cost_key
        having sum(addition_amount) <> sum(amortisation_amount + impairment_amount)
            or min(closing_amount) < 0 or count(*) <> 13
        """,
    )
    assert wrong == []
    assert_accounts_hold_what_they_say(connection)


def assert_accounts_hold_what_they_say(connection: duckdb.DuckDBPyConnection) -> None:
    """The journal's balances: liabilities are the accruals, the asset is what is carried."""
    balances = ask(
        connection,
        "select general_ledger_account in ('31', '32'), currency_code, "
        "sum(credit_amount - debit_amount) from compensation.comp_accrual_journal "
        "where general_ledger_account in ('31', '32', '01') group by all order by all",
    )
    last = "(select max(period) from compensation.comp_accrual)"
    expected = ask(
        connection,
        f"""
        select false, currency_code, -sum(carrying_amount) from compensation.comp_contract_cost
        group by all
        union all
        select true, currency_code, sum(closing_amount) from compensation.comp_accrual
        where period = {last} group by all order by all
        """,
    )
    assert [row for row in balances if row[2]] == [row for row in expected if row[2]]


def test_a_bonus_is_accrued_by_days_until_its_year_has_ended(
    pay_models: CompiledModels, tmp_path: Path
) -> None:
    """12,000 at an expected 80 % by days; the year pays 11,000, which its last month trues up."""
    plans = {
        "bonus": """
plan: bonus
label: Bonus
version: 1
valid_from: 2025-01-01
approved_by: boss
approved_date: 2024-12-01
components:
  - {component: mqls, label: MQLs, kind: bonus, kpi: mqls, method: interpolated,
     frequency: annual, weight: 1, points: [{at: 0, payout: 0}, {at: 1, payout: 1}]}
"""
    }
    world = PayWorld(
        people=[("m1", "", FIRST)],
        assignments=[("m1", "bonus", FIRST, None, "12000", "EUR")],
        overrides=[("o1", "m1", FIRST, "1.00", "EUR", "x", "y")],
        kpis=[("mqls", "year", FIRST, "11", "12")],
        payroll=PAYROLL,
    )
    book = Book(tmp_path, pay_models, plans)
    seen = known_on(world, date(2025, 12, 31))
    with book.computed(seen) as connection:
        found = ask(
            connection,
            "select period, closing_amount, unposted_amount from compensation.comp_accrual "
            "where liability_account = '32' order by period",
        )
    to_date: list[tuple[date, Decimal, Decimal]] = []
    for month in range(1, 13):
        end = date(2025 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        days = (end - FIRST).days + 1
        exact = Fraction(12000) * Fraction(8, 10) * Fraction(days, 365)
        cents = Decimal(int((exact * 200 + 1) // 2)) / 100
        amount = Decimal("11000.00") if month == 12 else cents
        to_date.append((end.replace(day=1), amount, Decimal(0) if month == 12 else cents))
    assert found == to_date
