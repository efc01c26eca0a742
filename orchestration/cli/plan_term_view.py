"""Conditions, claw-backs, holdbacks and draws of a plan as sentences.

Belongs here: the words. Does not: tariffs (plan_view), or computing pay.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.company.plan_terms import Achieved, Clawback, Draw, Holdback
from orchestration.company.plans import PlanComponent

CLAWED_BACK = {
    "proportional": "what they refund, in proportion",
    "full": "all that was paid for the deal, with the first of them",
    "months_unserved": "the months of the term of {term} that were not served, with the first",
}
RELEASED = {
    "cash": "as the deal's cash comes in, in proportion",
    "paid_in_full": "when the deal is paid in full",
    "months": "{months} months later",
}
DRAWN = {
    "recoverable": "Pay is filled up to {amount}; what is filled up is owed, and {share} of later "
    "pay above the draw gives it back",
    "guarantee": "Pay is filled up to {amount}; nothing is owed for it",
    "additive": "Beside what is earned stand {amount}",
}


def term_lines(item: PlanComponent) -> Iterator[str]:
    """Yield what holds beside the tariff of a component."""
    if item.counted_from is not None or item.counted_to is not None:
        since = f" from {item.counted_from}" if item.counted_from else ""
        until = f" to the day before {item.counted_to}" if item.counted_to else ""
        yield f"Counts credits of days{since}{until} only."
    for gate in item.gates:
        yield f"Pays nothing unless {_achieved(gate)} is at {_percent(gate.at_least)} or more."
    if item.multiplier is not None:
        yield f"Multiplied by {_achieved(item.multiplier)}:"
        for band in item.multiplier.bands:
            until = "on" if band.below is None else f"to below {_percent(band.below)}"
            yield f"from {_percent(band.at_least)} {until}: x {band.multiply:,}"
    if item.clawback is not None:
        yield _clawed_back(item.clawback)
    if item.holdback is not None:
        yield _held(item.holdback)


def draw_lines(draw: Draw) -> Iterator[str]:
    """Yield what comes before it is earned."""
    share = _percent(draw.recovered_share or Decimal(1))
    told = DRAWN[draw.kind]
    for number, step in enumerate(draw.amounts):
        after = draw.amounts[number + 1 :]
        until = f" to {after[0].from_month - 1}" if after else " on"
        months = f"the plan's month {step.from_month}{until}"
        if step.amount == 0:
            yield f"Draw: none from {months}."
        else:
            yield f"Draw: {told.format(amount=f'{step.amount:,}', share=share)}; from {months}."
    if draw.forgiven_after_months is not None:
        yield f"What is owed after {draw.forgiven_after_months} months is forgiven."


def _achieved(what: Achieved) -> str:
    if what.kpi is None:
        return f"the attainment of {what.component}"
    goal = "the company's target" if what.goal is None else f"a goal of {what.goal:,}"
    whose = " of the payee alone" if what.of == "individual" else ""
    return f"the KPI {what.kpi}{whose} against {goal}"


def _clawed_back(rule: Clawback) -> str:
    within = f" within {rule.within_months} months" if rule.within_months else ""
    return f"Refunds{within} take back {CLAWED_BACK[rule.method].format(term=rule.term_months)}."


def _held(rule: Holdback) -> str:
    when = RELEASED[rule.until].format(months=rule.months)
    return f"{_percent(rule.share)} of it is held, and paid {when}."


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
