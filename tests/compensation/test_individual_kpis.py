"""KPIs of the payee alone, from a plan file through the whole engine.

Belongs here: bonuses and conditions on what one person has reached. Does not: what records make a
person's part (tests/kpi/test_kpis_by_person), the company's KPIs (test_published_examples).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from tests.compensation.conftest import Pay
from tests.compensation.pay_oracle import rounded
from tests.compensation.pay_world import PayWorld, earned, payee_key
from tests.kpi.calendar_rows import months_later
from tests.unlike import unlike

pytestmark = [pytest.mark.xdist_group("pay")]

DAY, NEXT = date(2025, 1, 1), date(2026, 1, 1)
PLAN = """\
plan: plan
label: Plan
version: 1
valid_from: 2025-01-01
approved_by: boss
approved_date: 2024-12-01
components:
{components}
"""
CURVE = "points: [{at: 0.5, payout: 0}, {at: 1, payout: 1}, {at: 1.5, payout: 2}]"
RATE = f"""\
  - {{component: rate, label: Own win rate, clause: § 4, kind: bonus, kpi: win_rate,
     of: individual, goal: 0.5, method: interpolated, frequency: annual, weight: 0.4, {CURVE}}}
"""
TEAM = f"""\
  - {{component: team, label: Win rate of all, kind: bonus, kpi: win_rate, goal: 0.5,
     method: interpolated, frequency: annual, weight: 0.6, {CURVE}}}
"""
DEALS = """\
  - component: deals
    label: Deals
    measure: bookings
    method: flat
    frequency: {frequency}
    scope: {scope}
    fx_date: credit_date
    bands: [{{at_least: 0, rate: 0.1}}]
    {condition}
"""
PEOPLE = ("rep", "peer", "idle")
GRAINS = {"monthly": ("month", 1), "quarterly": ("quarter", 3), "annual": ("year", 12)}
GOALS = {"win_rate": Fraction(1, 2), "deals_won": Fraction(4), "bookings": Fraction(9000)}
Parts = dict[tuple[str, str, date], list[Fraction | None]]


def plan(*components: str) -> dict[str, str]:
    """A plan of some components, as a file."""
    return {"plan": PLAN.format(components="".join(components))}


def world(**won_and_decided: tuple[int, int]) -> PayWorld:
    """Three people on the plan, and what they won and decided in March 2025; "nobody" too."""
    made = PayWorld(people=[(who, "", DAY) for who in PEOPLE], as_of=date(2025, 12, 31))
    made.assignments = [(who, "plan", DAY, None, "10000", "EUR") for who in PEOPLE]
    march = date(2025, 3, 1)
    for who, counts in won_and_decided.items():
        name = "" if who == "nobody" else who
        for component, count in zip(("deals_won", "deals_closed"), counts, strict=True):
            made.parts.append((component, name, march, str(count)))
    made.kpis = [
        ("win_rate", grain, start, "0.55", "0.9")
        for grain, start in (("month", march), ("quarter", DAY), ("year", DAY))
    ]
    return made


def test_each_is_paid_for_what_one_won(pay: Pay) -> None:
    """3 of 5 are 120 % of one half: 140 % of 4,000; 1 of 4 are 50 %, which pays nothing.

    Who decided nothing has no win rate. All have 6,000 x 120 % for the 55 % of the company.
    """
    decided = world(rep=(3, 5), peer=(1, 4), nobody=(7, 7))
    paid = pay(plan(RATE, TEAM), decided)
    assert [earned(paid, who, "rate") for who in PEOPLE] == [[Decimal(5600)], [Decimal(0)], [None]]
    assert [earned(paid, who, "team") for who in PEOPLE] == [[Decimal(7200)]] * 3
    assert paid.execute(
        """
        select kpi_of, target, actual, numerator, denominator, achievement, amount
        from compensation.comp_kpi_result where payee_key = ? order by kpi_of
        """,
        [payee_key("rep")],
    ).fetchall() == [
        ("company", Decimal("0.5"), Decimal("0.55"), None, None, Decimal("1.1"), 7200),
        ("individual", Decimal("0.5"), Decimal("0.6"), 3, 5, Decimal("1.2"), 5600),
    ]
    [(explanation,)] = paid.execute(
        "select explanation from compensation.comp_earning_line where payee_key = ? "
        "and explanation like '%alone%'",
        [payee_key("rep")],
    ).fetchall()
    assert explanation == (
        "KPI win_rate of the payee alone came to 0.6 (3 / 5) of 0.5, which is 120 %: target pay "
        "10000.00 EUR x weight 40 % x payout 140 % x 365 / 365 days is 5600.00 EUR; Own win rate, "
        "plan version 1, § 4."
    )
    assert paid.execute(
        """
        select kpi, kpi_of from compensation.comp_plan_component order by component_order
        """
    ).fetchall() == [("win_rate", "individual"), ("win_rate", "company")]


@pytest.mark.parametrize(
    ("condition", "paid_out"),
    [
        ("gates: [{kpi: win_rate, of: individual, goal: 0.5, at_least: 1}]", (100, 0, 0)),
        ("gates: [{kpi: win_rate, goal: 0.5, at_least: 1}]", (100, 100, 100)),
        ("multiplier: {kpi: win_rate, of: individual, goal: 0.5, bands: [{at_least: 0, below: 1, "
         "multiply: 0.5}, {at_least: 1, multiply: 2}]}", (200, 50, 50)),
        ("multiplier: {kpi: deals_won, of: individual, goal: 2, bands: [{at_least: 0, below: 0.5, "
         "multiply: 0}, {at_least: 0.5, multiply: 1.5}]}", (150, 150, 0)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("scope", ["period", "year_to_date"])
def test_conditions_look_at_what_the_payee_has_reached(
    pay: Pay, condition: str, paid_out: tuple[int, ...], scope: str
) -> None:
    """Everybody sells for 1,000 at 10 %; what nobody knows of the idle is achieved by 0."""
    decided = world(rep=(3, 5), peer=(1, 4))
    decided.kpis += [("deals_won", *row[1:]) for row in decided.kpis]
    decided.deals = [
        (f"d_{who}", who, date(2025, 3, 9), "1000", "EUR", "1", "") for who in PEOPLE
    ]  # fmt: skip
    frequency = "quarterly" if scope == "period" else "monthly"
    paid = pay(plan(DEALS.format(frequency=frequency, scope=scope, condition=condition)), decided)
    assert [sum(earned(paid, who)) for who in PEOPLE] == list(paid_out)


def _payout(achievement: Fraction) -> Fraction:
    """The curve: nothing up to one half, the whole at 1, twice from 1.5 on."""
    return max(Fraction(0), min(Fraction(2), 2 * achievement - 1))


def _weight(kpi: str, frequency: str) -> str:
    return "0.04" if (kpi, frequency) == ("win_rate", "monthly") else "0.12"


def _random_world(random: Random) -> tuple[PayWorld, Parts]:
    """Forty people who come and go, and what they and nobody decided, won and sold by month."""
    made, own = PayWorld(), Parts()
    for number in range(40):
        who = f"p{number}"
        made.people.append((who, "", DAY))
        first = date.fromordinal(DAY.toordinal() + random.choice((0, 0, random.randint(0, 500))))
        made.assignments.append((who, "plan", first, None, f"{random.randint(1, 9999)}.50", "EUR"))
    for who in [*(row[0] for row in made.people), ""]:
        for month in (months_later(DAY, number) for number in range(24)):
            if random.random() < 0.5:
                continue
            decided = random.randint(1, 4)
            amount = random.choice(("", str(random.randint(-500_000, 900_000) / 100)))
            for component, quantity in (
                ("deals_closed", str(decided)), ("deals_won", str(random.randint(0, decided))),
                ("bookings", amount),
            ):  # fmt: skip
                made.parts.append((component, who, month, quantity))
                own[component, who, month] = [Fraction(quantity) if quantity else None]
    return made, own


def _values(own: Parts, who: str, start: date, months: int) -> dict[str, Fraction | None]:
    """What each KPI of a person came to in a period, in the words of its definition."""
    spans = [months_later(start, number) for number in range(months)]

    def total(component: str) -> Fraction | None:
        cells = [x for month in spans for x in own.get((component, who, month), [])]
        known = [x for x in cells if x is not None]
        return sum(known, Fraction(0)) if known or not cells else None

    won, closed = total("deals_won"), total("deals_closed")
    rate = None if won is None or not closed else won / closed
    return {"win_rate": rate, "deals_won": won, "bookings": total("bookings")}


def _bonus(value: Fraction, kpi: str, target: Fraction, days: Fraction) -> Decimal:
    achieved = rounded(rounded(value, 6) / GOALS[kpi], 6)
    cents = rounded(target * _payout(achieved) * days, 2)
    return Decimal(cents.numerator) / cents.denominator


def test_random_people_against_fractions(pay: Pay) -> None:
    """Monthly, quarterly and yearly bonuses."""
    made, own = _random_world(Random(5))
    items = [
        f"  - {{component: {kpi}_{frequency}, label: x, kpi: {kpi}, of: individual, "
        f"goal: {float(goal)}, method: interpolated, frequency: {frequency}, "
        f"weight: {_weight(kpi, frequency)}, {CURVE}}}\n"
        for frequency in GRAINS
        for kpi, goal in GOALS.items()
    ]
    expected: dict[tuple[str, str, date], Decimal | None] = {}
    for frequency, (grain, months) in GRAINS.items():
        for start in (months_later(DAY, number) for number in range(0, 24, months)):
            made.kpis += [(kpi, grain, start, "1", "") for kpi in GOALS]
            for who, _, first, _, target, _ in made.assignments:
                days = (months_later(start, months) - max(first, start)).days
                for kpi, value in _values(own, who, start, months).items():
                    share = Fraction(target) * Fraction(_weight(kpi, frequency))
                    if days > 0:
                        expected[payee_key(who), f"{kpi}_{frequency}", start] = (
                            None
                            if value is None
                            else _bonus(value, kpi, share, Fraction(days, 365))
                        )
    found = (
        pay(plan(*items), made)
        .execute(
            """
        select payee_key, component, period_start, amount
        from compensation.comp_kpi_result
        inner join compensation.comp_plan_component using (component_key)
        """
        )
        .fetchall()
    )
    amounts = {row[:3]: row[3] for row in found}
    assert unlike(amounts, expected) == {}
    kinds = [
        {"nothing" if not amount else "paid" for key, amount in amounts.items()
         if key[1].startswith(kpi) and amount is not None}
        for kpi in GOALS
    ]  # fmt: skip
    assert kinds == [{"nothing", "paid"}] * 3
    unknown = {key[1].rpartition("_")[0] for key, amount in amounts.items() if amount is None}
    assert unknown == {"win_rate", "bookings"}
