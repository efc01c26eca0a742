"""Figures that overlap are kept apart: nothing adds them up, and nothing makes a KPI of them.

Belongs here: what may not be summed, by its name in definitions and models. Does not: sums that
must be equal (tests/laws).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.company.kpis import KpiDefinition, read_kpis
from orchestration.docs import KPI_FOLDER
from orchestration.transform.project import PROJECT_DIR

KPIS, _ = read_kpis(KPI_FOLDER, "kpis")
SHARED_CREDIT = re.compile(r"sourced|influenced")
OF_SHARED_CREDIT = {
    name: item
    for name, item in KPIS.items()
    if SHARED_CREDIT.search(f"{name} {item.numerator_component}")
}
# The platforms' own counts: each credits itself, by its own model and window.
MAY_NAME_PLATFORM_CONVERSIONS = {
    "stg_file_drop__ad_spend",
    "conformed_ad_spend",
    "fct_ad_performance_daily",
    # For rpt_channel_evidence: beside our own credit, never added to it.
    "int_channel_evidence",
}


def test_there_are_figures_to_keep_apart() -> None:
    assert len(OF_SHARED_CREDIT) >= 3


@pytest.mark.parametrize("definition", OF_SHARED_CREDIT.values(), ids=list(OF_SHARED_CREDIT))
def test_what_is_sourced_or_influenced_is_never_added_up(definition: KpiDefinition) -> None:
    """The rules answer one question several times; stacked they exceed the whole."""
    assert not definition.is_additive


def test_no_kpi_is_made_of_what_is_sourced_or_influenced() -> None:
    made = {
        name: [part for part in (*item.factors, *item.divisors) if SHARED_CREDIT.search(part)]
        for name, item in KPIS.items()
    }
    assert {name: parts for name, parts in made.items() if parts} == {}


def test_conversions_of_platforms_are_shown_and_used_for_nothing() -> None:
    """Neither a KPI nor a stage of the funnel: two platforms count one buyer twice."""
    models = PROJECT_DIR / "models"
    queries = {path.stem for path in models.rglob("*.sql") if _names_it(path)}
    # The contracts of the marts: a column that a star takes along is told there.
    described = {path.stem for path in models.rglob("*.yml") if _names_it(path)}
    assert queries == MAY_NAME_PLATFORM_CONVERSIONS
    assert described == MAY_NAME_PLATFORM_CONVERSIONS - {"stg_file_drop__ad_spend"}
    assert [path.name for path in KPI_FOLDER.glob("*.yml") if _names_it(path)] == []


def _names_it(path: Path) -> bool:
    return "platform_conversions" in path.read_text(encoding="utf-8")
