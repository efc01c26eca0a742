"""Turns plans, assignments and quotas into rows of the rules tables.

Belongs here: the rows of the tables about pay. Does not: their columns (rules_schema), or computing
anything: a curve becomes the spans between its points, no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from orchestration.company.plan_approvals import UNVERIFIED, Approval
from orchestration.company.plan_terms import Achieved
from orchestration.company.plans import PlanComponent, PlanFile

Rows = list[dict[str, Any]]


def plan_rows(
    plans: Iterable[PlanFile], approvals: Mapping[tuple[str, int], Approval] | None = None
) -> dict[str, Rows]:
    """Return the rows by table.

    Args:
        plans: Every version of every plan.
        approvals: By plan and version, what is known of its author; not there is not verified.
    """
    tables: dict[str, Rows] = {
        "plan_version": [], "plan_component": [], "plan_band": [], "plan_absence": [],
        "plan_opportunity_type": [], "plan_sold": [], "plan_instead": [], "plan_condition": [],
        "plan_draw": [], "plan_pool_weight": [],
    }  # fmt: skip
    for plan in plans:
        of = {"plan": plan.plan, "version": plan.version}
        approval = (approvals or {}).get((plan.plan, plan.version), UNVERIFIED)
        tables["plan_version"].append(
            {
                **of,
                "plan_label": plan.label,
                "approved_by": plan.approved_by,
                "approved_date": plan.approved_date,
                "author": approval.author,
                "approval_is_verified": approval.is_verified,
                "valid_from": plan.valid_from,
                "valid_to": plan.valid_to,
            }
        )
        tables["plan_absence"] += [
            {**of, "absence_kind": kind} for kind in dict.fromkeys(plan.unpaid_absences)
        ]
        tables["plan_draw"] += [{**of, **step} for step in _draw_steps(plan)]
        replaced = {name for item in plan.components for name in item.instead_of}
        for number, item in enumerate(plan.components, start=1):
            tables["plan_condition"] += [
                {**of, "component": item.component, **band} for band in _conditions(item)
            ]
            counts_part = item.component in replaced or bool(item.sold) or item.measure == "margin"
            tables["plan_component"].append(
                {**of, **_component(item), "counts_part": counts_part, "component_order": number}
            )
            tables["plan_sold"] += [
                {**of, "component": item.component, "sold_by": kind, "sold_value": value}
                for kind, values in item.sold.items()
                for value in dict.fromkeys(values)
            ]
            tables["plan_pool_weight"] += [
                {**of, "component": item.component, **one.model_dump()}
                for one in (item.pool.weights if item.pool else ())
            ]
            tables["plan_instead"] += [
                {**of, "component": item.component, "instead_of": name}
                for name in dict.fromkeys(item.instead_of)
            ]
            tables["plan_opportunity_type"] += [
                {**of, "component": item.component, "opportunity_type": kind}
                for kind in dict.fromkeys(item.opportunity_types)
            ]
            tables["plan_band"] += [
                {**of, "component": item.component, **band} for band in bands_of(item)
            ]
    return tables


def _component(item: PlanComponent) -> dict[str, Any]:
    same = (
        "component", "clause", "kind", "measure", "kpi", "credited_to", "method", "scope",
        "frequency", "measured_in", "quota_measure", "fx_date", "weight", "goal",
        "achievement_decimals",
    )  # fmt: skip
    return {
        **{name: getattr(item, name) for name in same},
        "component_label": item.label,
        "credit_type": item.counted_credits,
        "cap_per": item.cap.per if item.cap else None,
        "cap_amount": item.cap.amount if item.cap else None,
        "cap_excess": item.cap.excess if item.cap else None,
        "pool_shared_by": item.pool.share_by if item.pool else None,
        "pool_team": item.pool.team if item.pool else None,
        "kpi_of": item.kpi_of,
        "counts_every_type": not item.opportunity_types,
        "counted_from": item.counted_from,
        "counted_to": item.counted_to,
        "clawback_method": item.clawback.method if item.clawback else "proportional",
        "clawback_within_months": item.clawback.within_months if item.clawback else None,
        "clawback_term_months": item.clawback.term_months if item.clawback else None,
        "held_share": item.holdback.share if item.holdback else None,
        "held_until": item.holdback.until if item.holdback else None,
        "held_months": item.holdback.months if item.holdback else None,
    }


def _conditions(item: PlanComponent) -> Rows:
    """Return the bands of the conditions: a gate is 0 below its bound and 1 from it on."""
    listed: list[tuple[str, Achieved, list[tuple[Decimal | None, Decimal | None, Decimal]]]] = [
        ("gate", gate, [(None, gate.at_least, Decimal(0)), (gate.at_least, None, Decimal(1))])
        for gate in item.gates
    ]
    if item.multiplier is not None:
        bands = [
            (band.at_least if number else None, band.below, band.multiply)
            for number, band in enumerate(item.multiplier.bands)
        ]
        listed.append(("multiplier", item.multiplier, bands))
    return [
        {
            "condition_number": number,
            "kind": kind,
            "of_component": condition.component,
            "of_kpi": condition.kpi,
            "kpi_of": condition.of if condition.kpi else None,
            "goal": condition.goal,
            "band_number": place,
            "at_least": at_least,
            "below": below,
            "factor": factor,
        }
        for number, (kind, condition, bands) in enumerate(listed, start=1)
        for place, (at_least, below, factor) in enumerate(bands, start=1)
    ]


def _draw_steps(plan: PlanFile) -> Rows:
    """Return the amounts of a draw by the months on the plan for which they hold."""
    if plan.draw is None:
        return []
    steps = plan.draw.amounts
    ends = [*(step.from_month for step in steps[1:]), None]
    return [
        {
            "kind": plan.draw.kind,
            "from_month": step.from_month,
            "to_month": end,
            "amount": step.amount,
            "recovered_share": plan.draw.recovered_share or Decimal(1),
            "forgiven_after_months": plan.draw.forgiven_after_months,
        }
        for step, end in zip(steps, ends, strict=True)
    ]


def bands_of(item: PlanComponent) -> Rows:
    """Return the bands of a component from the bottom; a curve is level at both ends.

    The first has no lower and the last no upper bound. `start_value` and `end_value` are what is
    paid at the two bounds: the same for a step, none where a rate is paid.
    """
    if not item.points:
        return [
            {
                "band_number": number,
                "at_least": band.at_least if number > 1 else None,
                "below": band.below,
                "rate": band.rate,
                "start_value": band.amount if band.payout is None else band.payout,
                "end_value": band.amount if band.payout is None else band.payout,
            }
            for number, band in enumerate(item.bands, start=1)
        ]
    values = [
        (point.at, point.amount if point.payout is None else point.payout) for point in item.points
    ]
    bounds = [(None, values[0][1]), *values, (None, values[-1][1])]
    return [
        {
            "band_number": number,
            "at_least": lower[0],
            "below": upper[0],
            "rate": None,
            "start_value": lower[1],
            "end_value": upper[1],
        }
        for number, (lower, upper) in enumerate(zip(bounds, bounds[1:], strict=False), start=1)
    ]
