"""Writes what is made from definitions: the documentation and the semantic layer. `make docs`.

Belongs here: calling the generators. A test fails when what they write is not what is committed.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.company import write_json_schemas
from orchestration.company.kpis import KpiDefinition, read_kpis
from orchestration.kpi.metrics_page import metrics_page
from orchestration.kpi.semantic_layer import semantic_layer
from orchestration.settings import PROJECT_ROOT

SCHEMA_FOLDER = PROJECT_ROOT / "docs" / "schema"
METRICS_PAGE = PROJECT_ROOT / "docs" / "metrics.md"
KPI_FOLDER = PROJECT_ROOT / "dbt_project" / "kpis"
SEMANTIC_LAYER = PROJECT_ROOT / "dbt_project" / "models" / "marts" / "kpi" / "_semantic_layer.yml"


def write_metrics_page(path: Path = METRICS_PAGE) -> None:
    """Write the page of all KPI definitions."""
    path.write_text(metrics_page(_kpis()), encoding="utf-8")


def write_semantic_layer(path: Path = SEMANTIC_LAYER) -> None:
    """Write the MetricFlow metrics of all KPIs that are sums or ratios."""
    path.write_text(semantic_layer(_kpis()), encoding="utf-8")


def _kpis() -> dict[str, KpiDefinition]:
    kpis, problems = read_kpis(KPI_FOLDER, "kpis")
    if problems:
        raise ValueError("\n".join(str(problem) for problem in problems))
    return kpis


if __name__ == "__main__":
    write_json_schemas(SCHEMA_FOLDER)
    write_metrics_page()
    write_semantic_layer()
