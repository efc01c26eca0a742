"""Writes the generated documentation: `make docs`.

Belongs here: calling the generators. A test fails when what they write is not what lies in docs/.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.company import write_json_schemas
from orchestration.company.kpis import read_kpis
from orchestration.kpi.metrics_page import metrics_page
from orchestration.settings import PROJECT_ROOT

SCHEMA_FOLDER = PROJECT_ROOT / "docs" / "schema"
METRICS_PAGE = PROJECT_ROOT / "docs" / "metrics.md"
KPI_FOLDER = PROJECT_ROOT / "dbt_project" / "kpis"


def write_metrics_page(path: Path = METRICS_PAGE) -> None:
    """Write the page of all KPI definitions."""
    kpis, problems = read_kpis(KPI_FOLDER, "kpis")
    if problems:
        raise ValueError("\n".join(str(problem) for problem in problems))
    path.write_text(metrics_page(kpis), encoding="utf-8")


if __name__ == "__main__":
    write_json_schemas(SCHEMA_FOLDER)
    write_metrics_page()
