"""The way from a KPI back to the tables that sources deliver and the rules that were set.

A KPI is made of components; which model makes a component, the models say themselves: those of the
KPI layer that write its name. Everything above follows from what reads what.

Belongs here: walking the project. Does not: showing it (cli/kpi.py, docs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from orchestration.transform.nodes import Model, Project

_KPI_FOLDER = "int_kpi_"
_SHOWN_SCHEMAS = ("core", "funnel", "attribution", "compensation", "company")
_COMPANY_SCHEMAS = ("company", "company_internal")


@dataclass(frozen=True)
class Lineage:
    """Where a KPI comes from.

    Attributes:
        makers: Models of the KPI layer that make its components.
        marts: The marts that those read, directly or through what is between.
        sources: The delivered tables and the rules tables below, as ``schema.table``.
    """

    makers: tuple[str, ...]
    marts: tuple[str, ...]
    sources: tuple[str, ...]


def lineage_of(project: Project, components: Iterable[str]) -> Lineage:
    """Return where components come from.

    Args:
        project: The models, with their compiled queries.
        components: Names of components, as dim_kpi has them.
    """
    makers = [model for name in components for model in _makers(project, name)]
    reads = {item for model in makers for item in _above(project, model.unique_id)}
    marts = [project.models[item] for item in reads if item in project.models]
    return Lineage(
        makers=tuple(sorted({model.name for model in makers})),
        marts=tuple(
            sorted(f"{item.schema}.{item.name}" for item in marts if item.schema in _SHOWN_SCHEMAS)
        ),
        sources=tuple(
            sorted(".".join(project.sources[item]) for item in reads if item in project.sources)
        ),
    )


def _makers(project: Project, component: str) -> list[Model]:
    """The models that write the component's name and read no other model that does."""
    named = re.compile(rf"'{re.escape(component)}'")
    found = {
        model.unique_id: model
        for model in project.models.values()
        if (model.name.startswith(_KPI_FOLDER) or model.schema in _COMPANY_SCHEMAS)
        and named.search(model.sql)
    }
    return [
        model
        for model in found.values()
        if not any(item in found for item in _above(project, model.unique_id))
    ]


@cache
def _above(project: Project, unique_id: str) -> frozenset[str]:
    """Everything that a model reads, directly or not."""
    model = project.models.get(unique_id)
    if model is None:
        return frozenset()
    return frozenset(model.reads).union(*(_above(project, item) for item in model.reads))
