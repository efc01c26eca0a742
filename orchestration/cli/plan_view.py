"""A pay plan as sentences that its payees understand.

Belongs here: the words. Does not: printing them, or computing pay.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.cli.plan_term_view import draw_lines, term_lines
from orchestration.company.plan_terms import Pool
from orchestration.company.plans import MONEY, Band, PlanComponent, PlanFile

PERIODS = {"monthly": "month", "quarterly": "fiscal quarter", "annual": "fiscal year"}
COUNTED = {
    "bookings": "the money of won deals",
    "margin": "the money of won deals less what they cost",
    "cash_received": "the money that customers pay for won deals, less what is paid back",
    "quantity": "the pieces sold in won deals",
    "accepted_leads": "leads that Sales accepted",
    "meetings_held": "meetings held",
}
CREDITS = {
    "revenue": "by agreed shares that make the whole deal",
    "overlay": "by shares beside those of the sellers",
    "sourced": "whole, for who had the deal's lead",
}
WHOSE = {
    "own": "one's own",
    "team": "the direct reports'",
    "organisation": "everybody's below, at any depth,",
}
METHODS = {
    "flat": "",
    "marginal": "each part of it at the rate of its band",
    "retroactive": "all of it at the rate of the highest band reached",
    "step": "the amount of the highest band reached",
    "interpolated": "along a curve that is straight between its points",
}


def plan_lines(plan: PlanFile) -> Iterator[str]:
    """Yield the lines of one version of a plan."""
    until = f" to the day before {plan.valid_to}" if plan.valid_to else " on"
    yield f"{plan.label} ({plan.plan}), version {plan.version}"
    yield f"  Holds from {plan.valid_from}{until}; the date of the credit decides."
    yield f"  Approved by {plan.approved_by} on {plan.approved_date}."
    if plan.draw is not None:
        for line in draw_lines(plan.draw):
            yield f"  {line}"
    for number, item in enumerate(plan.components, start=1):
        clause = f", {item.clause}" if item.clause else ""
        yield f"  {number}. {item.label} ({item.component}{clause})"
        for line in _lines(item, plan):
            yield f"     {line}"


def _lines(item: PlanComponent, plan: PlanFile) -> Iterator[str]:
    period = PERIODS[item.frequency]
    if item.pool is not None:
        yield from _pooled(item, item.pool, period)
    elif item.kpi is not None:
        yield from _achieved(item, plan, period)
    else:
        yield from _counted(item, period)
    if METHODS[item.method]:
        yield f"Paid is {METHODS[item.method]}:"
    yield from _tariff(item)
    if item.cap is not None:
        per = {"transaction": "deal", "period": period, "year": "fiscal year"}[item.cap.per]
        rest = "is paid later, as far as the cap allows"
        rest = rest if item.cap.excess == "carry" else "is forfeited"
        yield f"At most {item.cap.amount:,} a {per}; what is above it {rest}."
    yield from term_lines(item)
    if item.fx_date is not None:
        day = "the credit date" if item.fx_date == "credit_date" else f"the {period}'s first day"
        yield f"Other currencies are converted at the rate of {day}."


def _pooled(item: PlanComponent, pool: Pool, period: str) -> Iterator[str]:
    of = f" of {pool.team}" if pool.team else ""
    yield (
        f"A pool each {period} by the KPI {item.kpi}{of}, in the reporting currency, shared "
        "among everybody on the plan by days on it."
    )
    if pool.share_by == "target_pay":
        yield "Members weigh what their target pay is."
    for one in pool.weights:
        yield f"{one.employee_id} weighs {one.weight:,} times as much."


def _achieved(item: PlanComponent, plan: PlanFile, period: str) -> Iterator[str]:
    goal = "the company's target" if item.goal is None else f"a goal of {item.goal:,}"
    whose = " of the payee alone" if item.of == "individual" else ""
    yield (
        f"Pays {_percent(item.weight or Decimal(0))} of the target pay for the KPI {item.kpi}"
        f"{whose} against {goal}, each {period}."
    )
    if plan.unpaid_absences:
        yield f"Days of absence do not count: {', '.join(plan.unpaid_absences)}."


def _counted(item: PlanComponent, period: str) -> Iterator[str]:
    whose = WHOSE[item.credited_to]
    how = CREDITS.get(item.counted_credits or "")
    yield (
        f"Counts {COUNTED[item.measure or '']}{f', {how}' if how else ''}: {whose} credits, "
        f"paid for each {period}."
    )
    if item.opportunity_types:
        yield f"Of deals of these types only: {', '.join(item.opportunity_types)}."
    for kind, values in item.sold.items():
        yield f"Of lines of these {kind.replace('_', ' ')}s only: {', '.join(values)}."
    for name in item.instead_of:
        yield f"What it counts, {name} does not."
    yield _added_up(item, period)


def _added_up(item: PlanComponent, period: str) -> str:
    if item.scope == "transaction":
        return "Each deal is priced by itself, together with what takes it back."
    over = period if item.scope == "period" else "fiscal year so far"
    of = f", as a share of the quota of {item.quota_measure}" if _is_attained(item) else ""
    return f"It is added up over the {over}{of}."


def _is_attained(item: PlanComponent) -> bool:
    is_achieved = item.kpi is not None and item.pool is None
    return is_achieved or item.measured_in == "attainment"


def _tariff(item: PlanComponent) -> Iterator[str]:
    for band in item.bands:
        yield f"{_bounds(item, band)}{_paid(item, band.rate, band.amount, band.payout)}"
    for point in item.points:
        yield f"at {_place(item, point.at)}: {_paid(item, None, point.amount, point.payout)}"


def _bounds(item: PlanComponent, band: Band) -> str:
    if len(item.bands) == 1:
        return "Paid is "
    if band.below is None:
        return f"from {_place(item, band.at_least)} on: "
    return f"from {_place(item, band.at_least)} to below {_place(item, band.below)}: "


def _place(item: PlanComponent, value: Decimal) -> str:
    return _percent(value) if _is_attained(item) else f"{value:,}"


def _paid(
    item: PlanComponent, rate: Decimal | None, amount: Decimal | None, payout: Decimal | None
) -> str:
    if payout is not None:
        return f"{_percent(payout)} of it"
    if amount is not None:
        return f"{amount:,}"
    is_share = item.measure in MONEY or item.pool is not None
    return _percent(rate or Decimal(0)) if is_share else f"{rate:,} each"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
