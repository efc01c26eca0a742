"""Holds, releases and draws by brute force, in exact fractions, month after month.

Belongs here: walking through what an Oracle earned. Does not: earning it (pay_oracle), SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from orchestration.company.plan_terms import Draw, Holdback
from tests.compensation.pay_oracle import GRAINS, NO_END, Oracle, _later, rounded
from tests.compensation.pay_world import FIRST, PayWorld
from tests.kpi.calendar_rows import period_end

# Whose, in which currency, in which month, of what kind, how much.
Move = tuple[str, str, date, str, Fraction]
_ZERO = Fraction(0)


def earned_by_month(oracle: Oracle) -> Iterator[tuple[tuple[str, ...], str, date, Fraction]]:
    """Yield payee with plan, version, component and deal; currency, month and amount of lines."""
    counted = {oracle._key(one, 0)[:-1]: one for one in oracle.counted}
    for (*names, _), (_, amount) in oracle.lines.items():
        one = counted[tuple(names)]
        last = period_end(one.start(one.credit.event.day), GRAINS[one.item.frequency])
        version = str(one.plan.version)
        of = (one.payee, one.plan.plan, version, one.item.component, one.credit.event.root)
        yield of, one.currency, last.replace(day=1), amount
    for (who, plan, component, currency, grain, start), amount in oracle.carried.items():
        month = period_end(start, grain).replace(day=1)
        yield (who, plan, "", component, ""), currency, month, amount


def moves(world: PayWorld, oracle: Oracle) -> list[Move]:
    """Return every hold, release, advance, recovery, forfeiture and guarantee."""
    held = list(_held(world, oracle))
    first = world.first_period or FIRST
    paid: dict[tuple[str, str, date], Fraction] = defaultdict(Fraction)
    for (who, *_), currency, month, amount in earned_by_month(oracle):
        if month >= first:
            paid[who, currency, month] += amount
    for who, currency, month, _, amount in held:
        paid[who, currency, month] += amount
    return [*held, *_drawn(world, oracle, paid)]


def _held(world: PayWorld, oracle: Oracle) -> Iterator[Move]:
    rules = {
        (plan.plan, str(plan.version), item.component): item.holdback
        for plan in oracle.plans
        for item in plan.components
    }
    first = world.first_period or FIRST
    deals: dict[tuple[object, ...], dict[date, Fraction]] = defaultdict(
        lambda: defaultdict(Fraction)
    )
    for of, currency, month, amount in earned_by_month(oracle):
        if amount and month >= first and rules.get(of[1:4]) is not None:
            deals[*of, currency][month] += amount
    for (who, plan, version, component, root, currency), earned in deals.items():
        rule = rules[str(plan), str(version), str(component)]
        assert rule is not None
        held, released = _ZERO, _ZERO
        for month in _months_of(world, rule, str(root), earned):
            so_far = sum((one for day, one in earned.items() if day <= month), _ZERO)
            held_now = rounded(so_far * Fraction(rule.share), 2)
            released_now = _released(world, rule, str(root), earned, month, held_now)
            for kind, change in (("hold", held - held_now), ("release", released_now - released)):
                if change:
                    yield str(who), str(currency), month, kind, change
            held, released = held_now, released_now


def _months_of(
    world: PayWorld, rule: Holdback, root: str, earned: dict[date, Fraction]
) -> list[date]:
    rows = [row for row in (*world.payments, *world.refunds) if row[1] == root]
    months = {max(row[2].replace(day=1), min(earned)) for row in rows}
    later = {_later(day, rule.months or 0) for day in earned}
    return sorted({*earned, *months, *(day for day in later if day <= world.as_of)})


def _released(
    world: PayWorld, rule: Holdback, root: str, earned: dict[date, Fraction], month: date,
    held: Fraction,
) -> Fraction:  # fmt: skip
    if rule.until == "months":
        ripe = sum(
            (one for day, one in earned.items() if _later(day, rule.months or 0) <= month), _ZERO
        )
        return rounded(ripe * Fraction(rule.share), 2) if month <= world.as_of else _ZERO
    last = period_end(month, "month")
    [due] = [Fraction(row[3]) for row in world.deals if row[0] == root]
    due -= sum((Fraction(row[3]) for row in world.refunds if row[1] == root and row[2] <= last),
               _ZERO)  # fmt: skip
    cash = sum((Fraction(row[3]) for row in world.payments if row[1] == root and row[2] <= last),
               _ZERO)  # fmt: skip
    if cash >= due:
        return held
    return rounded(rounded(held * cash / due, 9), 2) if rule.until == "cash" else _ZERO


def _drawn(
    world: PayWorld, oracle: Oracle, paid: dict[tuple[str, str, date], Fraction]
) -> Iterator[Move]:
    spans: dict[tuple[str, str], list[tuple[date, date, date, Draw]]] = defaultdict(list)
    for who, name, start, end, _, currency in world.assignments:
        began = min(row[2] for row in world.assignments if row[:2] == (who, name)).replace(day=1)
        for plan in oracle.plans:
            since = max(start, plan.valid_from)
            until = min(end or NO_END, plan.valid_to or NO_END)
            if plan.plan == name and plan.draw is not None and since < until:
                spans[who, currency].append((since, until, began, plan.draw))
    for (who, currency), known in spans.items():
        owed, month = _ZERO, FIRST
        while (last := period_end(month, "month")) <= world.as_of:
            mine = [span for span in known if span[0] <= last]
            if mine and month >= (world.first_period or FIRST):
                gross = paid[who, currency, month]
                for kind, amount in _faced(mine, month, gross, owed):
                    if amount:
                        yield who, currency, month, kind, amount
                    owed += amount if kind.startswith("draw") else 0
            month = last + timedelta(1)


def _faced(
    spans: list[tuple[date, date, date, Draw]], month: date, gross: Fraction, owed: Fraction
) -> list[tuple[str, Fraction]]:
    """One month of what is owed so far: kinds and amounts."""
    last = period_end(month, "month")
    draw = rounded(sum((_part(span, month, last) for span in spans), _ZERO), 2)
    _, _, began, rule = max(spans, key=lambda span: span[0])
    if rule.kind != "recoverable":
        top_up = max(draw - gross, _ZERO) if draw else _ZERO
        return [("guarantee", draw if rule.kind == "additive" else top_up)]
    change = draw - gross if gross < draw else _ZERO
    if gross >= draw:
        change = -min(owed, rounded((gross - draw) * Fraction(rule.recovered_share or 1), 2))
    elif draw == 0:
        change = _ZERO
    steps = [("draw_advance" if change > 0 else "draw_recovery", change)]
    number = (month.year - began.year) * 12 + month.month - began.month + 1
    if number == rule.forgiven_after_months:
        steps += [("draw_recovery", -owed - change), ("forfeiture", owed + change)]
    return steps


def _part(span: tuple[date, date, date, Draw], month: date, last: date) -> Fraction:
    since, until, began, rule = span
    number = (month.year - began.year) * 12 + month.month - began.month + 1
    days = (min(until, last + timedelta(1)) - max(since, month)).days
    amount = [step.amount for step in rule.amounts if step.from_month <= number][-1]
    return rounded(Fraction(amount) * days / last.day, 9) if days > 0 else _ZERO
