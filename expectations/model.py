"""The format of a suite file.

Belongs here: what a suite may say, and checks that need nothing but the suite itself. Does not:
reading files and overrides (loader), what a guard finds (runner).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from expectations.inputs import INPUTS
from expectations.results import Severity

Kind = Literal["raw", "marts"]
KpiGroup = Literal[
    "core", "demand", "pipeline", "attribution", "unit_economics", "compensation", "ops"
]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sentence = Annotated[str, Field(min_length=15, pattern=r"[.]\s*$")]

_CLOCK_OR_RANDOM = re.compile(r"\b(now|current_date|current_timestamp|today|random|uuid)\b", re.I)


class Guard(BaseModel):
    """One expectation with an id, a severity and words for the people who read the numbers.

    `at_least` names columns and numbers: only lines that reach all of them are judged, so that a
    share of a handful of rows stops nobody.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    guard: Identifier
    severity: Severity
    description: Sentence
    action: Sentence
    expectation: Annotated[str, Field(pattern=r"^expect_[a-z_]+$")]
    kwargs: dict[str, Any]
    at_least: dict[Identifier, float] = Field(default_factory=dict)
    threshold: str | None = None
    sample_columns: list[Identifier] = Field(default_factory=list)

    @field_validator("sample_columns")
    @classmethod
    def _no_email(cls, columns: list[str]) -> list[str]:
        for column in columns:
            if "email" in column:
                raise ValueError(f"{column!r} would show e-mail addresses; show an id instead")
        return columns

    @property
    def judged_columns(self) -> tuple[str, ...]:
        """The columns of the frame that the expectation judges."""
        return self.columns[: len(self.columns) - len(self.at_least)]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the frame that the guard looks at."""
        named = [self.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        listed = self.kwargs.get("column_list", [])
        return tuple(str(one) for one in [*named, *listed, *self.at_least] if one is not None)


class Suite(BaseModel):
    """Guards that look at one frame.

    `table` is the table that the guards are shown at. Where the frame spans several tables, it is
    the most important of them and `about` says in words what is looked at.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: Identifier
    kpi_group: KpiGroup
    table: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
    about: str | None = None
    inputs: list[str] = Field(default_factory=list)
    frame: str
    guards: Annotated[list[Guard], Field(min_length=1)]

    @field_validator("inputs")
    @classmethod
    def _known_inputs(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in INPUTS:
                raise ValueError(f"{name!r} is no input; allowed are {', '.join(INPUTS)}")
        return names

    @field_validator("frame")
    @classmethod
    def _one_plain_select(cls, sql: str) -> str:
        text = sql.strip()
        if not text.lower().startswith(("select", "with")):
            raise ValueError("the frame must be one SELECT; it begins with something else")
        if ";" in text:
            raise ValueError("the frame must be one statement without a semicolon")
        if found := _CLOCK_OR_RANDOM.search(text):
            raise ValueError(f"the frame uses {found.group(0)!r}; a run depends on its data alone")
        return text

    @model_validator(mode="after")
    def _inputs_match_the_frame(self) -> Suite:
        used = {name for name in INPUTS if re.search(rf"\b{name}\b", self.frame)}
        if used != set(self.inputs):
            raise ValueError(
                f"the frame reads the inputs {sorted(used)} and the suite lists "
                f"{sorted(self.inputs)}; list exactly what is read"
            )
        return self
