"""What rpt_kpi has to say about some facts, by brute force and with fractions.

Belongs here: each KPI in the words of its formula. Does not: SQL, or anything dbt made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from tests.kpi.awareness import IDENTIFICATION_WINDOW, awareness_parts, brand_parts
from tests.kpi.calendar_rows import GRAINS, months_later, period_end, period_start
from tests.kpi.customer_facts import FIRST_PAID, ONBOARDING_WINDOW, PARENTS
from tests.kpi.expected_customers import LIFETIME_MONTHS, STATES, add_on_parts, customer_parts
from tests.kpi.facts import (
    AS_OF,
    CHANNELS,
    DIRECT,
    PRODUCTS,
    SOURCING_RULES,
    STAGES,
    TEAMS,
    Facts,
)
from tests.kpi.pipeline_facts import pipeline_quantities, quota_quantities

Key = tuple[str, str, date, str, str]
# Whose a part is: no dimension that a KPI is reported by.
WHO = "employee"


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
        if definition.aggregation == "product":
            continue
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
    for kpi, definition in facts.definitions.items():
        if definition.aggregation == "product":
            for key in _cells_of(kpi, facts, set(rows)):
                rows[kpi, *key] = _product(kpi, key, rows, facts)
    return rows


def expected_of_people(facts: Facts) -> dict[tuple[str, date, str], Fraction | None]:
    """Return what each person has of the components that can be told by person, by month."""
    told = {
        component
        for definition in facts.definitions.values()
        if definition.by_person
        for component in definition.components
    }
    cells: dict[tuple[str, date, str], list[Fraction | None]] = {}
    for part in _parts(facts):
        if part.component in told and part.day <= AS_OF:
            key = part.component, part.day.replace(day=1), part.members[WHO]
            cells.setdefault(key, []).append(part.quantity)
    return {key: _total(quantities) for key, quantities in cells.items()}


Cell = tuple[str, date, str, str]


def _cells_of(kpi: str, facts: Facts, rows: set[Key]) -> list[Cell]:
    """The cells that every sum, ratio and median has that the product is made of, however deep."""
    definition = facts.definitions[kpi]
    leaves, parts = set(), [*definition.factors, *definition.divisors]
    while parts:
        part = facts.definitions[parts.pop()]
        if part.aggregation == "product":
            parts += [*part.factors, *part.divisors]
        else:
            leaves.add(part.kpi)
    dimensions = {"all", *definition.dimensions}
    cells = {row[1:] for row in rows if row[0] in leaves and row[3] in dimensions}
    return [cell for cell in cells if all((leaf, *cell) in rows for leaf in leaves)]  # type: ignore[index]


def _product(kpi: str, cell: Cell, rows: dict[Key, Expected], facts: Facts) -> Expected:
    definition = facts.definitions[kpi]

    def times(names: list[str]) -> tuple[Fraction | None, bool]:
        result, is_mature = Fraction(1), True
        for name in names:
            if facts.definitions[name].aggregation == "product":
                part = _product(name, cell, rows, facts)
            else:
                part = rows[name, *cell]
            is_mature = is_mature and part.is_mature
            if part.value is None:
                return None, _are_mature(names, cell, rows, facts)
            result *= part.value
        return result, is_mature

    upper, is_upper_mature = times(definition.factors)
    lower, is_lower_mature = times(definition.divisors)
    value = upper / lower if upper is not None and lower else None
    if definition.at_most is not None:
        if upper and upper > 0 and lower == 0:
            value = Fraction(definition.at_most)
        elif value is not None:
            value = min(value, Fraction(definition.at_most))
    grain, start, dimension, member = cell
    target = _target(kpi, grain, start, dimension, member, facts)
    return Expected(value, upper, lower, target, is_upper_mature and is_lower_mature)


def _are_mature(names: list[str], cell: Cell, rows: dict[Key, Expected], facts: Facts) -> bool:
    return all(
        _product(name, cell, rows, facts).is_mature
        if facts.definitions[name].aggregation == "product"
        else rows[name, *cell].is_mature
        for name in names
    )


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
    if definition.aggregation in ("median", "p90"):
        take = median if definition.aggregation == "median" else _p90
        value = Fraction(take(upper)) if upper else None
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


def _p90(values: list[Fraction]) -> Fraction:
    """Nine tenths of the way from the least to the greatest, counted in places."""
    ordered = sorted(Fraction(value) for value in values)
    place = Fraction(9, 10) * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _windows(facts: Facts) -> dict[str, int | None]:
    return {
        "leads_won": facts.window_days,
        "mqls_won_amount": facts.window_days,
        "handoffs_accepted": facts.expires_after_days,
        "customers_onboarded": ONBOARDING_WINDOW,
        "cohort_yearly_amounts": LIFETIME_MONTHS * 31,
        "visitors_identified": IDENTIFICATION_WINDOW,
        **{f"{first}_to_{second}_converted": days for (first, second), days in facts.steps.items()},
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
        yield from _step_parts(person, facts)
    for deal in facts.opportunities:
        if deal["is_reportable"]:
            yield from _deal_parts(deal)
    for line in facts.bookings:
        yield from _line_parts(line)
    yield from _yearly_parts(facts.bookings)
    for component, day, quantity, channel_key in awareness_parts(facts.awareness, DIRECT):
        yield _part(component, day, quantity, {"channel_key": channel_key})
    for component, day, quantity, region in brand_parts(facts.awareness):
        yield _part(component, day, quantity, {"channel_key": None, "region": region})
    yield from _pipeline_parts(facts)
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


def _pipeline_parts(facts: Facts) -> Iterator[Part]:
    for component, day, quantity, team, is_state in pipeline_quantities(
        facts.pipeline, facts.targets, FIRST_PAID, AS_OF, facts.start_month
    ):
        known = None if quantity is None else Fraction(quantity)
        yield Part(component, day, known, {"team": team}, is_state)
    for component, day, quantity, who in quota_quantities(facts.pipeline, AS_OF):
        known = None if quantity is None else Fraction(quantity)
        yield Part(component, day, known, {"team": who if who in TEAMS else "unknown", WHO: who})


def _cost_parts(facts: Facts) -> Iterator[Part]:
    platforms = {row["channel_key"] for row in facts.ad_days}
    platforms_and_booked = set(platforms)
    for row in facts.ad_days:
        yield _part("spend", row["spend_date"], row["spend"], row)
        yield _part("marketing_cost", row["spend_date"], row["spend"], row)
    for row in facts.costs:
        is_counted = row["channel_key"] not in platforms if row["channel_key"] else not platforms
        if row["category"] == "media" and is_counted:
            yield _part("spend", row["cost_month"], row["amount"], row)
            yield _part("marketing_cost", row["cost_month"], row["amount"], row)
            platforms_and_booked.add(row["channel_key"])
    yield from _acquisition_parts(facts, platforms_and_booked)
    yield from _ledger_parts(facts)


def _ledger_parts(facts: Facts) -> Iterator[Part]:
    for row in facts.costs:
        day, amount, budget = row["cost_month"], row["amount"], row["budget_amount"]
        yield _part("costs", day, amount, row)
        if budget is not None:
            yield _part("cost_budget", day, budget, row)
            yield _part("costs_with_budget", day, amount, row)
        is_selling = row["business_function"] in ("sdr", "sales") and row["category"] != "media"
        if row["business_function"] == "marketing" and row["category"] != "media":
            yield _part("marketing_cost", day, amount, row)
        if is_selling:
            yield _part("sales_cost", day, amount, row)
        if is_selling and row["category"] in ("people", "commission"):
            yield _part("selling_pay", day, amount, row)
        if row["category"] == "commission":
            yield _part("commission_cost", day, amount, row)


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


def _step_parts(person: dict[str, Any], facts: Facts) -> Iterator[Part]:
    row = {**person, "team": person["owner_employee_key"]}
    reached = {name: person[name] for name in STAGES if person[name] and person[name] <= AS_OF}
    for stage, day in reached.items():
        yield _part(f"entries_{stage}", day, 1, row)
    for (first, second), window in facts.steps.items():
        if first not in reached:
            continue
        days = (reached[second] - reached[first]).days if second in reached else None
        in_time = days is not None and 0 <= days <= window
        yield _part(f"{first}_to_{second}_entered", reached[first], 1, row)
        yield _part(f"{first}_to_{second}_converted", reached[first], int(in_time), row)
        paces = {person["without_pace"][first], person["without_pace"][second]}
        if days is not None and days >= 0 and paces == {None}:
            yield _part(f"{first}_to_{second}_days", reached[second], days, row)


def _person_parts(person: dict[str, Any], facts: Facts) -> Iterator[Part]:
    row = {**person, "team": person["owner_employee_key"]}
    if person["has_lead"]:
        won = person["won"]
        in_window = won and (
            facts.window_days is None or (won - person["known"]).days <= facts.window_days
        )
        yield _part("leads", person["known"], 1, row)
        yield _part("leads_won", person["known"], 1 if in_window else 0, row)
    if person["sql"]:
        yield _part("sqls", person["sql"], 1, row)
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
            came_back = is_accepted and row["returned_date"] is not None
            yield _part("decisions_recycled", row["decided_date"], int(came_back), row)
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
        yield _part("saos", deal["pipeline_date"], 1, opened)
        if deal["opportunity_type"] != "renewal" and first is not None:
            yield from _sourced_parts(opened, first)
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
    if deal["pipeline_date"]:
        yield _part("saos_closed", day, 1, closed)
        yield _part("saos_won", day, int(deal["is_won"]), closed)
        if deal["is_won"] and amount is not None:
            yield _part("saos_won_amount", day, amount, closed)
            yield _part("saos_won_with_amount", day, 1, closed)
        if deal["is_won"]:
            yield _part("sao_cycle_days", day, (day - deal["pipeline_date"]).days, closed)
    if deal["is_won"]:
        yield _part("won_amount", day, amount, closed)
        yield _part("sales_cycle_days", day, deal["sales_cycle_days"], closed)
        if amount is not None:
            yield _part("deals_won_with_amount", day, 1, closed)


def _sourced_parts(deal: dict[str, Any], amount: Decimal) -> Iterator[Part]:
    yield _part("pipeline_to_source", deal["pipeline_date"], amount, deal)
    influenced = amount if deal["is_marketing_influenced"] else 0
    yield _part("pipeline_influenced_by_marketing", deal["pipeline_date"], influenced, deal)
    for rule in SOURCING_RULES:
        own = amount if deal[f"sourced_by_{rule}"] == "marketing" else 0
        yield _part(f"pipeline_sourced_by_{rule}", deal["pipeline_date"], own, deal)


def _line_parts(line: dict[str, Any]) -> Iterator[Part]:
    if line["amount"] is not None and line["cost_amount"] is not None:
        margin = line["amount"] - line["cost_amount"]
        yield _part("margin_amount", line["booking_date"], margin, line)
        yield _part("amount_with_cost", line["booking_date"], line["amount"], line)
    yield _part("bookings", line["booking_date"], line["amount"], line)
    if line["amount"] is not None and line["list_amount"] is not None:
        yield _part("booked_amount_with_list", line["booking_date"], line["amount"], line)
        yield _part("list_amount_with_booked", line["booking_date"], line["list_amount"], line)


def _yearly_parts(lines: list[dict[str, Any]]) -> Iterator[Part]:
    deals: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        deals.setdefault(line["opportunity_key"], []).append(line)
    for own in deals.values():
        amounts = [line["amount"] for line in own if line["amount"] is not None]
        if sum(amounts) <= 0:
            continue
        years = [_yearly(line) for line in own]
        known = [year for year in years if year is not None]
        row = {**own[0], "product_key": None}
        total = sum(known, Fraction(0)) if known else None
        yield _part("yearly_amount_of_deals", own[0]["booking_date"], total, row)
        yield _part("deals_above_zero", own[0]["booking_date"], 1, row)


def _yearly(line: dict[str, Any]) -> Fraction | None:
    if line["recurring_amount"]:
        return Fraction(line["recurring_amount"])
    if line["amount"] is None:
        return None
    years = max(Fraction(line["term_months"] or 12, 12), Fraction(1))
    # Of a line the sixth place is the last; thirds and halves of cents never lie between two.
    return Fraction(round(Fraction(line["amount"]) / years * 10**6), 10**6)


def _part(component: str, day: date, quantity: Any, row: dict[str, Any]) -> Part:
    members = {
        "channel": CHANNELS.get(row["channel_key"] or "", "not_recorded"),
        "team": row.get("team") or "unknown",
        "segment": row.get("segment") or "unknown",
        "region": row.get("region") or "unknown",
        "product": PRODUCTS.get(row.get("product_key") or "", "unknown"),
        "persona": row.get("persona") or "unknown",
        "function": row.get("business_function") or "unknown",
        "reach": row.get("reach") or "unknown",
        WHO: row.get("owner_employee_key") or "unknown",
    }
    return Part(component, day, None if quantity is None else Fraction(quantity), members)
