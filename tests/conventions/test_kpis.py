"""Each KPI is told whole, once, and where people look for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.company.kpis import KpiDefinition, read_kpis
from orchestration.docs import (
    KPI_FOLDER,
    METRICS_PAGE,
    SEMANTIC_LAYER,
    write_metrics_page,
    write_semantic_layer,
)

KPIS, PROBLEMS = read_kpis(KPI_FOLDER, "kpis")


def test_the_definitions_are_valid() -> None:
    assert PROBLEMS == []
    assert len(KPIS) > 10


@pytest.mark.parametrize("definition", KPIS.values(), ids=list(KPIS))
def test_each_kpi_has_an_example_with_a_figure(definition: KpiDefinition) -> None:
    assert definition.example is not None
    assert any(character.isdigit() for character in definition.example)


def test_no_kpi_is_defined_twice() -> None:
    """Neither under one label nor by the same parts in the same way."""
    labels = [item.kpi_label.lower() for item in KPIS.values()]
    parts = [
        (
            item.aggregation,
            item.numerator_component,
            item.denominator_component,
            tuple(sorted(item.factors)),
            tuple(sorted(item.divisors)),
        )
        for item in KPIS.values()
    ]
    assert sorted(labels) == sorted(set(labels))
    assert sorted(map(str, parts)) == sorted(map(str, set(parts)))


def test_the_page_of_metrics_is_what_the_definitions_make(tmp_path: Path) -> None:
    written = tmp_path / "metrics.md"
    write_metrics_page(written)

    assert METRICS_PAGE.read_text() == written.read_text(), "stale: run `make docs`"


def test_the_semantic_layer_is_what_the_definitions_make(tmp_path: Path) -> None:
    written = tmp_path / "semantic_layer.yml"
    write_semantic_layer(written)

    assert SEMANTIC_LAYER.read_text() == written.read_text(), "stale: run `make docs`"
