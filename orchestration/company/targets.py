"""targets.csv: what a KPI should reach in a month, for all or for one team.

Belongs here: the row model and the checks of targets. Does not: what a KPI is (kpis).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from orchestration.company.csv_file import row_problem
from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.value_types import Amount, CsvRow, Month, SnakeCase, Text

TARGETS_FILE = "targets.csv"


class Target(CsvRow):
    """The target of one KPI for one month."""

    kpi: SnakeCase
    team: Text | None
    target_month: Month
    target_value: Amount


def check_targets(targets: list[Target]) -> list[Problem]:
    """Find two targets for the same KPI, team and month."""
    problems = []
    lines: dict[tuple[str, str | None, date], int] = {}
    for target in targets:
        key = (target.kpi, target.team, target.target_month)
        if key in lines:
            problems.append(
                row_problem(
                    TARGETS_FILE,
                    target,
                    "target_month",
                    f"line {lines[key]} holds a target for the same KPI, team and month",
                    allowed="one target for each KPI, team and month",
                    fix="remove one of the two rows",
                )
            )
        lines.setdefault(key, target.line)
    return problems


def check_target_kpis(targets: list[Target], kpis: Collection[str]) -> list[Problem]:
    """Find targets of KPIs that nobody defined."""
    return [
        row_problem(
            TARGETS_FILE,
            target,
            "kpi",
            "no such KPI",
            allowed=listed(sorted(kpis)),
            fix=did_you_mean(target.kpi, kpis) or "use the id of a defined KPI",
        )
        for target in targets
        if target.kpi not in kpis
    ]
