"""compensation/plans/*.yml: what is paid for what, one file for each version of a plan.

A company without the folder pays nobody. Amounts are in the currency in which a payee is paid.

Belongs here: the models of a plan file and the checks that need one component only. Does not:
checks of a plan as a whole (plan_checks), who is on a plan (pay_rows), computing pay (SQL).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from orchestration.company.plan_tariffs import form_of_method
from orchestration.company.plan_terms import (
    KPI_OF,
    Cap,
    Clawback,
    Draw,
    Gate,
    Holdback,
    KpiOf,
    Multiplier,
    Pool,
    form_of_person,
)
from orchestration.company.value_types import (
    Amount,
    Day,
    Decision,
    Integer,
    Money,
    PositiveInteger,
    Probability,
    SnakeCase,
    Text,
    refuse,
)

PLANS_FOLDER = "compensation/plans"

Measure = Literal[
    "bookings", "margin", "cash_received", "quantity", "accepted_leads", "meetings_held"
]
CreditType = Literal["revenue", "overlay", "sourced", "accepted_lead", "meeting_held"]
Method = Literal["flat", "marginal", "retroactive", "step", "interpolated"]
OpportunityType = Literal["new", "expansion", "renewal", "other"]
BookingType = Literal["new", "expansion", "renewal", "one_time", "other"]
Decimals = Annotated[Integer, Field(ge=0, le=6)]

# What is counted, and whose credits may be counted for it.
CREDIT_TYPES: dict[Measure, tuple[CreditType, ...]] = {
    "bookings": ("revenue", "overlay", "sourced"),
    "margin": ("revenue", "overlay", "sourced"),
    "cash_received": ("revenue", "overlay", "sourced"),
    "quantity": ("revenue", "overlay", "sourced"),
    "accepted_leads": ("accepted_lead",),
    "meetings_held": ("meeting_held",),
}
# Measures that are money, and those that are parts of deals.
MONEY: tuple[Measure, ...] = ("bookings", "margin", "cash_received")
OF_DEALS: tuple[Measure, ...] = (*MONEY, "quantity")
# What refunds take back of a deal; cash that is paid back is cash of its own day.
REFUNDED: tuple[Measure, ...] = ("bookings", "margin", "quantity")


class Band(Decision):
    """What holds from one bound up to, and without, the next."""

    at_least: Amount = Field(description="Lower bound, which belongs to the band.")
    below: Amount | None = Field(
        None, description="Upper bound, which does not; left out in the last band."
    )
    rate: Amount | None = Field(
        None, description="Paid per unit of what is counted; 0.06 of money is 6 %."
    )
    amount: Money | None = Field(
        None, description="Paid once for reaching the band: methods of step only."
    )
    payout: Amount | None = Field(
        None, description="Share of the target pay: steps of a KPI only; 1 is the whole."
    )


class Point(Decision):
    """A point of a curve; between two of them pay is on the straight line."""

    at: Amount = Field(description="What is counted, or the attainment or achievement.")
    amount: Money | None = Field(None, description="What is paid there.")
    payout: Amount | None = Field(None, description="Share of the target pay: KPIs only.")


class PlanComponent(Decision):
    """One thing that a plan pays for: credits of a measure, or a KPI that is reached."""

    component: SnakeCase = Field(description="Id, unique within the plan.")
    label: Text = Field(description="Name that statements show.")
    clause: Text | None = Field(None, description="Where the written plan says so.")
    kind: Literal["commission", "bonus", "spiff"] = Field(
        "commission", description="What it is called."
    )
    measure: Measure | None = Field(None, description="What is counted; or else name a `kpi`.")
    kpi: SnakeCase | None = Field(None, description="KPI whose achievement is paid for.")
    of: KpiOf = Field("company", description=KPI_OF)
    credit_type: CreditType | None = Field(
        None, description="Which credits; default revenue, or the only ones of the measure."
    )
    opportunity_types: list[OpportunityType] = Field(
        default_factory=list,
        description="Which deals count, with what is taken back of them; default all.",
    )
    products: list[Text] = Field(
        default_factory=list,
        description="Ids of the products whose lines of a deal count; default all lines.",
    )
    product_groups: list[Text] = Field(
        default_factory=list, description="Product families whose lines count; default all."
    )
    booking_types: list[BookingType] = Field(
        default_factory=list, description="Types of the lines that count; default all."
    )
    instead_of: list[SnakeCase] = Field(
        default_factory=list,
        description="Components of the plan that do not count the lines that this one counts.",
    )
    credited_to: Literal["own", "team", "organisation"] = Field(
        "own",
        description="Whose credits: the payee's, those of whoever reported to the payee on the "
        "credit date and was on a plan, or those of everybody below who was, at any depth.",
    )
    method: Method = Field(
        description="flat: one rate; marginal: each part at the rate of its band; retroactive: all "
        "of it at the rate of the highest band reached; step: the amount of the highest band "
        "reached; interpolated: along a curve."
    )
    scope: Literal["transaction", "period", "year_to_date"] = Field(
        "period",
        description="What is added up before bands are looked up: nothing but an event and what "
        "reverses it, the component's period, the fiscal year so far.",
    )
    frequency: Literal["monthly", "quarterly", "annual"] = Field(
        description="The component's period; fiscal."
    )
    measured_in: Literal["amount", "attainment"] = Field(
        "amount", description="What bounds mean: what is counted, or that divided by the quota."
    )
    quota_measure: SnakeCase | None = Field(
        None, description="The measure of quotas that attainment is of."
    )
    bands: list[Band] = Field(default_factory=list, description="Bands from 0 upwards, no gaps.")
    points: list[Point] = Field(
        default_factory=list,
        description="Points of an interpolated curve; before the first and after the last it is "
        "level.",
    )
    cap: Cap | None = Field(None, description="The most that is paid; default no limit.")
    counted_from: Day | None = Field(
        None, description="First credit date that counts, as of a contest; default the plan's."
    )
    counted_to: Day | None = Field(
        None, description="Day after the last credit date that counts; default the plan's."
    )
    gates: list[Gate] = Field(
        default_factory=list, description="What has to be achieved before anything is paid."
    )
    multiplier: Multiplier | None = Field(None, description="By what pay is multiplied.")
    clawback: Clawback | None = Field(
        None, description="What refunds take back; default what they refund, in proportion."
    )
    holdback: Holdback | None = Field(
        None, description="What of it is paid later; default nothing."
    )
    fx_date: Literal["credit_date", "period_start"] | None = Field(
        None,
        description="Whose day's rate converts deals into the payee's currency; needed where money "
        "is counted.",
    )
    weight: Probability | None = Field(
        None, description="Share of the target pay: KPIs only; together 1."
    )
    goal: Annotated[Amount, Field(gt=0)] | None = Field(
        None, description="What the KPI should reach; default the company's target of the period."
    )
    pool: Pool | None = Field(
        None,
        description="Shared among everybody on the plan by days and weights: bands are of the "
        "KPI's own value, in the reporting currency.",
    )
    achievement_decimals: Decimals = Field(
        6, description="To how many decimals achievement is rounded, half away from zero."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        forms = (_form_of_kpi, _form_of_credits, form_of_method, _form_of_terms)
        for problem in (form(self) for form in forms):
            if problem is not None:
                raise problem
        return self

    @property
    def kpi_of(self) -> Literal["company", "team", "individual"] | None:
        """Whose value of the KPI counts; None without a KPI."""
        if self.kpi is None:
            return None
        return "team" if self.pool is not None and self.pool.team is not None else self.of

    @property
    def sold(self) -> dict[str, list[str]]:
        """Which lines of deals count, by what is asked of a line; empty counts all."""
        asked: dict[str, list[str]] = {
            "product": [*self.products],
            "product_group": [*self.product_groups],
            "booking_type": [*self.booking_types],
        }
        return {kind: values for kind, values in asked.items() if values}

    @property
    def counted_credits(self) -> CreditType | None:
        """Which credits count; None for a KPI."""
        if self.measure is None:
            return None
        return self.credit_type or CREDIT_TYPES[self.measure][0]


class PlanFile(Decision):
    """One version of a plan."""

    plan: SnakeCase = Field(description="Id of the plan; the same in all its versions.")
    label: Text = Field(description="Name that people use.")
    version: PositiveInteger = Field(description="Number of the version.")
    valid_from: Day = Field(description="First day; decided by the date of an event's credit.")
    valid_to: Day | None = Field(None, description="Day after the last day; default open.")
    approved_by: Text = Field(description="Id of the employee who approved this version.")
    approved_date: Day = Field(description="When.")
    unpaid_absences: list[Text] = Field(
        default_factory=list, description="Kinds of absence whose days no KPI bonus is paid for."
    )
    draw: Draw | None = Field(None, description="Pay before it is earned; default none.")
    components: Annotated[list[PlanComponent], Field(min_length=1)] = Field(
        description="What the plan pays for."
    )


def _form_of_kpi(item: PlanComponent) -> PydanticCustomError | None:
    if (item.measure is None) == (item.kpi is None):
        return refuse(
            f"{item.component} has to name a measure or a kpi",
            allowed="measure or kpi, one of them",
            fix="add one, or remove one",
        )
    if item.pool is not None:
        return _form_of_pool(item)
    problem = form_of_person(item.component, item.of, item.kpi, item.goal)
    if problem is not None:
        return problem
    if item.kpi is None:
        if item.weight is not None or item.goal is not None:
            return refuse(
                f"{item.component} has a weight or a goal but no kpi",
                allowed="weight and goal beside a kpi only",
                fix="remove them",
            )
        return None
    if item.weight is None:
        return refuse(
            f"{item.component} pays for a KPI and has no weight",
            allowed="a share of the target pay, such as 0.6",
            fix="add weight",
        )
    if item.method not in ("step", "interpolated") or _has_terms_of_credits(item):
        return refuse(
            f"{item.component} pays for a KPI by means that only credits have",
            allowed="method step or interpolated, credited_to own, no cap, no opportunity_types, "
            "no products, product_groups, booking_types or instead_of, no clawback, no holdback, "
            "no counted_from or counted_to",
            fix="draw the curve of payouts in points or bands",
        )
    return None


def _has_terms_of_credits(item: PlanComponent) -> bool:
    return bool(
        item.cap or item.credited_to != "own" or item.opportunity_types or item.clawback
        or item.sold or item.instead_of
        or item.holdback or item.counted_from or item.counted_to
    )  # fmt: skip


def _form_of_pool(item: PlanComponent) -> PydanticCustomError | None:
    beside = (
        item.kpi is None, item.weight, item.goal, item.gates, item.multiplier, item.quota_measure,
        _has_terms_of_credits(item), item.of == "individual",
    )  # fmt: skip
    if any(beside):
        return refuse(
            f"{item.component} shares a pool by means that only other components have",
            allowed="a kpi, method, bands or points of its value, and frequency; nothing else that "
            "is counted, achieved, capped or held",
            fix="name a kpi and remove the rest, or remove pool",
        )
    return None


def _form_of_credits(item: PlanComponent) -> PydanticCustomError | None:
    if item.measure is None:
        return None
    if item.credit_type not in (None, *CREDIT_TYPES[item.measure]):
        return refuse(
            f"{item.component} counts {item.measure} by credits of {item.credit_type}",
            allowed=", ".join(CREDIT_TYPES[item.measure]),
            fix="change credit_type, or leave it out",
        )
    if (item.opportunity_types or item.sold) and item.measure not in OF_DEALS:
        return refuse(
            f"{item.component} counts {item.measure} of some deals or products",
            allowed="opportunity_types, products, product_groups and booking_types beside "
            f"{', '.join(OF_DEALS)}",
            fix="remove them",
        )
    if item.instead_of and not item.sold:
        return refuse(
            f"{item.component} counts instead of other components and says of nothing what",
            allowed="instead_of beside products, product_groups or booking_types",
            fix="say which lines of deals it counts, or remove instead_of",
        )
    if item.measure in MONEY and item.fx_date is None:
        return refuse(
            f"{item.component} counts money and has no policy for exchange rates",
            allowed="fx_date: credit_date or period_start",
            fix="say whose day's rate converts deals into the payee's currency",
        )
    if item.measured_in == "attainment":
        if item.quota_measure is None:
            return refuse(
                f"{item.component} is measured in attainment of no quota",
                allowed="quota_measure: the measure of quotas",
                fix="add quota_measure",
            )
        if item.scope == "transaction":
            return refuse(
                f"{item.component} looks up attainment for single events",
                allowed="scope period or year_to_date",
                fix="change scope, or measure in amount",
            )
    return None


def _form_of_terms(item: PlanComponent) -> PydanticCustomError | None:
    if item.counted_from and item.counted_to and item.counted_to <= item.counted_from:
        return refuse(
            f"{item.component} counts no day: from {item.counted_from} to {item.counted_to}",
            allowed=f"counted_to after {item.counted_from}: the first day that does not count",
            fix="correct counted_from or counted_to",
        )
    if item.holdback and item.cap and item.cap.excess == "carry":
        return refuse(
            f"{item.component} holds back, and carries what is above its cap",
            allowed="a holdback, or a cap with excess: carry",
            fix="remove one of the two",
        )
    if item.measure is None or item.measure in REFUNDED:
        return None
    if item.clawback or (item.holdback and item.holdback.until != "months"):
        return refuse(
            f"{item.component} counts {item.measure} and waits for cash or refunds of deals",
            allowed="clawback, and holdback until cash, beside bookings, margin or quantity only",
            fix="remove them",
        )
    return None
