"""funnel.yml: the stages both teams agreed on, and how each source's words map to them.

Belongs here: the models of funnel.yml. Does not: checks that compare its entries
(funnel_checks).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from orchestration.company.value_types import (
    Amount,
    AnyScalar,
    Boolean,
    Decision,
    Hours,
    PositiveInteger,
    Probability,
    SnakeCase,
    Text,
    refuse,
)

OwnerFunction = Literal["marketing", "sales", "sdr", "customer_success"]
ALL_SOURCES = "*"

# Bucket for values without a rule; marts use the word, so no stage may be called that.
UNMAPPED = "unmapped"


def _check_not_reserved(value: str) -> str:
    if value == UNMAPPED:
        raise refuse(
            "is the bucket for values without a rule",
            allowed="any other name",
            fix="choose another name",
        )
    return value


def _check_no_comma(value: str) -> str:
    if "," in value:
        raise refuse(
            "holds a comma",
            allowed="values without a comma",
            fix="write one criterion with `equals` instead",
        )
    return value


def _check_tells_agents_apart(value: str) -> str:
    if not value.strip("*"):
        raise refuse(
            "fits every user agent",
            allowed="a pattern that names something, such as *bot*",
            fix="write what the user agents of machines have in common",
        )
    return value


StageName = Annotated[SnakeCase, AfterValidator(_check_not_reserved)]
LowerText = Annotated[AnyScalar, StringConstraints(to_lower=True)]
SourceName = Text
AgentPattern = Annotated[LowerText, AfterValidator(_check_tells_agents_apart)]


class Stage(Decision):
    """A step of the funnel."""

    stage: StageName = Field(description="Id of the stage in snake_case.")
    label: Text = Field(description="Name that reports show.")
    owner_function: OwnerFunction = Field(description="Team that answers for the stage.")
    after: SnakeCase | None = Field(description="Stage right before; null for the first.")
    description: Text | None = Field(None, description="What must be true of a person here.")


class SideState(Decision):
    """A state beside the funnel, such as rejected."""

    stage: StageName = Field(description="Id of the state in snake_case.")
    label: Text = Field(description="Name that reports show.")
    owner_function: OwnerFunction = Field(description="Team that answers for the state.")
    description: Text | None = Field(None, description="What must be true of a person here.")


class LeadStatus(Decision):
    """What a lead status of a source means."""

    source: SourceName = Field(description="Source, or * for all.")
    status: LowerText = Field(description="The source's word; capitals do not matter.")
    stage: SnakeCase = Field(description="Stage or side state.")


class SalesStage(Decision):
    """A step of an opportunity."""

    sales_stage: StageName = Field(description="Id of the sales stage in snake_case.")
    label: Text = Field(description="Name that reports show.")
    kind: Literal["open", "won", "lost"] = Field(description="Whether it is decided, and how.")
    is_pipeline: Boolean = Field(description="Whether its deals count as pipeline.")
    probability: Probability = Field(description="Share won of the deals that get here, 0 to 1.")
    forecast_category: Text = Field(description="Forecast category of its deals.")
    stalled_after_days: PositiveInteger | None = Field(
        None, description="Days after which a deal here counts as stalled."
    )


class SalesStageValue(Decision):
    """What a sales stage of a source means."""

    source: SourceName = Field(description="Source, or * for all.")
    value: LowerText = Field(description="The source's word; capitals do not matter.")
    sales_stage: SnakeCase = Field(description="Sales stage.")


class Conversion(Decision):
    """A step whose rate is reported, and how long it may take."""

    from_stage: SnakeCase = Field(description="Stage that the cohort enters.")
    to_stage: SnakeCase = Field(description="Stage that it should reach.")
    window_days: PositiveInteger = Field(description="Days that it has for that.")


class Criterion(Decision):
    """A condition on one field; exactly one of the operators is given."""

    field: SnakeCase = Field(description="Canonical field or attribute of the lead.")
    is_present: Boolean | None = Field(None, description="Whether the field must be filled.")
    equals: AnyScalar | None = Field(None, description="Value that the field must have.")
    at_least: Amount | None = Field(None, description="Smallest number that the field may have.")
    in_: list[Annotated[AnyScalar, AfterValidator(_check_no_comma)]] | None = Field(
        None, alias="in", min_length=1, description="Values of which the field must have one."
    )

    @model_validator(mode="after")
    def _exactly_one_operator(self) -> Self:
        if len(self.operators()) != 1:
            raise refuse(
                f"has {len(self.operators())} operators instead of one",
                allowed="exactly one of is_present, equals, at_least, in",
                fix="write one criterion for each operator",
            )
        return self

    def operators(self) -> dict[str, str]:
        """Return the operators given, with their value as text."""
        given: dict[str, str] = {}
        if self.is_present is not None:
            given["is_present"] = "true" if self.is_present else "false"
        if self.equals is not None:
            given["equals"] = self.equals
        if self.at_least is not None:
            given["at_least"] = f"{self.at_least:f}"
        if self.in_ is not None:
            given["in"] = ",".join(self.in_)
        return given


class HandoffSla(Decision):
    """How fast a handed-off lead is answered."""

    business_hours: Hours = Field(description="Business hours allowed.")
    by_segment: dict[Text, Hours] = Field(
        default_factory=dict, description="Segment: business hours, where they differ."
    )
    expires_after_days: PositiveInteger | None = Field(
        None,
        description="Days after which a hand-off that nobody decided has expired; null for never.",
    )


class BulkChanges(Decision):
    """When changes of status are a load, not what happened to the leads."""

    at_least: PositiveInteger = Field(
        25, description="Smallest number of changes in an hour, by one person or by a machine."
    )
    times_usual: PositiveInteger = Field(
        5, description="They are more than so many times those of an hour that is usual there."
    )


class Reason(Decision):
    """A reason that people choose from."""

    reason: Text = Field(description="The reason as the source delivers it.")
    label: Text = Field(description="Name that reports show.")
    group: Text = Field(description="Group that reports sum by.")


class TouchType(Decision):
    """What a touch or activity of one type is; an unlisted type is one-way and attributable."""

    touch_type: LowerText = Field(description="Type as delivered; capitals do not matter.")
    direction: Literal["one_way", "two_way"] = Field(
        description="two_way when the person acted and somebody answered."
    )
    is_attributable: Boolean = Field(True, description="Whether it may earn credit for a result.")
    business_function: OwnerFunction = Field("marketing", description="Team that makes the touch.")


class MachineClicks(Decision):
    """How fast a machine clicks in messages; without a number its rule is off."""

    seconds_after_send: PositiveInteger | None = Field(
        None,
        description="A click at most so many seconds after the message was sent is a machine's.",
    )
    burst_clicks: PositiveInteger | None = Field(
        None, description="So many clicks of one person within `burst_seconds` are a machine's."
    )
    burst_seconds: PositiveInteger | None = Field(
        None, description="Seconds between the first and the last click of a burst, at most."
    )
    touch_types: list[LowerText] = Field(
        default_factory=lambda: ["email_click"],
        description="Types of touches that are clicks in messages.",
    )

    @model_validator(mode="after")
    def _a_burst_is_whole(self) -> Self:
        if (self.burst_clicks is None) != (self.burst_seconds is None):
            raise refuse(
                "says half of what a burst is",
                allowed="burst_clicks and burst_seconds together, or none of them",
                fix="name both, or leave both out",
            )
        if self.burst_clicks == 1:
            raise refuse(
                "calls every click a burst",
                allowed="burst_clicks of 2 or more",
                fix="say how many links nobody opens within burst_seconds",
            )
        return self


class FunnelFile(Decision):
    """funnel.yml as a whole."""

    stages: list[Stage] = Field(min_length=1, description="Stages; `after` makes one chain.")
    side_states: list[SideState] = Field(
        default_factory=list, description="States beside the chain."
    )
    lead_statuses: list[LeadStatus] = Field(
        default_factory=list, description="Which stage a lead status means."
    )
    sales_stages: list[SalesStage] = Field(
        default_factory=list, description="Stages of an opportunity, in order."
    )
    sales_stage_values: list[SalesStageValue] = Field(
        default_factory=list, description="Which sales stage a source's value means."
    )
    assumed_open_stage: SnakeCase | None = Field(
        None, description="Sales stage that an opportunity without history held while open."
    )
    conversions: list[Conversion] = Field(
        default_factory=list, description="Conversion rates to report, in order."
    )
    qualification: dict[SnakeCase, list[Criterion]] = Field(
        default_factory=dict, description="Stage: what a lead must fulfil to enter it."
    )
    handoff_sla: HandoffSla | None = Field(None, description="Promise of Sales to Marketing.")
    bulk_changes: BulkChanges = Field(
        default_factory=BulkChanges, description="When changes of status are a load."
    )
    rejection_reasons: list[Reason] = Field(
        default_factory=list, description="Why Sales rejects a lead."
    )
    loss_reasons: list[Reason] = Field(default_factory=list, description="Why a deal is lost.")
    touch_types: list[TouchType] = Field(
        default_factory=list, description="What the types of touches mean."
    )
    bot_user_agents: list[AgentPattern] = Field(
        default_factory=list,
        description="User agents of machines; * stands for any text, capitals do not matter.",
    )
    machine_clicks: MachineClicks = Field(
        default_factory=MachineClicks, description="How fast machines click in messages."
    )
