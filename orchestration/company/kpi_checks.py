"""The rules for a company's own KPIs: a name and parts of their own, components that are counted.

Belongs here: those rules. Does not: the form of a definition (kpis.py), models (model_checks.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from orchestration.company.company_models import COMPONENTS, DIMENSIONS, CompanyModel
from orchestration.company.kpis import KpiDefinition, KpiDimension
from orchestration.company.model_checks import GROUPS
from orchestration.company.problems import Problem
from orchestration.company.suggestions import did_you_mean, listed

KPI_FOLDER_NAME = "kpis"
PART_KEYS = ("numerator_component", "denominator_component")
# Taken of single values, which no sum tells any more.
OF_SINGLE_VALUES = ("median", "p90")


@dataclass(frozen=True)
class _World:
    """Concord's KPIs, the company's, and what the company's models count."""

    concord: Mapping[str, KpiDefinition]
    own: Mapping[str, KpiDefinition]
    counted: Mapping[str, CompanyModel]

    @property
    def every(self) -> dict[str, KpiDefinition]:
        return {**self.own, **self.concord}

    @property
    def by_person(self) -> set[str]:
        """The components of Concord whose rows say whose they are."""
        return {name for kpi in self.concord.values() if kpi.by_person for name in kpi.components}

    @property
    def of_concord(self) -> dict[str, KpiDefinition]:
        """Each component of Concord, with a KPI that is made of it."""
        return {name: kpi for kpi in self.concord.values() for name in kpi.components}


def kpi_problems(
    own: Mapping[str, KpiDefinition],
    concord: Mapping[str, KpiDefinition],
    models: Sequence[CompanyModel],
) -> list[Problem]:
    """Everything that is wrong with a company's KPIs and with what its models count for them."""
    counted = {name: model for model in models for name in model.components}
    world = _World(concord, own, counted)
    problems = [item for model in models for item in _counted_twice(model, world)]
    for name, kpi in own.items():
        if name in concord:
            message, fix = "Concord defines a KPI of this name", "rename the file, or remove it"
            problems.append(_problem(name, "kpi", name, message, fix))
            continue
        problems += [
            *_sameness(name, kpi, world),
            *_group(name, kpi),
            *_parts(name, kpi, world),
            *_states(name, kpi, world),
            *_dimensions(name, kpi, world),
            *_person(name, kpi, world),
        ]
    return problems


def _problem(
    name: str, key: str, value: str | None, message: str, fix: str, allowed: str | None = None
) -> Problem:
    shown = None if value is None else repr(value)
    return Problem(f"{KPI_FOLDER_NAME}/{name}.yml", None, key, shown, message, allowed, fix)


def _counted_twice(model: CompanyModel, world: _World) -> Iterator[Problem]:
    for name in model.components:
        if name in world.of_concord and model.notes is not None:
            message = f"Concord counts a component {name!r}; it would be counted twice"
            yield model.notes.problem(("config", "meta", COMPONENTS), message, "rename it")


def _sameness(name: str, kpi: KpiDefinition, world: _World) -> Iterator[Problem]:
    for other, known in world.every.items():
        is_before = other in world.concord or other < name
        is_same = known.aggregation == kpi.aggregation and known.components == kpi.components
        if is_before and is_same and kpi.components:
            message = f"{other} is made of the same components: it would be one KPI twice"
            yield _problem(name, PART_KEYS[0], kpi.numerator_component, message, f"use {other}")
        if name in (f"{other}_numerator", f"{other}_denominator"):
            message = f"means a part of {other} in the semantic layer"
            yield _problem(name, "kpi", name, message, "rename the file")


def _group(name: str, kpi: KpiDefinition) -> Iterator[Problem]:
    if kpi.kpi_group not in GROUPS:
        message = "is no publish group of a company"
        fix = "choose one of them"
        yield _problem(name, "kpi_group", kpi.kpi_group, message, fix, listed(GROUPS))


def _parts(name: str, kpi: KpiDefinition, world: _World) -> Iterator[Problem]:
    if not kpi.components:
        fix = "name the component that is counted"
        yield _problem(name, PART_KEYS[0], None, "missing", fix)
    for key in PART_KEYS:
        component = getattr(kpi, key)
        if component is None:
            continue
        known = world.of_concord.get(component)
        if known is None and component not in world.counted:
            names = [*world.counted, *sorted(world.of_concord)]
            hint = f"name it in {COMPONENTS} of the model that counts it"
            fix = did_you_mean(component, names) or hint
            message = "no model counts such a component"
            yield _problem(name, key, component, message, fix, listed(names))
            continue
        is_single = known is not None and known.aggregation in OF_SINGLE_VALUES
        if is_single != (kpi.aggregation in OF_SINGLE_VALUES):
            message = f"holds sums, of which there is no {kpi.aggregation}"
            if is_single:
                message = "holds single values, of which only a median or a p90 can be taken"
            fix = "choose another component, or correct aggregation"
            yield _problem(name, key, component, message, fix)


def _states(name: str, kpi: KpiDefinition, world: _World) -> Iterator[Problem]:
    """A component is a state in all its KPIs or in none: what says so changes all of them."""
    for component in kpi.components:
        for other, known in world.every.items():
            if other == name or component not in known.components or known.state == kpi.state:
                continue
            said = f"is {known.state}" if known.state else "has none"
            message = f"{other}, which is made of {component!r} too, {said}"
            fix = f"write state: {known.state}" if known.state else "remove state"
            yield _problem(name, "state", kpi.state, message, fix)
            break


def _person(name: str, kpi: KpiDefinition, world: _World) -> Iterator[Problem]:
    """The rows of a company's models do not say whose they are."""
    for component in kpi.components:
        if kpi.by_person is not None and component not in world.by_person:
            message = f"nobody knows whose {component!r} is"
            allowed = listed(sorted(world.by_person))
            yield _problem(name, "by_person", kpi.by_person, message, "remove by_person", allowed)


def _dimensions(name: str, kpi: KpiDefinition, world: _World) -> Iterator[Problem]:
    offered = [
        set(world.counted[item].dimensions) if item in world.counted else set()
        for item in kpi.components
    ]
    own = sorted(set.intersection(*offered)) if offered else []
    allowed = [*get_args(KpiDimension), *own]
    for dimension in kpi.dimensions:
        if dimension not in allowed:
            hint = f"name it in {DIMENSIONS} of every model that counts a component of the KPI"
            fix = did_you_mean(dimension, allowed) or hint
            message = "is no dimension of all its components"
            yield _problem(name, "dimensions", dimension, message, fix, listed(allowed))
