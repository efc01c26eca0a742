"""The ledger against brute force: late edits, closes at any time, and what a locked month keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import duckdb
import pytest

from orchestration.company.plan_checks import read_plans
from orchestration.ledger.close import close_candidate, due_periods
from orchestration.ledger.store import LEDGER, ClosedPeriod, Closing, LedgerError, attached, verify
from tests.compensation.move_oracle import earned_by_month, moves
from tests.compensation.pay_oracle import Oracle
from tests.compensation.pay_world import AS_OF, FIRST, PayWorld, payee_key, run, write_company
from tests.compensation.random_pay import LEADS, REPS, add_payments, random_plans, random_world
from tests.connections import connect
from tests.kpi.compiled import CompiledModels, empty_warehouse
from tests.unlike import unlike

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pay")]

DAYS = (date(2025, 4, 9), date(2025, 8, 31), date(2026, 1, 2), date(2026, 6, 30), AS_OF)
Totals = dict[tuple[str, str], Fraction]


class Book:
    """A company whose world changes under its ledger."""

    def __init__(self, folder: Path, models: CompiledModels, plans: dict[str, str]) -> None:
        self.folder, self.models, self.plans = folder, models, plans
        self.ledger = folder / "ledger" / "ledger.duckdb"
        self._count = 0

    @contextmanager
    def computed(self, world: PayWorld) -> Iterator[duckdb.DuckDBPyConnection]:
        """The models on a world and on the ledger as it is."""
        self._count += 1
        company = self.folder / f"company{self._count}"
        write_company(company, self.plans, world)
        with empty_warehouse(self.models) as connection:
            run(connection, self.models, company, world, self.ledger)
            yield connection

    def oracle(self, world: PayWorld) -> Oracle:
        """What the world should earn; as computed last."""
        read, problems = read_plans(self.folder / f"company{self._count}")
        assert problems == []
        return Oracle(world, [one.plan for one in read])

    def close(
        self, connection: duckdb.DuckDBPyConnection, as_of: date, after_days: int
    ) -> tuple[ClosedPeriod, ...]:
        closing = Closing(as_of, None, "test", "run")
        due = due_periods(connection, after_days, as_of)
        return close_candidate(connection, self.ledger, due, closing)

    def hashes(self) -> dict[tuple[object, ...], str]:
        """Everything that is locked: hashes of statements and periods, which the file bears out."""
        with connect() as connection, attached(connection, self.ledger, read_only=True):
            assert verify(connection) == []
            rows = connection.execute(
                f"select payee_key, period, currency_code, content_hash from {LEDGER}.statement "
                f"union all select '', period, '', ledger_hash from {LEDGER}.period_lock"
            ).fetchall()
        return {tuple(row[:3]): row[3] for row in rows}

    def postings(self, where: str = "true") -> Totals:
        with connect() as connection, attached(connection, self.ledger, read_only=True):
            return _totals(connection, f"{LEDGER}.posting where {where}")


def _totals(connection: duckdb.DuckDBPyConnection, source: str) -> Totals:
    rows = connection.execute(
        f"select payee_key, currency_code, sum(amount) from {source} group by all "
        "having sum(amount) <> 0"
    ).fetchall()
    return {(payee, currency): Fraction(amount) for payee, currency, amount in rows}


MOVED = ("hold", "release", "draw_advance", "draw_recovery", "forfeiture")
Moved = dict[tuple[str, str, date, str], Fraction]


def _moved(connection: duckdb.DuckDBPyConnection, source: str) -> Moved:
    rows = connection.execute(
        f"select payee_key, currency_code, origin_period, entry_type, sum(amount) from {source} "
        f"where entry_type in {MOVED} group by all having sum(amount) <> 0"
    ).fetchall()
    return {tuple(row[:4]): Fraction(row[4]) for row in rows}


def _moves(world: PayWorld, oracle: Oracle) -> Moved:
    found: Moved = defaultdict(Fraction)
    for who, currency, month, kind, amount in moves(world, oracle):
        if kind != "guarantee":
            found[payee_key(who), currency, month, kind] += amount
    return {key: amount for key, amount in found.items() if amount}


def expected(world: PayWorld, oracle: Oracle, through: date | None = None) -> Totals:
    """What a world has earned by payee and currency in months up to one, by brute force."""
    totals: Totals = defaultdict(Fraction)
    first = world.first_period or FIRST
    for (who, *_), currency, month, amount in earned_by_month(oracle):
        if first <= month <= (through or AS_OF):
            totals[payee_key(who), currency] += amount
    for who, currency, month, _, amount in moves(world, oracle):
        if month <= (through or AS_OF):
            totals[payee_key(who), currency] += amount
    for _, who, day, text, currency, author, approver in world.overrides:
        allowed = approver not in ("", author, who)
        if allowed and first <= day.replace(day=1) <= (through or AS_OF):
            totals[payee_key(who), currency] += Fraction(text)
    return {key: value for key, value in totals.items() if value}


def known_on(world: PayWorld, day: date) -> PayWorld:
    """What of a world has happened by a day."""
    return replace(
        world,
        deals=[row for row in world.deals if row[2] <= day],
        refunds=[row for row in world.refunds if row[2] <= day],
        leads=[row for row in world.leads if row[2] <= day],
        payments=[row for row in world.payments if row[2] <= day],
        as_of=day,
    )


def edit(random: Random, world: PayWorld, number: int) -> None:
    """Change the past: amounts, owners, days, quotas; take deals away; refund, override."""
    for place in random.sample(range(len(world.deals)), 6):
        name, owner, day, amount, currency, quantity, sdr = world.deals[place]
        match random.randrange(3):
            case 0:
                amount = f"{random.randint(1, 5_000_000) / 100:.2f}"
            case 1:
                owner = random.choice(REPS)
            case 2:
                day = FIRST + timedelta(days=random.randint(0, (AS_OF - FIRST).days))
        refunded = sum((Decimal(row[3]) for row in world.refunds if row[1] == name), Decimal(0))
        is_sold_first = all(row[2] >= day for row in world.refunds if row[1] == name)
        if Decimal(amount) >= refunded and is_sold_first:
            world.deals[place] = (name, owner, day, amount, currency, quantity, sdr)
    refunded_deals = {row[1] for row in world.refunds}
    free = [row for row in world.deals if row[0] not in refunded_deals]
    gone, taken_back = random.sample(free, 2)
    world.deals.remove(gone)
    later = min(AS_OF, taken_back[2] + timedelta(days=random.choice((0, 20, 200))))
    world.refunds.append((f"late{number}", taken_back[0], later, taken_back[3], taken_back[4]))
    place = random.randrange(len(world.quotas))
    world.quotas[place] = (*world.quotas[place][:4], "30000.00", world.quotas[place][5])
    if world.overrides:
        place = random.randrange(len(world.overrides))
        name, _, *rest = world.overrides[place]
        world.overrides[place] = (name, random.choice(REPS), *rest)  # type: ignore[assignment]
    who, approver = random.choice(REPS), random.choice(("", "m1", LEADS[0], "boss"))
    day = FIRST + timedelta(days=31 * random.randrange(20) + 14)
    amount = f"{random.randint(-50_000, 90_000) / 100:.2f}"
    world.overrides.append((f"o{number}", who, day.replace(day=15), amount, "EUR", "m1", approver))


@pytest.mark.parametrize(("seed", "first_period"), [(5, None), (7, date(2025, 3, 1))])
def test_late_edits_and_closes_at_any_time_come_to_what_is_earned(
    pay_models: CompiledModels, tmp_path: Path, seed: int, first_period: date | None
) -> None:
    """All that was earned, or all of the months from the first on that the ledger pays."""
    random = Random(seed)
    plans = random_plans(random)
    world = random_world(random, [name.rpartition("_")[0] for name in plans], deals=40)
    world.first_period = first_period
    add_payments(random, world)
    book = Book(tmp_path, pay_models, plans)
    locked: dict[tuple[object, ...], str] = {}
    for number, day in enumerate(DAYS):
        edit(random, world, number)
        seen = known_on(world, day)
        with book.computed(seen) as connection:
            oracle = book.oracle(seen)
            both = "(from compensation.comp_ledger select payee_key, currency_code, "
            both += "origin_period, entry_type, amount union all from "
            both += "compensation.comp_pending_posting select payee_key, currency_code, "
            both += "origin_period, entry_type, amount)"
            assert unlike(_totals(connection, both), expected(seen, oracle)) == {}
            moved = _moved(connection, both)
            assert unlike(moved, _moves(seen, oracle)) == {}
            assert_statements_are_the_ledger(connection)
            days = 0 if day in (DAYS[0], AS_OF) else random.choice((0, 25, 100))
            closed = book.close(connection, day, days)
            if closed:
                with pytest.raises(LedgerError, match="another ledger"):
                    book.close(connection, day, days)
        now = book.hashes()
        assert unlike({key: now.get(key) for key in locked}, locked) == {}
        locked = now
        if closed:
            through = closed[-1].period
            assert unlike(book.postings(), expected(seen, oracle, through)) == {}
            with book.computed(seen) as connection:
                assert book.close(connection, day, days) == ()
                assert_statements_are_the_ledger(connection)
            assert book.hashes() == locked
    assert len([key for key in locked if not key[0]]) > 20
    assert {kind for *_, kind in moved} >= {"hold", "release", "draw_advance", "draw_recovery"}
    late = book.postings("origin_period < posting_period")
    assert late


def assert_statements_are_the_ledger(connection: duckdb.DuckDBPyConnection) -> None:
    """Final statements are the ledger, open where the last one closed, and add up."""
    assert connection.execute(
        """
        with statements as (
            select *, coalesce(lag(closing) over (
                partition by payee_key, currency_code order by period), 0) as closed_before
            from compensation.comp_statement
        ), posted as (
            select payee_key, posting_period as period, currency_code, sum(amount) as amount
            from compensation.comp_ledger group by all
        )
        select count(*) from statements
        full join posted using (payee_key, period, currency_code)
        where opening is distinct from closed_before
            or opening + earnings + adjustments + draws + holds <> closing
            or (status = 'final' and (content_hash is null or frozen_closing <> closing
                or closing - opening <> coalesce(posted.amount, 0)))
            or (posted.amount is not null and status is distinct from 'final')
        """
    ).fetchall() == [(0,)]


def test_a_deal_and_its_full_refund_leave_nothing_across_closes(
    pay_models: CompiledModels, tmp_path: Path
) -> None:
    """Paid in one month and clawed back in another: 0.00, at the rate that was paid."""
    plans = {
        "rep": """
plan: rep
label: Rep
version: 1
valid_from: 2025-01-01
approved_by: boss
approved_date: 2024-12-01
components:
  - {component: own, label: Own, measure: bookings, credit_type: revenue, method: marginal,
     scope: transaction, frequency: monthly, fx_date: credit_date,
     bands: [{at_least: 0, below: 1000, rate: 0.0333}, {at_least: 1000, rate: 0.0777}]}
"""
    }
    world = PayWorld(
        people=[("r1", "", FIRST)],
        assignments=[("r1", "rep", FIRST, None, "0", "EUR")],
        deals=[("d1", "r1", date(2025, 1, 20), "12345.67", "EUR", "1", "")],
    )
    book = Book(tmp_path, pay_models, plans)
    paid = Fraction("914.86")  # 1,000 x 3.33 % = 33.30, 11,345.67 x 7.77 % = 881.56
    parts = [
        (date(2025, 1, 31), "", paid),
        (date(2025, 2, 28), "0.01", None),
        (date(2025, 3, 31), "12000.33", None),
        (date(2025, 4, 30), "345.33", Fraction(0)),
    ]
    for day, refund, left in parts:
        if refund:
            world.refunds.append((f"f{day.month}", "d1", day, refund, "EUR"))
        seen = known_on(world, day)
        with book.computed(seen) as connection:
            assert [one.period for one in book.close(connection, day, 0)] == [day.replace(day=1)]
        key = (payee_key("r1"), "EUR")
        total = book.postings().get(key, Fraction(0))
        assert left is None or total == left
        assert 0 <= total <= paid
    assert set(book.postings("entry_type = 'clawback'").values()) == {-paid}
    assert set(book.postings("entry_type = 'earning'").values()) == {paid}
