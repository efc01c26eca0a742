"""Team pools, from plan files through the engine, against exact fractions.

Belongs here: what members get of a pool. Does not: components of credits (test_pay_oracle).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
import yaml

from tests.compensation.conftest import Pay
from tests.compensation.pay_oracle import rounded
from tests.compensation.pay_world import AS_OF, FIRST, PayWorld, payee_key
from tests.kpi.calendar_rows import period_end
from tests.unlike import unlike

pytestmark = [pytest.mark.xdist_group("pay")]

GRAINS = {"monthly": "month", "quarterly": "quarter", "annual": "year"}
BANDS: dict[str, list[tuple[int, int | None, str, str]]] = {
    "flat": [(0, None, "rate", "0.0123")],
    "marginal": [(0, 5000, "rate", "0.01"), (5000, 20000, "rate", "0.0255"),
                 (20000, None, "rate", "0.04")],
    "retroactive": [(0, 8000, "rate", "0.01"), (8000, None, "rate", "0.0333")],
    "step": [(0, 4000, "amount", "0"), (4000, None, "amount", "777.77")],
    "interpolated": [(1000, None, "amount", "0"), (9000, None, "amount", "500.01")],
}  # fmt: skip
Members = list[tuple[str, date, date | None, int]]


def _plan(name: str, method: str, pool: dict[str, object], frequency: str) -> str:
    tariff = "points" if method == "interpolated" else "bands"
    key = "at" if method == "interpolated" else "at_least"
    listed = [
        {key: low, **({"below": high} if high else {}), paid: float(value)}
        for low, high, paid, value in BANDS[method]
    ]
    item = {"component": "pool", "label": "Pool", "kpi": "renown", "method": method,
            "frequency": frequency, "pool": pool, tariff: listed}  # fmt: skip
    content = {"plan": name, "label": name, "version": 1, "valid_from": FIRST,
               "approved_by": "boss", "approved_date": "2024-12-01",
               "components": [item]}  # fmt: skip
    return yaml.safe_dump(content, sort_keys=False)


def _worth(method: str, value: Fraction) -> Fraction:
    """What a pool comes to, by the definition of each method."""
    value = max(value, Fraction(0))
    bands = [(Fraction(low), None if high is None else Fraction(high), Fraction(paid))
             for low, high, _, paid in BANDS[method]]  # fmt: skip
    if method in ("flat", "marginal"):
        return sum((max(min(value, high or value) - low, Fraction(0)) * rate
                    for low, high, rate in bands), Fraction(0))  # fmt: skip
    if method == "interpolated":
        (start, _, _), (end, _, most) = bands
        return most * min(max((value - start) / (end - start), Fraction(0)), Fraction(1))
    reached = max((band for band in bands if band[0] <= value), key=lambda band: band[0])
    return reached[2] * value if method == "retroactive" else reached[2]


def _shared(pool: Fraction, members: Members, start: date, end: date) -> dict[str, int]:
    """The cents of each member, by largest remainder of weight times days."""
    parts: dict[str, int] = defaultdict(int)
    for who, first, last, weight in members:
        days = (min(last or date.max, end + timedelta(1)) - max(first, start)).days
        if days > 0:
            parts[who] = weight * days
    cents, whole = int(rounded(pool, 2) * 100), sum(parts.values())
    if not whole:
        return {}
    given = {who: cents * part // whole for who, part in parts.items()}
    left = sorted(parts, key=lambda who: (-(cents * parts[who] % whole), who))
    for who in left[: cents - sum(given.values())]:
        given[who] += 1
    return given


def _values(random: Random, world: PayWorld) -> dict[tuple[str, date, int], Fraction]:
    """Let the KPI come to something in every period: of the company (0) and of the team (1)."""
    values = {}
    for grain in GRAINS.values():
        day = FIRST
        while day <= AS_OF:
            company, team = (f"{random.randint(-500_000, 3_000_000) / 100:.2f}" for _ in range(2))
            world.kpis.append(("renown", grain, day, company, ""))
            world.team_kpis.append(("renown", grain, day, "North", team))
            values[grain, day, 0], values[grain, day, 1] = Fraction(company), Fraction(team)
            day = period_end(day, grain) + timedelta(1)
    return values


def _members(
    random: Random, world: PayWorld, name: str, weights: list[int], by_pay: int
) -> Members:
    """Five people who come and go."""
    members = []
    for place in range(5):
        first = FIRST + timedelta(days=random.choice((0, 0, random.randint(1, 400))))
        last = random.choice((None, first + timedelta(days=random.randint(1, 300))))
        who, target = f"{name}_{place}", random.randint(100, 9000)
        world.people.append((who, "", FIRST))
        world.assignments.append((who, name, first, last, f"{target}.50", "EUR"))
        weight = weights[place] if place < len(weights) else 1
        members.append((who, first, last, weight * (target * 100 + 50 if by_pay else 1)))
    return members


def test_pools_are_shared_to_the_cent_by_weight_and_days(pay: Pay) -> None:
    """Every method and length of period; of the company and of a team, equal and by target pay."""
    random = Random(11)
    world, plans = PayWorld(), {}
    expected: dict[tuple[str, date], Decimal] = {}
    values = _values(random, world)
    for number, method in enumerate(BANDS):
        name, is_team, frequency = f"pool_{number}", number % 2, list(GRAINS)[number % 3]
        weights = random.sample((1, 2, 3, 5), 2)
        pool: dict[str, object] = {"weights": [
            {"employee_id": f"{name}_{place}", "weight": weight}
            for place, weight in enumerate(weights)
        ]}  # fmt: skip
        if is_team:
            pool |= {"team": "North", "share_by": "target_pay"}
        plans[name] = _plan(name, method, pool, frequency)
        members = _members(random, world, name, weights, is_team)
        grain, day = GRAINS[frequency], FIRST
        while day <= AS_OF:
            end = period_end(day, grain)
            given = _shared(_worth(method, values[grain, day, is_team]), members, day, end)
            expected |= {(payee_key(who), day): Decimal(cents) / 100
                         for who, cents in given.items() if cents}  # fmt: skip
            day = end + timedelta(1)
    found = (
        pay(plans, world)
        .execute(
            "select payee_key, period, amount from compensation.comp_earning_line "
            "where event_type = 'pool' and amount <> 0"
        )
        .fetchall()
    )
    assert len(found) > 100
    assert unlike({(who, day): amount for who, day, amount in found}, expected) == {}
