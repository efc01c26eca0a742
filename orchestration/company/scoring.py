"""scoring.yml: how well a lead fits, and how engaged its person is, by rules both teams signed.

The file may be missing: then nothing is scored, and scores are NULL, not zero.

Belongs here: the models of scoring.yml and the checks that need nothing else. Does not: applying
the rules (SQL), or the source's own score (a field of the lead).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from orchestration.company.funnel import Criterion, LowerText
from orchestration.company.problems import Location, Problem
from orchestration.company.value_types import Amount, Decision, SnakeCase, Text, refuse
from orchestration.company.yaml_file import YamlFile

SCORING_FILE = "scoring.yml"

# What is known of a lead and its account, and by which operators it may be asked.
TEXT_FIELDS = ("segment", "region", "country", "persona", "industry", "icp_tier")
FLAG_FIELDS = ("is_target_account",)
NUMBER_FIELDS = ("employee_count", "annual_revenue")
PRESENCE_FIELDS = ("email", "account")
OPERATORS = {
    **dict.fromkeys(TEXT_FIELDS, ("is_present", "equals", "in")),
    **dict.fromkeys(FLAG_FIELDS, ("equals",)),
    **dict.fromkeys(NUMBER_FIELDS, ("is_present", "at_least")),
    **dict.fromkeys(PRESENCE_FIELDS, ("is_present",)),
}
FitField = Literal[
    "segment", "region", "country", "persona", "industry", "icp_tier",
    "is_target_account", "employee_count", "annual_revenue", "email", "account",
]  # fmt: skip

PositiveAmount = Annotated[Amount, Field(gt=0)]
ShareOrMore = Annotated[Amount, Field(ge=0)]


class FitRule(Criterion):
    """Points for what a lead or its account is; all rules that hold add up."""

    rule: SnakeCase = Field(description="Id of the rule in snake_case.")
    field: FitField = Field(description="Attribute of the lead, else of its account.")
    points: Amount = Field(description="Points when it holds; below 0 where it speaks against.")

    @model_validator(mode="after")
    def _operator_suits_field(self) -> Self:
        allowed = OPERATORS[self.field]
        if not self.operators().keys() <= set(allowed):
            raise refuse(
                f"cannot be asked of {self.field}: {next(iter(self.operators()))}",
                allowed=", ".join(allowed),
                fix="ask another way, or of another field",
            )
        if self.field in FLAG_FIELDS and self.equals not in ("true", "false"):
            raise refuse(
                f"{self.field} is never {self.equals!r}",
                allowed="equals: true, equals: false",
                fix="write true or false",
            )
        return self


class EngagementRule(Decision):
    """Points for a touch; of several rules that fit a touch the first counts."""

    rule: SnakeCase = Field(description="Id of the rule in snake_case.")
    touch_type: LowerText | None = Field(None, description="Type of the touch; null for any.")
    channel: Text | None = Field(None, description="Channel of channels.csv; null for any.")
    content_type: LowerText | None = Field(
        None, description="Type of the content asset touched; null for any."
    )
    points: PositiveAmount = Field(description="Points on the moment of the touch.")
    half_life_days: PositiveAmount | None = Field(
        None, description="Days after which half is left, where it differs."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.touch_type is None and self.channel is None and self.content_type is None:
            raise refuse(
                "fits every touch",
                allowed="one or more of touch_type, channel, content_type",
                fix="say which touches it is for",
            )
        return self


class Fit(Decision):
    """How well a lead suits the company, by what it is."""

    cap: PositiveAmount = Field(description="Highest fit score; the lowest is 0.")
    rules: list[FitRule] = Field(min_length=1, description="Rules; all that hold add up.")


class Engagement(Decision):
    """How interested a person is, by what it did; what is long ago counts less."""

    cap: PositiveAmount = Field(description="Highest engagement score; the lowest is 0.")
    half_life_days: PositiveAmount = Field(description="Days after which half the points are left.")
    rules: list[EngagementRule] = Field(min_length=1, description="Rules; the first that fits.")


class ScoreBand(Decision):
    """A range of the whole score that reports group by."""

    band: SnakeCase = Field(description="Id of the band in snake_case.")
    at_least: ShareOrMore = Field(description="Smallest score (fit + engagement) of the band.")


class ScoringFile(Decision):
    """scoring.yml as a whole."""

    fit: Fit = Field(description="What a lead is.")
    engagement: Engagement = Field(description="What its person did.")
    bands: list[ScoreBand] = Field(min_length=1, description="Bands of the whole score.")


def check_scoring(scoring: ScoringFile, file: YamlFile) -> list[Problem]:
    """Find rules and bands that stand twice, and scores that no band or every band holds."""
    fit, engagement = scoring.fit.rules, scoring.engagement.rules
    problems = _twice(file, ("fit", "rules"), "rule", [item.rule for item in fit])
    problems += _twice(file, ("engagement", "rules"), "rule", [item.rule for item in engagement])
    asked = [(item.touch_type, item.channel, item.content_type) for item in engagement]
    problems += _never_reached(file, asked)
    problems += _twice(file, ("bands",), "band", [item.band for item in scoring.bands])
    lowest = [item.at_least for item in scoring.bands]
    problems += _twice(file, ("bands",), "at_least", lowest)
    highest = scoring.fit.cap + scoring.engagement.cap
    for position, value in enumerate(lowest):
        if value > highest:
            problems.append(
                file.problem(
                    ("bands", position, "at_least"),
                    "no score is that high",
                    allowed=f"0 to {highest:f}, the sum of both caps",
                    fix="lower it, or raise a cap",
                )
            )
    if Decimal(0) not in lowest:
        problems.append(
            file.problem(
                ("bands",),
                "the lowest scores have no band",
                allowed="one band with `at_least: 0`",
                fix="add it, or lower the lowest band to 0",
            )
        )
    return problems


def _twice(
    file: YamlFile, section: Location, column: str, keys: Sequence[Hashable]
) -> list[Problem]:
    problems = []
    for position, key in enumerate(keys):
        if key in keys[:position]:
            line = file.line_of((*section, keys.index(key), column)) or 0
            problems.append(
                file.problem(
                    (*section, position, column),
                    f"stands twice; first in line {line}",
                    fix="rename or remove one of the two",
                )
            )
    return problems


def _never_reached(file: YamlFile, asked: Sequence[tuple[str | None, ...]]) -> list[Problem]:
    """Find rules whose touches all fit an earlier one: they would never give a point."""
    problems = []
    for position, later in enumerate(asked):
        for number, earlier in enumerate(asked[:position]):
            if all(mine is None or mine == its for mine, its in zip(earlier, later, strict=True)):
                line = file.line_of(("engagement", "rules", number, "rule")) or 0
                problems.append(
                    file.problem(
                        ("engagement", "rules", position, "rule"),
                        f"never counts: all its touches fit the rule in line {line}",
                        fix="move it above that rule, or remove it",
                    )
                )
                break
    return problems
