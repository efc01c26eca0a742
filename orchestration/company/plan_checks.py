"""Checks of plans: each version as a whole, the versions of one plan, and what else they name.

Belongs here: reading the folder of plans, and what two components or two files must agree on. Does
not: the form of one component (plans).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from orchestration.company.kpis import KpiDefinition
from orchestration.company.model_problems import validate_yaml
from orchestration.company.plan_terms import Achieved
from orchestration.company.plans import PLANS_FOLDER, PlanComponent, PlanFile
from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed
from orchestration.company.yaml_file import YamlFile, read_yaml


@dataclass(frozen=True)
class ReadPlan:
    """A version of a plan, and the file that it was read from."""

    plan: PlanFile
    file: YamlFile


def read_plans(folder: Path) -> tuple[list[ReadPlan], list[Problem]]:
    """Read every version of every plan of a company folder; without the subfolder there is none.

    Args:
        folder: The company folder.

    Returns:
        The versions that are sound by themselves, by plan and version; and all problems.
    """
    plans: list[ReadPlan] = []
    problems: list[Problem] = []
    for path in sorted((folder / PLANS_FOLDER).glob("*.yml")):
        file, found = read_yaml(path, f"{PLANS_FOLDER}/{path.name}")
        problems += found
        if file is None:
            continue
        plan, found = validate_yaml(file, PlanFile, file.data)
        problems += found
        if plan is not None:
            problems += _problems_of_version(plan, file)
            plans.append(ReadPlan(plan, file))
    plans.sort(key=lambda one: (one.plan.plan, one.plan.version))
    return plans, [*problems, *_problems_of_versions(plans)]


def check_plan_kpis(plans: Iterable[ReadPlan], kpis: Collection[str]) -> list[Problem]:
    """Find components that pay for a KPI that nobody defined."""
    return [
        one.file.problem(
            (*place, "kpi"),
            "no such KPI",
            allowed=listed(sorted(kpis)),
            fix=did_you_mean(kpi, kpis) or "use the id of a defined KPI",
        )
        for one in plans
        for place, kpi in _kpis(one.plan)
        if kpi not in kpis
    ]


def check_plan_people(
    plans: Iterable[ReadPlan], kpis: Mapping[str, KpiDefinition]
) -> list[Problem]:
    """Find what is paid for a single person's KPI that belongs to nobody alone.

    Args:
        plans: Every version of every plan.
        kpis: All sound definitions.
    """
    told = sorted(name for name, kpi in kpis.items() if kpi.by_person)
    return [
        one.file.problem(
            (*place, "of"),
            f"{item.kpi} cannot be told by person",
            allowed=f"company; individual of {listed(told)}",
            fix="write of: company, or name a KPI that can",
        )
        for one in plans
        for place, item in _looking_at_kpis(one.plan)
        if item.of == "individual" and item.kpi in kpis and item.kpi not in told
    ]


def _kpis(plan: PlanFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for place, item in _looking_at_kpis(plan):
        if item.kpi is not None:
            yield place, item.kpi


def _looking_at_kpis(
    plan: PlanFile,
) -> Iterator[tuple[tuple[str | int, ...], PlanComponent | Achieved]]:
    for position, item in enumerate(plan.components):
        yield ("components", position), item
    yield from _conditions(plan)


def _problems_of_conditions(plan: PlanFile, file: YamlFile) -> list[Problem]:
    """Find conditions on components that are not there or have no quota."""
    measured = {item.component for item in plan.components if item.quota_measure}
    return [
        file.problem(
            (*place, "component"),
            "the plan has no such component with a quota_measure",
            allowed=listed(sorted(measured)) or "none: no component has a quota_measure",
            fix=did_you_mean(condition.component, measured) or "name one, or name a kpi",
        )
        for place, condition in _conditions(plan)
        if condition.component is not None and condition.component not in measured
    ]


def _problems_of_replacements(plan: PlanFile, file: YamlFile) -> list[Problem]:
    """Find components that count instead of one that counts something else, or is not there."""
    problems = []
    for position, item in enumerate(plan.components):
        alike = {
            other.component
            for other in plan.components
            if other.component != item.component
            and (other.measure, other.counted_credits, other.credited_to)
            == (item.measure, item.counted_credits, item.credited_to)
        }
        problems += [
            file.problem(
                ("components", position, "instead_of", number),
                "the plan has no other component that counts the same measure and credits",
                allowed=listed(sorted(alike)) if alike else "none: there is no such component",
                fix=did_you_mean(name, alike) or "name one of the same measure and credits",
            )
            for number, name in enumerate(item.instead_of)
            if name not in alike
        ]
    return problems


def _conditions(plan: PlanFile) -> Iterator[tuple[tuple[str | int, ...], Achieved]]:
    for position, item in enumerate(plan.components):
        for number, gate in enumerate(item.gates):
            yield ("components", position, "gates", number), gate
        if item.multiplier is not None:
            yield ("components", position, "multiplier"), item.multiplier


def _problems_of_version(plan: PlanFile, file: YamlFile) -> list[Problem]:
    problems = []
    if plan.valid_to is not None and plan.valid_to <= plan.valid_from:
        problems.append(
            file.problem(
                ("valid_to",),
                "the validity ends before it starts",
                allowed=f"a day after {plan.valid_from}, or nothing",
                fix="correct valid_from or valid_to; valid_to is the first day after",
            )
        )
    names: set[str] = set()
    for position, item in enumerate(plan.components):
        if item.component in names:
            problems.append(
                file.problem(
                    ("components", position, "component"),
                    "the component stands twice",
                    allowed="every component once",
                    fix="rename or remove one of the two",
                )
            )
        names.add(item.component)
    weights = [item.weight for item in plan.components if item.weight is not None]
    if weights and sum(weights) != 1:
        problems.append(
            file.problem(
                ("components",),
                f"the weights sum to {sum(weights, Decimal(0))}",
                allowed="weights that sum to 1",
                fix="correct a weight",
            )
        )
    return [
        *problems,
        *_problems_of_conditions(plan, file),
        *_problems_of_replacements(plan, file),
    ]


def _problems_of_versions(plans: Iterable[ReadPlan]) -> list[Problem]:
    """Find versions with one number, and validities of one plan that overlap."""
    by_plan: dict[str, list[ReadPlan]] = defaultdict(list)
    for one in plans:
        by_plan[one.plan.plan].append(one)
    problems = []
    for versions in by_plan.values():
        numbers: dict[int, str] = {}
        for one in versions:
            number = one.plan.version
            if number in numbers:
                problems.append(
                    one.file.problem(
                        ("version",),
                        f"{numbers[number]} is this version of the plan already",
                        allowed="every number once",
                        fix="number the newer one anew",
                    )
                )
            numbers.setdefault(number, one.file.name)
        in_time = sorted(versions, key=lambda one: (one.plan.valid_from, one.plan.version))
        for before, after in zip(in_time, in_time[1:], strict=False):
            if after.plan.valid_from < (before.plan.valid_to or date.max):
                problems.append(
                    after.file.problem(
                        ("valid_from",),
                        f"the version overlaps with {before.file.name}",
                        allowed="versions of a plan that follow one another",
                        fix=f"write valid_to: {after.plan.valid_from} in {before.file.name}",
                    )
                )
    return problems
