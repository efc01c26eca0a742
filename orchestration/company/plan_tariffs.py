"""The form of a component's tariff: bands that meet, points in order, nothing paid for nothing.

Belongs here: the checks of bands and points. Does not: their models and what else a component says
(plans).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from orchestration.company.value_types import refuse

if TYPE_CHECKING:
    from orchestration.company.plans import PlanComponent


def form_of_method(item: PlanComponent) -> PydanticCustomError | None:
    """Return what is wrong with the bands or points of a component, or None."""
    uses_points = item.method == "interpolated"
    wanted, other = ("points", "bands") if uses_points else ("bands", "points")
    if not getattr(item, wanted) or getattr(item, other):
        return refuse(
            f"{item.component} is {item.method}",
            allowed=f"{wanted}, and no {other}",
            fix=f"write {wanted}",
        )
    return _form_of_points(item) if uses_points else _form_of_bands(item)


def paid_by(item: PlanComponent) -> str:
    """Return the key in which bands or points of a component say what is paid."""
    if item.kpi is not None and item.pool is None:
        return "payout"
    return "amount" if item.method in ("step", "interpolated") else "rate"


def _form_of_bands(item: PlanComponent) -> PydanticCustomError | None:
    key = paid_by(item)
    others = {"rate", "amount", "payout"} - {key}
    for number, band in enumerate(item.bands, start=1):
        if getattr(band, key) is None or any(getattr(band, one) is not None for one in others):
            return refuse(
                f"band {number} of {item.component} ({item.method}) does not say its {key}",
                allowed=f"{key}, and neither {' nor '.join(sorted(others))}",
                fix=f"write {key}",
            )
    if item.method == "flat" and len(item.bands) > 1:
        return refuse(
            f"{item.component} is flat and has {len(item.bands)} bands",
            allowed="one band",
            fix="remove the others, or name the method marginal or retroactive",
        )
    upper: Decimal | None = Decimal(0)
    for number, band in enumerate(item.bands, start=1):
        if upper is None or band.at_least != upper:
            return _unlike(item, number, band.at_least, upper)
        if band.below is not None and band.below <= band.at_least:
            return refuse(
                f"band {number} of {item.component} ends at {band.below} and begins at "
                f"{band.at_least}",
                allowed=f"more than {band.at_least}, or nothing in the last band",
                fix="correct below",
            )
        upper = band.below
    if upper is not None:
        return refuse(
            f"the last band of {item.component} ends at {upper}: nothing is said about more",
            allowed="a last band without `below`",
            fix="remove its `below`, or add a band",
        )
    return _first_is_nothing(item, getattr(item.bands[0], key))


def _unlike(
    item: PlanComponent, number: int, found: Decimal, upper: Decimal | None
) -> PydanticCustomError:
    if upper is None:
        what, expected = "comes after a band without an end", "the band before it to end"
    else:
        what = "leaves a gap" if found > upper else "overlaps with the one before"
        what, expected = f"begins at {found} and {what}", f"at_least: {upper}"
    return refuse(
        f"band {number} of {item.component} {what}", allowed=expected, fix="let the bands meet"
    )


def _form_of_points(item: PlanComponent) -> PydanticCustomError | None:
    key = paid_by(item)
    other = "payout" if key == "amount" else "amount"
    if len(item.points) == 1:
        return refuse(
            f"{item.component} has one point",
            allowed="two points or more",
            fix="add the point at which the curve ends",
        )
    for number, point in enumerate(item.points, start=1):
        if getattr(point, key) is None or getattr(point, other) is not None:
            return refuse(
                f"point {number} of {item.component} does not say its {key}",
                allowed=f"at and {key}",
                fix=f"write {key}",
            )
        if number > 1 and point.at <= item.points[number - 2].at:
            return refuse(
                f"point {number} of {item.component} lies at {point.at}",
                allowed=f"more than {item.points[number - 2].at}",
                fix="put the points in order, each place once",
            )
    if item.points[0].at < 0:
        return refuse(
            f"the first point of {item.component} lies below 0", allowed="0 or more", fix="move it"
        )
    return _first_is_nothing(item, getattr(item.points[0], key))


def _first_is_nothing(item: PlanComponent, value: Decimal) -> PydanticCustomError | None:
    """Steps and curves begin at nothing: what is taken back in whole must leave nothing."""
    if paid_by(item) == "amount" and value != 0:
        return refuse(
            f"{item.component} pays {value} for nothing",
            allowed="an amount of 0 in the first band or point",
            fix="begin with 0",
        )
    return None
