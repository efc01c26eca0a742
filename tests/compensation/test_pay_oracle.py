"""Random plans, deals, splits and refunds against a brute-force oracle in exact fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import duckdb
import pytest
import yaml

from orchestration.company.plan_checks import read_plans
from tests.compensation.conftest import Pay
from tests.compensation.pay_oracle import Oracle, rounded
from tests.compensation.pay_world import AS_OF, PayWorld, payee_key, run, write_company
from tests.compensation.random_pay import add_payments, random_plans, random_world
from tests.kpi.compiled import CompiledModels, empty_warehouse
from tests.unlike import unlike

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pay")]

SEEDS = range(4)
LINES = """
    select events.event_key, lines.credited_payee_key, lines.payee_key, components.plan,
        components.plan_version, components.component, lines.tier_number, lines.base_in_tier,
        lines.amount
    from compensation.comp_earning_line as lines
    inner join compensation.comp_plan_component as components using (component_key)
    inner join compensation.comp_event as events on lines.event_key = events.event_key
    order by all
"""


@pytest.fixture(scope="module", params=SEEDS)
def told(
    request: pytest.FixtureRequest,
    pay_models: CompiledModels,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, PayWorld, Oracle]]:
    """A random world, what the models made of it, and what the oracle does."""
    random = Random(request.param)
    folder = tmp_path_factory.mktemp("company")
    plans = random_plans(random)
    world = random_world(random, [name.rpartition("_")[0] for name in plans])
    add_payments(random, world)
    write_company(folder, plans, world)
    read, problems = read_plans(folder)
    assert problems == []
    with empty_warehouse(pay_models) as connection:
        run(connection, pay_models, folder, world)
        yield connection, world, Oracle(world, [one.plan for one in read])


Told = tuple[duckdb.DuckDBPyConnection, PayWorld, Oracle]


def test_credits_are_the_oracles(told: Told) -> None:
    connection, _, oracle = told
    found = connection.execute(
        """
        select events.event_key, credits.payee_key, credit_type, share, credited_amount
        from compensation.comp_credit as credits
        inner join compensation.comp_event as events using (event_key)
        """
    ).fetchall()
    expected = {
        (event, payee_key(who), kind): values
        for (event, who, kind), values in oracle.credits.items()
    }
    assert len(found) > 100
    assert unlike({tuple(row[:3]): _fractions(row[3:]) for row in found}, expected) == {}


def test_earning_lines_are_the_oracles(told: Told) -> None:
    connection, _, oracle = told
    found = connection.execute(LINES).fetchall()
    expected = {
        (event, payee_key(who), payee_key(payee), *rest): values
        for (event, who, payee, *rest), values in oracle.lines.items()
        if any(values)
    }
    assert len(found) > 100
    mine = {tuple(row[:7]): _fractions(row[7:]) for row in found}
    assert unlike(mine, expected) == {}
    assert len({one.item.method for one in oracle.counted}) >= 3
    assert any(one.is_late for one in oracle.counted)
    assert {one.item.credited_to for one in oracle.counted} & {"team", "organisation"}
    assert any(one.item.sold for one in oracle.counted)
    assert {one.item.measure for one in oracle.counted} & {"margin", "cash_received"}


def test_what_caps_carry_is_the_oracles(told: Told) -> None:
    connection, _, oracle = told
    found = connection.execute(
        """
        select lines.payee_key, plan, component, lines.currency_code, lines.period_grain, period,
            amount
        from compensation.comp_earning_line as lines
        inner join compensation.comp_plan_component using (component_key)
        where event_type = 'carried_cap'
        """
    ).fetchall()
    expected = {(payee_key(who), *rest): value for (who, *rest), value in oracle.carried.items()}
    assert unlike({tuple(row[:6]): Fraction(row[6]) for row in found}, expected) == {}


def test_random_plans_have_every_term(told: Told) -> None:
    """At least in some world; each is worth its lines."""
    _, _, oracle = told
    factors = {oracle.factor(one) for one in oracle.counted}
    assert len(factors) > 1


def test_some_conditions_are_on_what_the_payee_alone_reached() -> None:
    """In some world a gate is one, in another a multiplier; and somebody has decided nothing."""
    kinds = set()
    for seed in SEEDS:
        for text in random_plans(Random(seed)).values():
            for item in yaml.safe_load(text)["components"]:
                alone = [one for one in item.get("gates", []) if one.get("of") == "individual"]
                kinds |= {"gate"} if alone else set()
                if item.get("multiplier", {}).get("of") == "individual":
                    kinds.add("multiplier")
    assert kinds == {"gate", "multiplier"}


def test_attainment_is_the_oracles(told: Told) -> None:
    connection, world, oracle = told
    found = connection.execute(
        """
        select payee_key, plan, plan_version, component, attained.currency_code, period_start,
            credited, quota
        from compensation.comp_attainment as attained
        inner join compensation.comp_plan_component using (component_key)
        """
    ).fetchall()
    credited: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
    for one in oracle.counted:
        key = (payee_key(one.payee), one.plan.plan, one.plan.version, one.item.component)
        credited[*key, one.currency, one.start(one.credit.event.day)] += one.base
    assert {tuple(row[:6]): Fraction(row[6]) for row in found if row[6]} == {
        key: rounded(value, 2) for key, value in credited.items() if rounded(value, 2)
    }
    quotas = {tuple(row[:6]): Fraction(row[7]) for row in found if row[7] is not None}
    assert quotas == oracle.quotas(world)


def test_the_order_in_which_rows_arrive_changes_nothing(
    pay_models: CompiledModels, tmp_path_factory: pytest.TempPathFactory
) -> None:
    random = Random(99)
    plans = random_plans(random)
    world = random_world(random, [name.rpartition("_")[0] for name in plans])
    answers = []
    for _ in range(2):
        folder = tmp_path_factory.mktemp("company")
        write_company(folder, plans, world)
        with empty_warehouse(pay_models) as connection:
            run(connection, pay_models, folder, world)
            answers.append(connection.execute(LINES).fetchall())
        for rows in (world.deals, world.refunds, world.splits, world.leads, world.quotas):
            random.shuffle(rows)  # type: ignore[arg-type]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("method", ["flat", "marginal", "retroactive", "step", "interpolated"])
def test_deals_and_their_full_refunds_leave_nothing(pay: Pay, method: str) -> None:
    """In one refund or in more, in time or late: every payee and component comes to 0.00.

    And on the way nobody has given back more than he or she was paid.
    """
    random = Random(method)
    plans = random_plans(random, method)
    world = random_world(random, [name.rpartition("_")[0] for name in plans], deals=25)
    world.leads, world.refunds = [], []
    for name, _, day, amount, currency, *_ in world.deals:
        left, number = Decimal(amount), 0
        while left:
            part = left if number == 3 else min(left, Decimal(random.randint(1, 10**6)) / 100)
            later = min(AS_OF, day + timedelta(days=random.choice((0, 9, 90, 300))))
            world.refunds.append((f"{name}f{number}", name, later, str(part), currency))
            left, number = left - part, number + 1
    paid = pay(plans, world)
    sums = "select payee_key, component_key, sum(amount) from compensation.comp_earning_line"
    left = paid.execute(f"{sums} group by all having sum(amount) <> 0").fetchall()
    assert left == []
    for day in (date(2025, 5, 1), date(2025, 11, 1), date(2026, 6, 1)):
        so_far = f"{sums} where credit_date < '{day}' and component_key not in (select "
        so_far += "component_key from compensation.comp_plan_component where cap_excess = 'carry')"
        so_far += " group by all"
        assert {row for row in paid.execute(so_far).fetchall() if row[2] < 0} == set()
    assert paid.execute("select count(*) from compensation.comp_earning_line").fetchall() > [(50,)]


def _fractions(values: tuple[object, ...]) -> tuple[Fraction | None, ...]:
    return tuple(None if value is None else Fraction(str(value)) for value in values)
