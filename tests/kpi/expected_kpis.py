"""What rpt_kpi has to say about some facts, by brute force and with fractions.

Belongs here: each KPI in the words of its formula. Does not: SQL, or anything dbt made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

from tests.kpi.awareness import awareness_parts
from tests.kpi.calendar_rows import GRAINS, months_later, period_end, period_start
from tests.kpi.customer_facts import FIRST_PAID, ONBOARDING_WINDOW, PARENTS
from tests.kpi.expected_customers import STATES, add_on_parts, customer_parts
from tests.kpi.facts import AS_OF, CHANNELS, DIRECT, PRODUCTS, Facts
from tests.kpi.pipeline_facts import pipeline_quantities

Key = tuple[str, str, date, str, str]


@dataclass(frozen=True)
class Part:
    """One record's share in a component."""

    component: str
    day: date
    quantity: Fraction | None
    members: dict[str, str]
    is_state: bool = False

    def is_in(self, start: date, grain: str) -> bool:
        """Whether it counts in a period: a state in the last month begun only."""
        end = min(period_end(start, grain), AS_OF)
        return (end.replace(day=1) if self.is_state else start) <= self.day <= end


@dataclass(frozen=True)
class Expected:
    """One row of rpt_kpi."""

    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    target: Fraction | None
    is_mature: bool


def expected_rows(facts: Facts) -> dict[Key, Expected]:
    """Return every row that rpt_kpi should have."""
    parts = [part for part in _parts(facts) if part.day <= AS_OF]
    first = min((part.day for part in parts), default=AS_OF)
    rows: dict[Key, Expected] = {}
    for kpi, definition in facts.definitions.items():
        components = (definition.numerator_component, definition.denominator_component)
        own = [part for part in parts if part.component in components]
        cells = [
            (grain, start) for grain in GRAINS for start in _starts(first, grain, facts.start_month)
        ]
        for dimension, member in _members(kpi, own, facts, cells):
            for grain, start in cells:
                seen = [
                    part
                    for part in own
                    if part.is_in(start, grain)
                    # Of a state only the last day of a period counts.
                    and (part.component not in STATES or part.day == period_end(start, grain))
                    and (dimension == "all" or part.members[dimension] == member)
                ]
                target = _target(kpi, grain, start, dimension, member, facts)
                rows[kpi, grain, start, dimension, member] = _row(
                    facts, kpi, seen, own, target, grain, start
                )
    return rows


def _starts(first: date, grain: str, start_month: int) -> list[date]:
    start, found = period_start(first, grain, start_month), []
    while start <= AS_OF:
        found.append(start)
        start = months_later(start, GRAINS[grain])
    return found


def _members(
    kpi: str, own: list[Part], facts: Facts, cells: list[tuple[str, date]]
) -> set[tuple[str, str]]:
    dimensions = facts.definitions[kpi].dimensions
    members = {(name, part.members[name]) for part in own for name in dimensions if name != "all"}
    teams = {target["team"] for target in facts.targets if target["kpi"] == kpi} - {"all"}
    if "team" in dimensions:
        members |= {
            ("team", team)
            for team in teams
            if any(_target(kpi, *cell, "team", team, facts) is not None for cell in cells)
        }
    return members | {("all", "all")}


def _row(
    facts: Facts, kpi: str, seen: list[Part], own: list[Part], target: Fraction | None,
    grain: str, start: date,
) -> Expected:  # fmt: skip
    definition = facts.definitions[kpi]
    upper = [part.quantity for part in seen if part.component == definition.numerator_component]
    lower = [part.quantity for part in seen if part.component == definition.denominator_component]
    window = _windows(facts).get(definition.numerator_component or "") or 0
    is_mature = period_end(start, grain) + timedelta(days=window) <= AS_OF
    if definition.aggregation == "median":
        value = Fraction(median(upper)) if upper else None
        return Expected(value, None, Fraction(len(upper)), target, is_mature)
    is_recorded = any(part.component == definition.numerator_component for part in own)
    is_open = period_end(start, grain) > AS_OF
    if definition.numerator_component in STATES and (is_open or not is_recorded):
        return Expected(None, None, None, target, is_mature)
    numerator = _total(upper)
    if definition.aggregation == "sum":
        return Expected(numerator, numerator, None, target, is_mature)
    if not is_recorded:
        numerator = None
    denominator = _total(lower)
    value = numerator / denominator if numerator is not None and denominator else None
    return Expected(value, numerator, denominator, target, is_mature)


def _windows(facts: Facts) -> dict[str, int | None]:
    return {
        "leads_won": facts.window_days,
        "mqls_won_amount": facts.window_days,
        "handoffs_accepted": facts.expires_after_days,
        "customers_onboarded": ONBOARDING_WINDOW,
    }


def _total(quantities: list[Fraction | None]) -> Fraction | None:
    known = [quantity for quantity in quantities if quantity is not None]
    return sum(known, Fraction(0)) if known or not quantities else None


def _target(
    kpi: str, grain: str, start: date, dimension: str, member: str, facts: Facts
) -> Fraction | None:
    if dimension not in ("all", "team"):
        return None
    if grain != "month" and not facts.definitions[kpi].is_additive:
        return None
    months = [months_later(start, number) for number in range(GRAINS[grain])]
    values = [
        target["target_value"]
        for target in facts.targets
        if (target["kpi"], target["team"]) == (kpi, member) and target["target_month"] in months
    ]
    return Fraction(sum(values)) if len(values) == len(months) else None


def _parts(facts: Facts) -> Iterator[Part]:
    for person in facts.persons:
        yield from _person_parts(person, facts)
    for deal in facts.opportunities:
        if deal["is_reportable"]:
            yield from _deal_parts(deal)
    for line in facts.bookings:
        yield from _line_parts(line)
    for component, day, quantity, channel_key in awareness_parts(facts.awareness, DIRECT):
        yield _part(component, day, quantity, {"channel_key": channel_key})
    for component, day, quantity, team, is_state in pipeline_quantities(
        facts.pipeline, facts.targets, FIRST_PAID, AS_OF, facts.start_month
    ):
        known = None if quantity is None else Fraction(quantity)
        yield Part(component, day, known, {"team": team}, is_state)
    yield from _handoff_parts(facts.handoffs)
    yield from _cost_parts(facts)
    for component, day, quantity, row in customer_parts(
        facts.customers, facts.opportunities, AS_OF
    ):
        yield _part(component, day, quantity, {**row, "channel_key": "-"})
    for component, day, quantity, row in add_on_parts(
        facts.bookings, facts.opportunities, PRODUCTS
    ):
        yield _part(component, day, quantity, row)


def _cost_parts(facts: Facts) -> Iterator[Part]:
    platforms = {row["channel_key"] for row in facts.ad_days}
    platforms_and_booked = set(platforms)
    for row in facts.ad_days:
        yield _part("spend", row["spend_date"], row["spend"], row)
    for row in facts.costs:
        is_counted = row["channel_key"] not in platforms if row["channel_key"] else not platforms
        if row["category"] == "media" and is_counted:
            yield _part("spend", row["cost_month"], row["amount"], row)
            platforms_and_booked.add(row["channel_key"])
    yield from _acquisition_parts(facts, platforms_and_booked)


def _acquisition_parts(facts: Facts, paid_channels: set[str | None]) -> Iterator[Part]:
    platforms = {row["channel_key"] for row in facts.ad_days}
    nobody = {"channel_key": "-"}
    costs = [(row["spend_date"], row["spend"]) for row in facts.ad_days]
    for row in facts.costs:
        is_counted = row["channel_key"] not in platforms if row["channel_key"] else not platforms
        if row["category"] == "media":
            costs += [(row["cost_month"], row["amount"])] if is_counted else []
        elif row["business_function"] in ("marketing", "sdr", "sales"):
            costs.append((row["cost_month"], row["amount"]))
    cycles = [
        deal["sales_cycle_days"]
        for deal in facts.opportunities
        if deal["is_won"] and deal["is_reportable"] and deal["close_date"] <= AS_OF
    ]
    # A half month and more is a whole one.
    lag = int(Fraction(median(cycles)) / 30 + Fraction(1, 2)) if cycles else 0
    for day, amount in costs:
        yield _part("acquisition_cost", day, amount, nobody)
        yield _part("acquisition_cost_lagged", months_later(day, lag), amount, nobody)
    for customer in facts.customers.customers:
        day = customer["customer_from_date"]
        first = min(
            (
                deal
                for deal in facts.opportunities
                if deal["is_won"]
                and deal["is_reportable"]
                and deal["close_date"] == day
                and PARENTS[deal["account_key"]] == customer["parent_account_key"]
            ),
            key=lambda deal: str(deal["opportunity_key"]),
            default=None,
        )
        if first is not None:
            yield _part("new_customers", day, 1, first)
            if first["channel_key"] in paid_channels:
                yield _part("new_customers_paid", day, 1, first)


def _person_parts(person: dict[str, Any], facts: Facts) -> Iterator[Part]:
    row = {**person, "team": person["owner_employee_key"]}
    if person["has_lead"]:
        won = person["won"]
        in_window = won and (
            facts.window_days is None or (won - person["known"]).days <= facts.window_days
        )
        yield _part("leads", person["known"], 1, row)
        yield _part("leads_won", person["known"], 1 if in_window else 0, row)
    if person["mql"]:
        yield _part("mqls", person["mql"], 1, row)
        nobodys = {**row, "team": None}
        yield _part("mqls_net_new", person["mql"], 1, nobodys)
        won, in_time = person["won"], facts.window_days
        is_counted = won and (in_time is None or (won - person["mql"]).days <= in_time)
        amount = person["won_amount"] if is_counted else None
        yield _part("mqls_won_amount", person["mql"], amount or 0, nobodys)


def _handoff_parts(handoffs: list[dict[str, Any]]) -> Iterator[Part]:
    for row in handoffs:
        if row["decision"] != "open":
            is_accepted, is_rejected = row["decision"] == "accepted", row["decision"] == "rejected"
            yield _part("handoffs_decided", row["assigned_date"], 1, row)
            yield _part("handoffs_accepted", row["assigned_date"], int(is_accepted), row)
            yield _part("decisions", row["decided_date"], 1, row)
            yield _part("decisions_rejected", row["decided_date"], int(is_rejected), row)
        if row["is_due"]:
            yield _part("handoffs_due", row["due_date"], 1, row)
            yield _part("handoffs_in_time", row["due_date"], int(not row["is_breached"]), row)
            waited = row["waited_business_minutes_from_mql"]
            yield _part("speed_to_lead", row["assigned_date"], waited, row)
    again: dict[tuple[str, int], dict[str, Any]] = {}
    for row in sorted(handoffs, key=lambda one: (one["assigned_at"], one["handoff_key"])):
        if row["cycle_number"] > 1:
            again.setdefault((row["person_key"], row["cycle_number"]), row)
    for row in again.values():
        yield _part("mqls_re_engaged", row["mql_date"] or row["assigned_date"], 1, row)


def _deal_parts(deal: dict[str, Any]) -> Iterator[Part]:
    opened = {**deal, "team": deal["team_at_creation"], "product_key": deal["primary_product_key"]}
    first = deal["first_amount"] if deal["first_amount"] is not None else deal["amount"]
    yield _part("opportunities_created", deal["created_date"], 1, opened)
    if deal["pipeline_date"]:
        yield _part("pipeline_created", deal["pipeline_date"], first, opened)
    if not (deal["is_won"] or deal["is_lost"]):
        return
    closed, day, amount = (
        {**opened, "team": deal["team_at_close"]},
        deal["close_date"],
        deal["amount"],
    )
    yield _part("deals_closed", day, 1, closed)
    yield _part("deals_won", day, int(deal["is_won"]), closed)
    if amount is not None:
        yield _part("closed_amount", day, amount, closed)
        yield _part("won_amount_of_closed", day, amount if deal["is_won"] else 0, closed)
    if deal["is_won"]:
        yield _part("won_amount", day, amount, closed)
        yield _part("sales_cycle_days", day, deal["sales_cycle_days"], closed)
        if amount is not None:
            yield _part("deals_won_with_amount", day, 1, closed)


def _line_parts(line: dict[str, Any]) -> Iterator[Part]:
    yield _part("bookings", line["booking_date"], line["amount"], line)
    if line["amount"] is not None and line["list_amount"] is not None:
        yield _part("booked_amount_with_list", line["booking_date"], line["amount"], line)
        yield _part("list_amount_with_booked", line["booking_date"], line["list_amount"], line)


def _part(component: str, day: date, quantity: Any, row: dict[str, Any]) -> Part:
    members = {
        "channel": CHANNELS.get(row["channel_key"] or "", "not_recorded"),
        "team": row.get("team") or "unknown",
        "segment": row.get("segment") or "unknown",
        "region": row.get("region") or "unknown",
        "product": PRODUCTS.get(row.get("product_key") or "", "unknown"),
    }
    return Part(component, day, None if quantity is None else Fraction(quantity), members)
