"""KPIs that are made of other KPIs: which come first, and what is wrong with their factors.

Belongs here: the order in which products are computed and its checks. Does not: the model of a
definition (kpis.py) or any arithmetic (dbt).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from orchestration.company.kpis import KpiDefinition
from orchestration.company.problems import Problem

# The SQL computes so many products of products.
MOST_LEVELS = 3


def product_levels(kpis: Mapping[str, KpiDefinition]) -> dict[str, int]:
    """Return for each KPI how many steps of products it is made of; 0 for what is none.

    Raises:
        CycleError: A KPI is made of itself.
    """
    levels: dict[str, int] = {}
    for kpi in TopologicalSorter({kpi: _parts(item) for kpi, item in kpis.items()}).static_order():
        parts = _parts(kpis[kpi]) if kpi in kpis else []
        levels[kpi] = 1 + max(levels[part] for part in parts) if parts else 0
    return {kpi: levels[kpi] for kpi in kpis}


def product_problems(
    kpis: Mapping[str, KpiDefinition], shown_as: str, chosen: Collection[str]
) -> list[Problem]:
    """Return what is wrong with the factors of products, all at once.

    Args:
        kpis: All KPIs that can be a factor.
        shown_as: Folder of the chosen KPIs, as people know it.
        chosen: The KPIs to look at.
    """
    problems = list(_factor_problems(kpis, shown_as, chosen))
    try:
        levels = product_levels(kpis)
    except CycleError as error:
        found = " is made of ".join(error.args[1])
        message, fix = f"a KPI is made of itself: {found}", "take one of them out"
        return [*problems, Problem(shown_as, None, "factors", None, message, None, fix)]
    for kpi in chosen:
        level = levels[kpi]
        if level > MOST_LEVELS:
            message = f"is a product of products in {level} steps"
            allowed, fix = f"at most {MOST_LEVELS}", "name the factors of one of its factors"
            problems.append(_problem(shown_as, kpi, "factors", kpi, message, allowed, fix))
    return problems


def _factor_problems(
    kpis: Mapping[str, KpiDefinition], shown_as: str, chosen: Collection[str]
) -> Iterator[Problem]:
    for kpi in chosen:
        item = kpis[kpi]
        for part in _parts(item):
            if part not in kpis:
                fix = "correct the name, or define the KPI"
                yield _problem(shown_as, kpi, "factors", part, "no such KPI", None, fix)
                continue
            missing = set(item.dimensions) - set(kpis[part].dimensions) - {"all"}
            if missing:
                message = f"its factor is not reported by {', '.join(sorted(missing))}"
                allowed, fix = "dimensions that all factors have", "take the others out"
                yield _problem(shown_as, kpi, "dimensions", part, message, allowed, fix)


def _parts(item: KpiDefinition) -> list[str]:
    return [*item.factors, *item.divisors]


def _problem(
    shown_as: str, kpi: str, key: str, value: str, message: str, allowed: str | None, fix: str
) -> Problem:
    return Problem(f"{shown_as}/{kpi}.yml", None, key, repr(value), message, allowed, fix)
