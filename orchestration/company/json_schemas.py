"""JSON Schemas of the YAML files, so that an editor completes and checks them while one types.

Belongs here: which files have a schema and where it goes. Does not: the models themselves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestration.company.attribution import AttributionFile
from orchestration.company.company_file import CompanyFile
from orchestration.company.funnel import FunnelFile
from orchestration.company.kpis import KpiDefinition
from orchestration.company.payroll import PayrollFile
from orchestration.company.plans import PlanFile
from orchestration.company.scoring import ScoringFile
from orchestration.company.sources import SourcesFile
from orchestration.company.value_types import Decision

SCHEMA_MODELS: dict[str, type[Decision]] = {
    "company": CompanyFile,
    "funnel": FunnelFile,
    "scoring": ScoringFile,
    "attribution": AttributionFile,
    "sources": SourcesFile,
    "kpi": KpiDefinition,
    "plan": PlanFile,
    "payroll": PayrollFile,
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas of the YAML files of a company and of a KPI.

    Returns:
        The schemas by name: company, funnel, scoring, attribution, sources, kpi, plan, payroll.
    """
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(),
        }
        for name, model in SCHEMA_MODELS.items()
    }


def write_json_schemas(folder: Path) -> list[Path]:
    """Write every schema to `<name>.schema.json`.

    Args:
        folder: Folder to write to; made when it is missing.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in json_schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(schema), encoding="utf-8")
        paths.append(path)
    return paths


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
