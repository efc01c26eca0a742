"""experiments.csv: lift tests and what they found, for a channel or one of its campaigns.

The file may be missing: then the company has run none.

Belongs here: the row model and the checks of experiments. Does not: comparing them
with credit (SQL).
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from orchestration.company.csv_file import row_problem
from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.value_types import (
    Amount,
    CsvRow,
    Day,
    Money,
    Probability,
    SnakeCase,
    Text,
)

EXPERIMENTS_FILE = "experiments.csv"

Confidence = Annotated[Probability, Field(gt=0, lt=1)]


class Experiment(CsvRow):
    """One lift test: what happened that would not have happened without the ads.

    Amounts are in the reporting currency. `confidence` is how sure the interval from lowest to
    highest is, a fraction; `campaign_id` is the campaign's id in its source, blank for the channel.
    """

    experiment: Text
    channel_name: SnakeCase
    campaign_id: Text | None
    conversion_type: Literal["lead", "mql", "opportunity", "won"]
    start_date: Day
    end_date: Day
    incremental_conversions: Amount | None
    lowest_conversions: Amount | None
    highest_conversions: Amount | None
    incremental_amount: Money | None
    lowest_amount: Money | None
    highest_amount: Money | None
    confidence: Confidence | None
    source: Text


def check_experiments(experiments: list[Experiment]) -> list[Problem]:
    """Find names that stand twice, spans that end before they begin and broken intervals."""
    problems = []
    lines: dict[str, int] = {}
    for row in experiments:
        if row.experiment in lines:
            problems.append(
                row_problem(
                    EXPERIMENTS_FILE,
                    row,
                    "experiment",
                    f"the name stands in line {lines[row.experiment]} already",
                    allowed="every name once",
                    fix="give one of the two another name, or remove it",
                )
            )
        lines.setdefault(row.experiment, row.line)
        if row.end_date < row.start_date:
            problems.append(
                row_problem(
                    EXPERIMENTS_FILE,
                    row,
                    "end_date",
                    f"lies before start_date {row.start_date}",
                    allowed=f"{row.start_date} or later",
                    fix="correct one of the two dates",
                )
            )
        if row.incremental_conversions is None and row.incremental_amount is None:
            problems.append(
                row_problem(
                    EXPERIMENTS_FILE,
                    row,
                    "incremental_conversions",
                    "the experiment has no result",
                    allowed="incremental_conversions, incremental_amount or both",
                    fix="write the result, or remove the row until there is one",
                )
            )
        for name in ("conversions", "amount"):
            problems += _interval_problems(row, name)
    return problems


def _interval_problems(row: Experiment, name: str) -> list[Problem]:
    """Find an interval with one end only, or one that its result lies outside of."""
    result: Decimal | None = getattr(row, f"incremental_{name}")
    lowest: Decimal | None = getattr(row, f"lowest_{name}")
    highest: Decimal | None = getattr(row, f"highest_{name}")
    if lowest is None and highest is None:
        return []
    if None not in (result, lowest, highest) and lowest <= result <= highest:  # type: ignore[operator]
        return []
    return [
        row_problem(
            EXPERIMENTS_FILE,
            row,
            f"lowest_{name}",
            f"the interval does not hold incremental_{name}",
            allowed=f"lowest_{name} <= incremental_{name} <= highest_{name}, or both ends blank",
            fix="correct the interval",
        )
    ]


def check_experiment_channels(
    experiments: list[Experiment], channels: Collection[str]
) -> list[Problem]:
    """Find experiments of channels that no rule of channels.csv leads to."""
    return [
        row_problem(
            EXPERIMENTS_FILE,
            row,
            "channel_name",
            "no such channel in channels.csv",
            allowed=listed(sorted(channels)),
            fix=did_you_mean(row.channel_name, channels) or "use a channel_name of channels.csv",
        )
        for row in experiments
        if row.channel_name not in channels
    ]
