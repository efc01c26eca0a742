"""attribution.yml: whose touches may earn credit for a conversion, and by which weights.

The file may be missing: then nothing is attributed.

Belongs here: the models of attribution.yml and the checks that need nothing else. Does not:
applying the weights (SQL).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from orchestration.company.funnel import LowerText
from orchestration.company.problems import Problem
from orchestration.company.value_types import Amount, Decision, Text, refuse
from orchestration.company.yaml_file import YamlFile

ATTRIBUTION_FILE = "attribution.yml"

WeightedModel = Literal["position_based", "u_shaped", "w_shaped", "full_path", "custom"]
PeriodGrain = Literal["month", "quarter", "year"]
PerMille = Annotated[int, Field(ge=0, le=1000)]
PositiveAmount = Annotated[Amount, Field(gt=0)]
PositiveCount = Annotated[int, Field(ge=1)]
# Sixty-two are told apart; the rest is for the channels' other campaigns.
MOST_CAMPAIGNS = 40
WHOLE = 1000

# What each model says by its name, so that a weight elsewhere is a slip.
KEY_TOUCHES: dict[str, tuple[str, ...]] = {
    "position_based": ("first", "last", "middle"),
    "u_shaped": ("first", "lead", "middle"),
    "w_shaped": ("first", "lead", "opportunity", "middle"),
    "full_path": ("first", "lead", "opportunity", "last", "middle"),
    "custom": ("first", "lead", "opportunity", "last", "middle"),
}
# As HubSpot defines them, and Google Ads for position based; Marketo Measure's U has no middle.
_HUBSPOT = {
    "position_based": {"first": 400, "middle": 200, "last": 400},
    "u_shaped": {"first": 400, "lead": 400, "middle": 200},
    "w_shaped": {"first": 300, "lead": 300, "opportunity": 300, "middle": 100},
    "full_path": {"first": 225, "lead": 225, "opportunity": 225, "last": 225, "middle": 100},
}
PRESETS: dict[str, dict[str, dict[str, int]]] = {
    "hubspot": _HUBSPOT,
    "marketo_measure": {**_HUBSPOT, "u_shaped": {"first": 500, "lead": 500}},
}


class Weights(Decision):
    """Shares of a conversion in per mille; together 1000.

    Touches without a share of their own divide `middle`; the share of a touch that a journey does
    not have goes to the others in proportion.
    """

    first: PerMille = Field(0, description="The first touch.")
    lead: PerMille = Field(0, description="The last touch up to the group's first lead.")
    opportunity: PerMille = Field(0, description="The last touch up to the opportunity.")
    last: PerMille = Field(0, description="The last touch up to the conversion.")
    middle: PerMille = Field(0, description="All other touches together.")

    @model_validator(mode="after")
    def _sums_to_the_whole(self) -> Self:
        total = sum(self.model_dump().values())
        if total != WHOLE:
            raise refuse(
                f"the shares sum to {total}",
                allowed=f"shares in per mille that sum to {WHOLE}",
                fix="correct a share",
            )
        return self


class LookbackDays(Decision):
    """How many days before a conversion its touches may lie, to the second."""

    lead: PositiveAmount = Field(description="Before somebody becomes a lead.")
    mql: PositiveAmount = Field(description="Before a lead becomes an MQL.")
    opportunity: PositiveAmount = Field(description="Before an opportunity is created.")
    won: PositiveAmount = Field(description="Before it is won.")


class AlgorithmicCampaigns(Decision):
    """Where Markov chains and Shapley values tell campaigns apart, and not their channels alone.

    A campaign in a channel stands for itself where counts allow, period by period and type by type
    of conversion; all others of the channel, and touches without a campaign, are one: its other
    campaigns. So nothing is lost.
    """

    periods: list[PeriodGrain] = Field(
        ["year"],
        min_length=1,
        description="Which of algorithmic_periods; shorter ones seldom hold enough of a campaign.",
    )
    least_conversions: PositiveCount = Field(
        10,
        description="A campaign stands for itself where so many journeys with it converted in the "
        "period.",
    )
    most_campaigns: Annotated[int, Field(ge=1, le=MOST_CAMPAIGNS)] = Field(
        30,
        description="So many campaigns at most stand for themselves, those with most conversions.",
    )
    least_journeys_per_window: PositiveCount = Field(
        10,
        description="A Markov chain of order 2 or 3 is published where there are so many journeys "
        "for each window of campaigns that it remembers.",
    )


class AttributionFile(Decision):
    """attribution.yml as a whole."""

    buying_group: Literal["explicit", "hybrid", "implicit"] = Field(
        "hybrid",
        description="Whose touches count for an opportunity: people with a contact role; these, "
        "or everybody of the account where there are none; everybody of the account.",
    )
    stops_at_previous_won: bool = Field(
        False, description="Whether touches up to the account's previous won deal count no more."
    )
    lookback_days: LookbackDays = Field(description="How long before a conversion touches count.")
    half_life_days: PositiveAmount = Field(
        description="Days after which a touch of time_decay is worth half."
    )
    direct_channels: list[Text] = Field(
        default_factory=list, description="Channels that last_non_direct passes over."
    )
    excluded_channels: list[Text] = Field(
        default_factory=list, description="Channels of channels.csv that earn no credit."
    )
    excluded_touch_types: list[LowerText] = Field(
        default_factory=list, description="Types of touches that earn no credit."
    )
    one_touch_per_session: bool = Field(
        True, description="Whether of the touches of one web session only the first one counts."
    )
    source_priority: list[Text] = Field(
        default_factory=list,
        description="Sources of sources.yml whose touches come first where several happened in one "
        "second; a source that is not named comes after these.",
    )
    platform_conversion_type: Literal["lead", "mql", "opportunity", "won"] = Field(
        "lead",
        description="What ad platforms were told to count as a conversion: with what their figures "
        "are compared.",
    )
    algorithmic_periods: list[PeriodGrain] = Field(
        ["quarter", "year"],
        description="Fiscal periods of which Markov chains and Shapley values are computed; months "
        "cost most and hold least.",
    )
    algorithmic_campaigns: AlgorithmicCampaigns | None = Field(
        None,
        description="The same by campaign, where counts allow; without it by channel only.",
    )
    preset: Literal["hubspot", "marketo_measure"] | None = Field(
        None, description="Whose published weights the models have that `weights` does not name."
    )
    weights: dict[WeightedModel, Weights] = Field(
        default_factory=dict, description="Weights of models; custom only stands where it is named."
    )

    def weights_of(self, model: str) -> dict[str, int] | None:
        """The shares of a model in per mille; None for one that this company does not have."""
        for name, weights in self.weights.items():
            if name == model:
                return weights.model_dump()
        return PRESETS[self.preset].get(model) if self.preset else None


def check_attribution(attribution: AttributionFile, file: YamlFile) -> list[Problem]:
    """Find models without weights, and weights of touches that a model does not know."""
    problems = []
    for model, weights in attribution.weights.items():
        for name, share in weights.model_dump().items():
            if share and name not in KEY_TOUCHES[model]:
                problems.append(
                    file.problem(
                        ("weights", model, name),
                        f"{model} has no share for this touch",
                        allowed=", ".join(KEY_TOUCHES[model]),
                        fix="move the share, or name the model custom",
                    )
                )
    missing = [
        model
        for model in KEY_TOUCHES
        if model != "custom" and attribution.weights_of(model) is None
    ]
    if missing:
        problems.append(
            file.problem(
                ("weights",),
                f"{', '.join(missing)} have no weights",
                allowed="a preset (hubspot, marketo_measure), or weights of each model",
                fix="name a preset, or add their weights",
            )
        )
    campaigns = attribution.algorithmic_campaigns
    for place, period in enumerate(campaigns.periods if campaigns else []):
        if period not in attribution.algorithmic_periods:
            problems.append(
                file.problem(
                    ("algorithmic_campaigns", "periods", place),
                    f"{period} is no period of algorithmic attribution",
                    allowed=", ".join(attribution.algorithmic_periods),
                    fix="add it to algorithmic_periods, or leave it out here",
                )
            )
    return problems
