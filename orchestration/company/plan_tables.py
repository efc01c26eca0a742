"""Turns plans, assignments and quotas into rows of the rules tables.

Belongs here: the rows of the tables about pay. Does not: their columns (rules_schema), or computing
anything: a curve becomes the spans between its points, no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orchestration.company.plans import PlanComponent, PlanFile

Rows = list[dict[str, Any]]


def plan_rows(plans: Iterable[PlanFile]) -> dict[str, Rows]:
    """Return the rows by table.

    Args:
        plans: Every version of every plan.
    """
    tables: dict[str, Rows] = {
        "plan_version": [], "plan_component": [], "plan_band": [], "plan_absence": [],
        "plan_opportunity_type": [],
    }  # fmt: skip
    for plan in plans:
        of = {"plan": plan.plan, "version": plan.version}
        tables["plan_version"].append(
            {
                **of,
                "plan_label": plan.label,
                "approved_by": plan.approved_by,
                "approved_date": plan.approved_date,
                "valid_from": plan.valid_from,
                "valid_to": plan.valid_to,
            }
        )
        tables["plan_absence"] += [
            {**of, "absence_kind": kind} for kind in dict.fromkeys(plan.unpaid_absences)
        ]
        for number, item in enumerate(plan.components, start=1):
            tables["plan_component"].append({**of, **_component(item), "component_order": number})
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
        "counts_every_type": not item.opportunity_types,
    }


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
                "start_value": band.payout if item.kpi else band.amount,
                "end_value": band.payout if item.kpi else band.amount,
            }
            for number, band in enumerate(item.bands, start=1)
        ]
    values = [(point.at, point.payout if item.kpi else point.amount) for point in item.points]
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
