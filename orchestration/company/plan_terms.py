"""Terms of a plan beside its tariffs: caps, conditions, what is taken back, what is held, draws.

Belongs here: the models of these terms and the checks that need one term only. Does not: tariffs
and components (plans), what two components must agree on (plan_checks), computing pay (SQL).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from orchestration.company.value_types import (
    Amount,
    Decision,
    Money,
    PositiveInteger,
    Probability,
    SnakeCase,
    Text,
    refuse,
)

KpiOf = Literal["company", "individual"]
KPI_OF = (
    "Whose value of the KPI counts: the company's, or that of the payee alone (individual), which "
    "needs a goal."
)


class Cap(Decision):
    """The most that a component pays."""

    per: Literal["transaction", "period", "year"] = Field(
        description="Over what it is counted: an event, the component's period, the fiscal year."
    )
    amount: Annotated[Money, Field(ge=0)] = Field(description="The most that is paid.")
    excess: Literal["forfeit", "carry"] = Field(
        "forfeit",
        description="What becomes of the rest: lost, or paid in later periods as far as their cap "
        "allows.",
    )

    @model_validator(mode="after")
    def _is_carried_by_period(self) -> Self:
        if self.excess == "carry" and self.per != "period":
            raise refuse(
                f"the excess of a cap per {self.per} is carried",
                allowed="excess: carry beside `per: period`",
                fix="change per, or let the excess be forfeited",
            )
        return self


class Achieved(Decision):
    """What a condition looks at, over the period whose pay it decides on."""

    component: SnakeCase | None = Field(
        None, description="Component of the same plan whose attainment of its quota counts."
    )
    kpi: SnakeCase | None = Field(None, description="Or a KPI: its value as a share of the goal.")
    of: KpiOf = Field("company", description=KPI_OF)
    goal: Annotated[Amount, Field(gt=0)] | None = Field(
        None, description="What the KPI should reach; default the company's target of the period."
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.component is None) == (self.kpi is None):
            raise refuse(
                "the condition does not say what it looks at",
                allowed="component or kpi, one of them",
                fix="add one, or remove one",
            )
        if self.goal is not None and self.kpi is None:
            raise refuse(
                "the condition has a goal but no kpi",
                allowed="goal beside a kpi only",
                fix="remove goal: a component is measured by its quota",
            )
        problem = form_of_person("the condition", self.of, self.kpi, self.goal)
        if problem is not None:
            raise problem
        return self


def form_of_person(
    what: str, of: KpiOf, kpi: str | None, goal: Decimal | None
) -> PydanticCustomError | None:
    """Return what is wrong with a KPI of the payee alone, or None."""
    if of == "company":
        return None
    if kpi is None:
        return refuse(
            f"{what} is of the individual and names no kpi",
            allowed="of: individual beside a kpi only",
            fix="name a kpi, or remove of",
        )
    if goal is None:
        return refuse(
            f"{what} looks at the payee's own {kpi} and has no goal",
            allowed="a goal above 0: targets are the company's and its teams', nobody's alone",
            fix="add goal, or write of: company",
        )
    return None


class Gate(Achieved):
    """Nothing is paid before something else is achieved."""

    at_least: Annotated[Amount, Field(gt=0)] = Field(
        description="The achievement from which on the component pays; 1 is the whole."
    )


class MultiplierBand(Decision):
    """By what pay is multiplied from one achievement up to, and without, the next."""

    at_least: Amount = Field(description="Lower bound, which belongs to the band.")
    below: Amount | None = Field(
        None, description="Upper bound, which does not; left out in the last band."
    )
    multiply: Annotated[Amount, Field(ge=0)] = Field(description="1 leaves pay as it is.")


class Multiplier(Achieved):
    """Pay is multiplied by how far something else is achieved."""

    bands: Annotated[list[MultiplierBand], Field(min_length=1)] = Field(
        description="Bands of achievement from 0 upwards, no gaps."
    )

    @model_validator(mode="after")
    def _bands_meet(self) -> Self:
        upper: Decimal | None = Decimal(0)
        for number, band in enumerate(self.bands, start=1):
            is_last = number == len(self.bands)
            if band.at_least != upper or (band.below is None) != is_last:
                raise refuse(
                    f"band {number} of the multiplier does not meet the next or the one before",
                    allowed="bands from 0 on, each from where the last one ends, the last open",
                    fix="let the bands meet, and leave `below` out in the last one only",
                )
            if band.below is not None and band.below <= band.at_least:
                raise refuse(
                    f"band {number} of the multiplier ends at {band.below} and begins at "
                    f"{band.at_least}",
                    allowed=f"more than {band.at_least}",
                    fix="correct below",
                )
            upper = band.below
        return self


class Clawback(Decision):
    """What a refund takes back of what was paid for its deal."""

    method: Literal["proportional", "full", "months_unserved"] = Field(
        "proportional",
        description="The part of the money that is refunded; all of it with the first refund; or, "
        "with the first refund, the part of the term that was not served.",
    )
    within_months: PositiveInteger | None = Field(
        None, description="Refunds later than so many months take nothing back; default all do."
    )
    term_months: PositiveInteger | None = Field(
        None, description="The term that has to be served: months_unserved only."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.method == "months_unserved") != (self.term_months is not None):
            raise refuse(
                f"the claw-back is {self.method} and has "
                f"{'no term' if self.term_months is None else 'a term'}",
                allowed="term_months beside months_unserved, and there always",
                fix="add or remove term_months",
            )
        return self


class Holdback(Decision):
    """Which part of what is earned waits, and for what."""

    share: Probability = Field(description="Part of every line that is held; 1 is all of it.")
    until: Literal["cash", "paid_in_full", "months"] = Field(
        description="Released as the deal's cash comes in, in proportion; when all of it is in; or "
        "some months later."
    )
    months: PositiveInteger | None = Field(
        None, description="How many months after the one that earned it: until months only."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.until == "months") != (self.months is not None):
            raise refuse(
                f"the holdback is until {self.until} and has "
                f"{'no number of months' if self.months is None else 'a number of months'}",
                allowed="months beside `until: months`, and there always",
                fix="add or remove months",
            )
        if self.share == 0:
            raise refuse(
                "the holdback holds nothing",
                allowed="a share above 0",
                fix="correct share, or remove the holdback",
            )
        return self


class PoolWeight(Decision):
    """What a member weighs when a pool is shared."""

    employee_id: Text = Field(description="Id of the member.")
    weight: Annotated[Amount, Field(ge=0)] = Field(description="2 is twice what others get.")


class Pool(Decision):
    """An amount that everybody on the plan shares, by what a team's KPI has come to."""

    team: Text | None = Field(
        None, description="Team whose value of the KPI counts; default the whole company's."
    )
    share_by: Literal["equal", "target_pay"] = Field(
        "equal", description="What members weigh before their weights: all the same, or their pay."
    )
    weights: list[PoolWeight] = Field(
        default_factory=list, description="Members who weigh more or less than 1."
    )

    @model_validator(mode="after")
    def _names_everybody_once(self) -> Self:
        names = [one.employee_id for one in self.weights]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise refuse(
                f"the pool weighs {', '.join(twice)} twice",
                allowed="every member once",
                fix="remove all but one",
            )
        return self


class DrawStep(Decision):
    """The draw of a month from one month on the plan up to the next step."""

    from_month: PositiveInteger = Field(description="Month on the plan; the first is 1.")
    amount: Annotated[Money, Field(ge=0)] = Field(description="Of a whole month; 0 ends the draw.")


class Draw(Decision):
    """Pay that comes before it is earned."""

    kind: Literal["recoverable", "guarantee", "additive"] = Field(
        description="recoverable: pay is filled up to the draw, and later pay above the draw gives "
        "it back; guarantee: filled up, and nothing is owed; additive: paid beside what is earned."
    )
    amounts: Annotated[list[DrawStep], Field(min_length=1)] = Field(
        description="The draw by months on the plan."
    )
    recovered_share: Annotated[Probability, Field(gt=0)] | None = Field(
        None, description="Part of pay above the draw that gives back; default all: recoverable."
    )
    forgiven_after_months: PositiveInteger | None = Field(
        None, description="What is still owed after so many months is forgiven: recoverable only."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for problem in (_form_of_steps(self.amounts), _form_of_recovery(self)):
            if problem is not None:
                raise problem
        return self


def _form_of_steps(steps: list[DrawStep]) -> PydanticCustomError | None:
    upto = 0
    for number, step in enumerate(steps, start=1):
        if step.from_month <= upto or (number == 1 and step.from_month != 1):
            return refuse(
                f"amount {number} of the draw holds from month {step.from_month}",
                allowed="from_month 1 first, and then ever later months",
                fix="put the amounts in order",
            )
        upto = step.from_month
    return None


def _form_of_recovery(draw: Draw) -> PydanticCustomError | None:
    if draw.kind != "recoverable":
        if draw.recovered_share is not None or draw.forgiven_after_months is not None:
            return refuse(
                f"the draw is {draw.kind} and says how it is given back",
                allowed="recovered_share and forgiven_after_months beside recoverable only",
                fix="remove them",
            )
        return None
    last = draw.amounts[-1]
    if draw.forgiven_after_months is not None and (
        last.amount != 0 or draw.forgiven_after_months < last.from_month - 1
    ):
        return refuse(
            f"the draw is forgiven after {draw.forgiven_after_months} months and is still paid",
            allowed="a last amount of 0, from the month after at the latest",
            fix=f"end the draw with {{from_month: {draw.forgiven_after_months + 1}, amount: 0}}",
        )
    return None
