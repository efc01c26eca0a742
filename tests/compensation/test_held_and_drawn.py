"""Draws and holdbacks from a plan file through the ledger: published examples, and late edits.

One company pays everybody, each on a plan of his or her own; its months are closed as they end.

Belongs here: what statements say of them, month by month. Does not: random worlds (test_ledger).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from tests.compensation.pay_world import FIRST, PayWorld, payee_key
from tests.compensation.test_ledger import Book, assert_statements_are_the_ledger, known_on
from tests.kpi.compiled import CompiledModels

pytestmark = [pytest.mark.xdist_group("pay")]

PLAN = """\
plan: {name}
label: Plan
version: 1
valid_from: 2025-01-01
approved_by: boss
approved_date: 2024-12-01
{terms}
components:
  - component: commission
    label: Commission
    measure: bookings
    method: flat
    scope: transaction
    frequency: monthly
    fx_date: credit_date
    {more}
    bands: [{{at_least: 0, rate: 0.1}}]
"""
DRAW = "draw: {{kind: {kind}, amounts: [{{from_month: 1, amount: {amount}}}{more}]{end}}}"
CLOSED, LAST = (date(2025, 3, 31), date(2025, 4, 30)), date(2025, 6, 30)
X_C1 = ("2750", "3000", "1500", "2375", "3000", "2750")


@dataclass(frozen=True)
class Case:
    """Somebody's plan and deals, and what the first months' statements have to say.

    Attributes:
        columns: Of comp_statement.
        rows: One text per month from the first statement on.
        earned: What deals of each month pay.
        late: What a deal of March pays that is known in June.
        cash: What customers pay for the first deal, on the 9th of a month.
        refund: What they get back of the first deal, on 9 March.
        start: First day on the plan.
    """

    columns: str
    rows: tuple[str, ...]
    terms: str = ""
    more: str = ""
    earned: tuple[str, ...] = ("1000",)
    late: str = ""
    cash: Mapping[int, str] | None = None
    refund: str = ""
    start: date = FIRST


def draw(kind: str, amount: str = "2000", more: str = "", end: str = "") -> str:
    """A draw from the first month on."""
    return DRAW.format(kind=kind, amount=amount, more=more, end=end)


HALVES = {2: "5000", 3: "5000"}
CASES = {
    # Published: net pay and, positive, months' surplus; what is owed follows (500 and 125).
    "X-C1": Case(
        "earnings + draws, owed_balance",
        ("2750 0", "3000 0", "2000 500", "2000 125", "2875 0", "2750 0"),
        terms=draw("recoverable"), earned=X_C1,
    ),
    # Of the 500 of March's draw 400 were not needed, and April then gave back the other 100.
    "X-C1 known late": Case(
        "earnings, adjustments, draws, owed_balance",
        ("2750 0 0 0", "3000 0 0 0", "1500 0 500 500", "2375 0 -375 125", "3000 400 -125 0"),
        terms=draw("recoverable"), earned=X_C1, late="400",
    ),
    "X-C4 guarantee": Case(
        "closing, owed_balance", ("5000 0",), terms=draw("guarantee", "5000"), earned=("3200",)
    ),
    "X-C4 recoverable": Case(
        "closing, owed_balance", ("5000 1800",), terms=draw("recoverable", "5000"),
        earned=("3200",),
    ),
    "X-C4 additive": Case(
        "closing, owed_balance", ("8200 0",), terms=draw("additive", "5000"), earned=("3200",)
    ),
    # Half of what is above the draw gives back; 2,000 - 500 - 300 are left when it is forgiven.
    "a draw that ends and is forgiven": Case(
        "earnings, adjustments, draws, owed_balance",
        ("0 0 2000 2000", "1000 0 -500 1500", "600 1200 -1500 0", "700 0 0 0"),
        terms=draw("recoverable", more=", {from_month: 2, amount: 0}",
                   end=", recovered_share: 0.5, forgiven_after_months: 3"),
        earned=("0", "1000", "600", "700"),
    ),
    "10 of 31 days": Case(
        "closing", ("645.16",), terms=draw("guarantee"), earned=(), start=date(2025, 1, 22)
    ),
    # Published 250 for each invoice of 500, which is right for invoices of 5,000 only.
    "X-E10 invoices of 500": Case(
        "earnings + holds, held_balance", ("500 500", "25 475", "25 450", "450 0"),
        more="holdback: {share: 0.5, until: cash}", cash={2: "500", 3: "500", 4: "9000"},
    ),
    "X-E10 invoices of 5,000": Case(
        "earnings + holds, held_balance", ("500 500", "250 250", "250 0"),
        more="holdback: {share: 0.5, until: cash}", cash=HALVES,
    ),
    "held until paid in full": Case(
        "holds, held_balance", ("-700 700", "0 700", "700 0"),
        more="holdback: {share: 0.7, until: paid_in_full}", cash=HALVES,
    ),
    "held for a month": Case(
        "holds, held_balance", ("-700 700", "700 0", "0 0"),
        more="holdback: {share: 0.7, until: months, months: 1}", cash=HALVES,
    ),
    "half paid for, then refunded": Case(
        "closing, held_balance", ("666.67 333.34", "833.34 166.67", "0 0"),
        more="holdback: {share: 0.333333, until: cash}", earned=("1000.01",),
        cash={2: "5000"}, refund="10000.10",
    ),
    # Half of 1,000 is held, so that January lacks 500 of the draw; what is released gives it back.
    "what is held does not fill up": Case(
        "earnings + holds, draws, owed_balance", ("500 500 500", "0 1000 1500", "500 -500 1000"),
        terms=draw("recoverable", "1000", ", {from_month: 3, amount: 0}"),
        more="holdback: {share: 0.5, until: cash}", cash={3: "10000"},
    ),
}  # fmt: skip


def _world() -> tuple[PayWorld, dict[str, str]]:
    world, plans = PayWorld(), {}
    for number, case in enumerate(CASES.values()):
        who = name = f"p{number}"
        plans[name] = PLAN.format(name=name, terms=case.terms, more=case.more)
        world.people.append((who, "", FIRST))
        world.assignments.append((who, name, case.start, None, "0", "EUR"))
        for month, text in enumerate(case.earned, start=1):
            worth = f"{Decimal(text) * 10:.2f}"
            day = date(2025, month, 5)
            world.deals.append((f"{who}m{month}", who, day, worth, "EUR", "1", ""))
        for month, text in (case.cash or {}).items():
            deal = f"{who}m1"
            world.payments.append((f"{deal}p{month}", deal, date(2025, month, 9), text, "EUR"))
        if case.refund:
            world.refunds.append((f"{who}r", f"{who}m1", date(2025, 3, 9), case.refund, "EUR"))
    return world, plans


@pytest.fixture(scope="module")
def stated(
    pay_models: CompiledModels, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[Decimal, ...]]]:
    """What everybody's statements say in June, when all months up to April are closed."""
    world, plans = _world()
    book = Book(tmp_path_factory.mktemp("held"), pay_models, plans)
    for day in CLOSED:
        with book.computed(known_on(world, day)) as connection:
            assert book.close(connection, day, 0)
    for number, case in enumerate(CASES.values()):
        if case.late:
            worth = f"{Decimal(case.late) * 10:.2f}"
            world.deals.append((f"late{number}", f"p{number}", date(2025, 3, 7), worth, "EUR",
                                "1", ""))  # fmt: skip
    with book.computed(known_on(world, LAST)) as connection:
        assert_statements_are_the_ledger(connection)
        return {
            name: connection.execute(
                f"select {case.columns} from compensation.comp_statement where payee_key = ? "
                "order by period",
                [payee_key(f"p{number}")],
            ).fetchall()[: len(case.rows)]
            for number, (name, case) in enumerate(CASES.items())
        }


@pytest.mark.parametrize("name", CASES)
def test_what_is_held_and_drawn(stated: dict[str, list[tuple[Decimal, ...]]], name: str) -> None:
    expected = [tuple(Decimal(word) for word in row.split()) for row in CASES[name].rows]
    assert stated[name] == expected
