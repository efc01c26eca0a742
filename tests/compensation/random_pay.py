"""Random plans as files, and random worlds of people and deals.

Belongs here: drawing them from a seeded generator. Does not: what should be paid (pay_oracle).
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import yaml

from orchestration.company.plans import MONEY, OF_DEALS, REFUNDED
from tests.compensation.pay_world import AS_OF, FIRST, PayWorld
from tests.kpi.calendar_rows import period_start

REPS, LEADS = tuple(f"r{number}" for number in range(1, 9)), ("m1", "m2")
CHIEFS = ("c1", "c2")
OF_LEADS = ("own", "team", "team", "organisation", "organisation")
CURRENCIES = ("EUR", "EUR", "USD", "GBP")
METHODS = ("flat", "marginal", "marginal", "retroactive", "step", "interpolated")
DAYS = (AS_OF - FIRST).days
WITH_A_GOAL = {"kpi": "renown", "goal": 80}
OWN = {"kpi": "win_rate", "of": "individual", "goal": 0.4}


def random_plans(random: Random, method: str = "") -> dict[str, str]:
    """Return plan files by name: three plans for reps and two for leads, some with two versions.

    With a method all components have it, and no plan changes.
    """
    plans = {}
    for plan in ("rep_a", "rep_b", "rep_c", "lead_a", "lead_b"):
        change = random.choice((None, date(2025, 7, 1), date(2025, 8, 15)))
        if method:
            change = None
        spans = [(FIRST, change), (change, None)] if change else [(FIRST, None)]
        for version, (start, end) in enumerate(spans, start=1):
            content: dict[str, Any] = {
                "plan": plan,
                "label": plan,
                "version": version,
                "valid_from": start,
                "valid_to": end,
                "approved_by": "boss",
                "approved_date": "2024-12-01",
                "components": [
                    _component(random, number, plan.startswith("lead"), method)
                    for number in range(random.randint(1, 3))
                ],
            }
            _add_terms(random, content["components"], is_whole=bool(method))
            _sell_parts(random, content["components"])
            if random.random() < 0.6:
                content["draw"] = _draw(random)
            known = {key: value for key, value in content.items() if value is not None}
            plans[f"{plan}_{version}"] = yaml.safe_dump(known, sort_keys=False)
    return plans


def _component(random: Random, number: int, is_lead: bool, method: str) -> dict[str, Any]:
    measure = random.choice(
        ("bookings", "bookings", "margin", "cash_received", "quantity", "accepted_leads")
    )
    if method:
        measure = ("bookings", "margin", "quantity")[number]
    is_money = measure in MONEY
    method = method or random.choice(METHODS)
    scope = random.choice(("transaction", "period", "period", "year_to_date"))
    is_attained = scope != "transaction" and random.random() < 0.5
    item: dict[str, Any] = {
        "component": f"part{number}",
        "label": f"Part {number}",
        "measure": measure,
        "method": method,
        "scope": scope,
        "frequency": random.choice(("monthly", "quarterly", "annual")),
        "credited_to": random.choice(OF_LEADS) if is_lead else "own",
    }
    if is_money:
        item["fx_date"] = random.choice(("credit_date", "period_start"))
    if measure != "accepted_leads":
        item["credit_type"] = random.choice(("revenue", "revenue", "overlay", "sourced"))
    if measure != "accepted_leads" and random.random() < 0.3:
        item["opportunity_types"] = random.choice((["renewal", "expansion"], ["new"]))
    if is_attained:
        item["measured_in"] = "attainment"
        item["quota_measure"] = "bookings" if is_money else "leads"
    unit = 1.0 if is_attained else 20_000 if is_money else 6
    bounds = sorted({round(unit * random.uniform(0.2, 2.5), 2) for _ in range(3)})
    if method == "interpolated":
        places = [0, *bounds]
        amounts = [0, *sorted(random.randint(0, 90_000) / 100 for _ in bounds)]
        item["points"] = [
            {"at": at, "amount": amount} for at, amount in zip(places, amounts, strict=True)
        ]
    else:
        bounds = [] if method == "flat" else bounds
        item["bands"] = _bands(random, method, bounds, is_money=is_money)
    if random.random() < 0.4:
        cap = random.choice(({"per": "transaction"}, {"per": "period"}, {"per": "year"},
                             *[{"per": "period", "excess": "carry"}] * 2))  # fmt: skip
        item["cap"] = {**cap, "amount": random.randint(0, 300_000) / 100}
    if random.random() < 0.2:
        item["counted_from"] = FIRST + timedelta(days=random.randint(0, 300))
    return item


def _add_terms(random: Random, components: list[dict[str, Any]], *, is_whole: bool) -> None:
    """Let components depend on others, and refunds take back more or less, unless all is whole."""
    attained = [one["component"] for one in components if "quota_measure" in one]
    for item in components:
        looked_at = [{"kpi": "renown"}, OWN if item["component"] == "part1" else WITH_A_GOAL]
        looked_at += [{"component": name} for name in attained] * 2
        if random.random() < 0.25:
            item["gates"] = [
                {**random.choice(looked_at), "at_least": random.choice((0.3, 0.75, 1))}
                for _ in range(random.choice((1, 1, 2)))
            ]
        if random.random() < 0.25:
            bound, factor = random.choice((0.5, 0.9)), random.choice((0, 0.333333, 0.8))
            bands = [{"at_least": 0, "below": bound, "multiply": factor},
                     {"at_least": bound, "below": 1.1, "multiply": 1},
                     {"at_least": 1.1, "multiply": 1.25}]  # fmt: skip
            item["multiplier"] = {**random.choice(looked_at), "bands": bands}
        is_carried = item.get("cap", {}).get("excess") == "carry"
        if item["measure"] in REFUNDED and not is_carried and random.random() < 0.5:
            item["holdback"] = dict(random.choice((
                {"share": 0.5, "until": "cash"}, {"share": 0.333333, "until": "cash"},
                {"share": 1, "until": "paid_in_full"},
                {"share": 0.3, "until": "months", "months": 3},
            )))  # fmt: skip
        if item["measure"] in REFUNDED and not is_whole and random.random() < 0.4:
            clawback = random.choice((
                {"method": "full"}, {"method": "months_unserved", "term_months": 12},
                {"within_months": 3}, {"method": "full", "within_months": 2},
            ))  # fmt: skip
            item["clawback"] = dict(clawback)


def _sell_parts(random: Random, components: list[dict[str, Any]]) -> None:
    """Let components count some lines of deals only, perhaps instead of another one."""
    for item in components:
        if item["measure"] not in OF_DEALS or random.random() < 0.6:
            continue
        asked = ({"products": ["p1", "p3"]}, {"product_groups": ["g1"]}, {"products": ["p2"]},
                 {"booking_types": ["renewal"]},
                 {"product_groups": ["g1", "g2"], "booking_types": ["new"]})  # fmt: skip
        item.update(random.choice(asked))
        alike = [other["component"] for other in components if other is not item and all(
            other.get(key) == item.get(key) for key in ("measure", "credit_type", "credited_to")
        )]  # fmt: skip
        if alike and random.random() < 0.7:
            item["instead_of"] = [random.choice(alike)]


def _draw(random: Random) -> dict[str, Any]:
    """A draw of some kind that ends, or goes on."""
    last = random.randint(3, 14)
    steps = [{"from_month": 1, "amount": random.choice((300, 812.37))}]
    if last % 2:
        steps.append({"from_month": 3, "amount": random.choice((100, 499.99))})
    steps.append({"from_month": last + 1, "amount": 0})
    kind = random.choice(("recoverable", "recoverable", "recoverable", "guarantee", "additive"))
    draw: dict[str, Any] = {"kind": kind, "amounts": steps}
    if kind == "recoverable":
        draw["recovered_share"] = random.choice((1, 0.5, 0.333333))
    if kind == "recoverable" and random.random() < 0.5:
        draw["forgiven_after_months"] = last + random.randint(0, 4)
    return draw


def add_payments(random: Random, world: PayWorld) -> None:
    """Let customers pay: some nothing, some all of it, some in parts that may be too much."""
    for name, _, day, amount, currency, *_ in world.deals:
        for number in range(random.choice((0, 1, 2, 3))):
            part = random.choice((1, 0.5, 0.333, 0.25)) * float(amount)
            paid = min(AS_OF, day + timedelta(days=random.choice((-10, 5, 50, 200))))
            world.payments.append((f"{name}p{number}", name, paid, f"{part:.2f}", currency))


def _bands(
    random: Random, method: str, bounds: list[float], *, is_money: bool
) -> list[dict[str, float]]:
    bands = []
    for number, (lower, upper) in enumerate(zip([0, *bounds], [*bounds, None], strict=True)):
        band = {"at_least": lower}
        if upper is not None:
            band["below"] = upper
        if method == "step":
            band["amount"] = 0 if number == 0 else random.randint(1, 90_000) / 100
        else:
            rate = random.choice((0, 0.01, 0.025, 0.0333, 0.05, 0.125))
            band["rate"] = rate if is_money else round(rate * 1_000, 2)
        bands.append(band)
    return bands


def random_world(random: Random, plans: list[str], deals: int = 60) -> PayWorld:
    """Return people with leads and plans that change, and what they sold and gave back."""
    world = PayWorld()
    world.rates = [
        (currency, FIRST + timedelta(days=61 * number), str(round(random.uniform(0.7, 1.3), 4)))
        for currency in ("USD", "GBP")
        for number in range(12)
    ]
    for who in (*CHIEFS, *LEADS, *REPS):
        kind = "rep" if who in REPS else "lead"
        above = {"r": LEADS, "m": CHIEFS}.get(who[0], ())
        world.people.append((who, random.choice(above) if above else "", FIRST))
        if above and random.random() < 0.4:
            world.people.append((who, random.choice(above), _day(random)))
        mine = sorted({plan for plan in plans if plan.startswith(kind)})
        change = random.choice((None, date(2025, 10, 1), date(2026, 2, 11)))
        gap = timedelta(days=random.choice((0, 0, 9)))
        spans = [(FIRST, change), (change + gap, None)] if change else [(FIRST, None)]
        for start, end in spans:
            plan = random.choice([*mine, "juggler"] if random.random() < 0.1 else mine)
            world.assignments.append((who, plan, start, end, "0", random.choice(CURRENCIES)))
        _add_quotas(random, world, who)
    world.kpis = [
        ("renown", grain, period_start(FIRST + timedelta(days=31 * number), grain, 1),
         str(random.randint(20, 130)), random.choice(("", "90", "100")))
        for grain, count in (("month", 18), ("quarter", 7), ("year", 2))
        for number in range(0, count * {"month": 1, "quarter": 3, "year": 12}[grain],
                            {"month": 1, "quarter": 3, "year": 12}[grain])
    ]  # fmt: skip
    _decide_by_person(world)
    for number in range(deals):
        _add_deal(random, world, f"d{number:03d}")
    for number in range(deals // 2):
        world.leads.append((f"l{number:03d}", random.choice((*REPS, "")), _day(random)))
    return world


def _decide_by_person(world: PayWorld) -> None:
    """What everybody, and nobody, won and decided by month; some decide nothing for a while."""
    random = Random("by person")
    world.kpis += [("win_rate", *row[1:3], "0.3", "") for row in world.kpis]
    for who in (*CHIEFS, *LEADS, *REPS, ""):
        for number in range(24):
            if random.random() < 0.4:
                decided = random.randint(1, 5)
                month = period_start(FIRST + timedelta(days=31 * number), "month", 1)
                world.parts.append(("deals_closed", who, month, str(decided)))
                world.parts.append(("deals_won", who, month, str(random.randint(0, decided))))


def _lines(random: Random, cents: int, pieces: int) -> list[tuple[str, str, str, str, str, str]]:
    """Lines that sum to a deal: what some cost is not known, and some cost more than they bring."""
    cuts = sorted(random.randint(0, cents) for _ in range(random.randint(0, 2)))
    lines = []
    for number, (low, high) in enumerate(zip([0, *cuts], [*cuts, cents], strict=True)):
        product, group = random.choice((("p1", "g1"), ("p2", "g1"), ("p3", "g2"), ("", "")))
        cost = f"{(high - low) * random.random() * 1.2 / 100:.2f}"
        cost = "" if random.random() < 0.1 else cost
        kind, amount = random.choice(("new", "renewal")), f"{(high - low) / 100:.2f}"
        lines.append((product, group, kind, amount, cost, "0" if number else str(pieces)))
    return lines


def _day(random: Random) -> date:
    return FIRST + timedelta(days=random.randint(0, DAYS))


def _add_quotas(random: Random, world: PayWorld, who: str) -> None:
    for measure, unit, currency in (("bookings", 20_000, random.choice(CURRENCIES)),
                                    ("leads", 4, "")):  # fmt: skip
        start = FIRST
        while start < AS_OF and random.random() > 0.05:
            end = start + timedelta(days=random.choice((31, 59, 90, 181)))
            amount = random.choice((0, unit, unit * 1.5, round(unit * random.random(), 2)))
            world.quotas.append((who, measure, start, end, f"{amount:.2f}", currency))
            start = end


def _add_deal(random: Random, world: PayWorld, name: str) -> None:
    day, cents = _day(random), random.choice((random.randint(1, 5_000_000), 10_050, 1))
    currency = random.choice(CURRENCIES)
    world.deals.append((
        name, random.choice((*REPS, *LEADS, "")), day, f"{cents / 100:.2f}", currency,
        str(random.randint(0, 12)), random.choice(("", *REPS)),
    ))  # fmt: skip
    if random.random() < 0.7:
        world.lines[name] = _lines(random, cents, int(world.deals[-1][5]))
    if random.random() < 0.4:
        world.types[name] = random.choice(("renewal", "expansion", "other"))
    for kind in ("revenue", "overlay"):
        if random.random() < 0.5:
            continue
        shares = random.choice((("0.5",), ("0.333333",) * 3, ("0.6", "0.4"), ("0.125", "0.5")))
        agreed = day - timedelta(days=random.choice((-3, 0, 40)))
        for who, share in zip(random.sample(REPS, len(shares)), shares, strict=True):
            world.splits.append((name, who, kind, share, agreed))
        if random.random() < 0.3:
            earlier = agreed - timedelta(days=1)
            world.splits.append((name, random.choice(REPS), kind, "1", earlier))
    if random.random() < 0.45:
        left = cents
        for number in range(random.choice((1, 2, 3))):
            part = left if random.random() < 0.3 else random.randint(0, left)
            later = min(AS_OF, day + timedelta(days=random.choice((0, 3, 40, 120, 390))))
            known = "" if random.random() < 0.05 else name
            world.refunds.append((f"{name}f{number}", known, later, f"{part / 100:.2f}", currency))
            left -= part if known else 0
