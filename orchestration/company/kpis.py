"""KPI definitions: one YAML file for each KPI, its id is the file's name.

Belongs here: the model of a definition and reading the folder. Does not: computing a KPI (dbt).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from orchestration.company.model_problems import validate_yaml
from orchestration.company.problems import Problem
from orchestration.company.value_types import (
    Boolean,
    Decision,
    PositiveInteger,
    SnakeCase,
    Text,
    refuse,
)
from orchestration.company.yaml_file import read_yaml

# The SQL multiplies as many.
MOST_FACTORS = 4
# What parts add up to, those of single people too.
ADDED_UP = ("sum", "ratio")
PublishGroup = Literal[
    "core", "demand", "pipeline", "attribution", "unit_economics", "compensation", "ops"
]
KpiDimension = Literal[
    "all", "channel", "team", "segment", "region", "product", "persona", "function", "reach"
]


class KpiDefinition(Decision):
    """What a KPI means, how it is computed and who answers for it."""

    kpi: SnakeCase | None = Field(None, description="Id; the file's name without .yml.")
    kpi_label: Text = Field(description="Name that reports show.")
    description: Text = Field(description="What the KPI says, in one sentence.")
    formula: Text = Field(description="How it is computed, in words.")
    example: Text | None = Field(None, description="A case that can be checked by hand, in words.")
    unit: Text = Field(description="Unit of the value.")
    aggregation: Literal["sum", "ratio", "median", "p90", "product"] = Field(
        description="How values of several periods or members become one; a median and a 90th "
        "percentile (p90) are taken of the single values, a product is computed anew from those "
        "of its factors."
    )
    state: Literal["as_of_date", "period_end"] | None = Field(
        None,
        description="For a KPI that is a state at a moment and nothing that happened: as_of_date "
        "where a running period has that of the as-of date, period_end where it has none yet.",
    )
    date_role: Text = Field(description="The date that decides which period something is in.")
    owner: Text = Field(description="Function that answers for the KPI.")
    kpi_group: PublishGroup = Field(description="Publish group.")
    is_additive: Boolean = Field(description="Whether values of members sum to the total.")
    maturity_rule: Text | None = Field(None, description="When a period is final, in words.")
    numerator_component: Text | None = Field(
        None, description="Component that is summed; needed for a ratio."
    )
    denominator_component: Text | None = Field(
        None, description="Component to divide by; for a ratio."
    )
    factors: list[SnakeCase] = Field(
        default_factory=list,
        max_length=MOST_FACTORS,
        description="For a product: the KPIs whose values are multiplied.",
    )
    divisors: list[SnakeCase] = Field(
        default_factory=list,
        max_length=MOST_FACTORS,
        description="For a product: the KPIs by whose values it is divided.",
    )
    at_most: PositiveInteger | None = Field(
        None,
        description="For a product: what it is capped at, and what it is where a divisor is 0; "
        "without it that is unknown.",
    )
    dimensions: list[KpiDimension] = Field(description="Dimensions that the KPI is reported by.")
    by_person: Text | None = Field(
        None,
        description="Whose it is where a plan pays a single person for it, such as the owner of "
        "the opportunity; left out where its parts belong to nobody alone.",
    )
    contract_version: PositiveInteger = Field(description="Raised when the meaning changes.")
    headline_order: PositiveInteger | None = Field(
        None, description="Place among the headline KPIs, if it is one."
    )

    @property
    def components(self) -> tuple[str, ...]:
        """The components that it is made of, numerator first."""
        named = (self.numerator_component, self.denominator_component)
        return tuple(name for name in named if name)

    @model_validator(mode="after")
    def _ratio_has_two_components(self) -> Self:
        components = (self.numerator_component, self.denominator_component)
        if self.aggregation == "ratio" and None in components:
            raise refuse(
                "a ratio needs two components",
                allowed="numerator_component and denominator_component",
                fix="name both components, or correct aggregation",
            )
        if (self.aggregation == "product") != bool(self.factors or self.divisors):
            raise refuse(
                "a product, and nothing else, is made of other KPIs",
                allowed="factors and divisors where aggregation is product",
                fix="name factors or divisors, or correct aggregation",
            )
        if self.by_person is not None and (self.state or self.aggregation not in ADDED_UP):
            raise refuse(
                f"a {self.aggregation if self.aggregation not in ADDED_UP else 'state'} cannot be "
                "told by person",
                allowed="by_person beside a sum or a ratio that is no state",
                fix="remove by_person",
            )
        return self


def read_kpis(
    folder: Path, shown_as: str, model: type[KpiDefinition] = KpiDefinition
) -> tuple[dict[str, KpiDefinition], list[Problem]]:
    """Read all definitions of a folder; a folder that is missing holds none.

    Args:
        folder: The folder.
        shown_as: Its name in messages.
        model: What each must be.

    Returns:
        The valid definitions by id, and the problems of the others.
    """
    kpis: dict[str, KpiDefinition] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")):
        name = f"{shown_as}/{path.name}"
        file, found = read_yaml(path, name)
        problems += found
        if file is None:
            continue
        definition, found = validate_yaml(file, model, file.data)
        problems += found
        if definition is None:
            continue
        if definition.kpi not in (None, path.stem):
            fix = f"write {path.stem!r}, remove the key, or rename the file"
            allowed = f"{path.stem!r}, as the file is named"
            problems.append(
                file.problem(("kpi",), "is not the file's name", allowed=allowed, fix=fix)
            )
        kpis[path.stem] = definition.model_copy(update={"kpi": path.stem})
    return kpis, problems
