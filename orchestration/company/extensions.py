"""What a company adds of its own: models, and KPIs of Concord's or of its own components.

Belongs here: reading both. Does not: their rules (model_checks.py, kpi_checks.py), or what dbt
makes of them (transform/company_project.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from orchestration.company.company_models import CompanyModel, read_models
from orchestration.company.kpi_checks import KPI_FOLDER_NAME, kpi_problems
from orchestration.company.kpis import KpiDefinition, read_kpis
from orchestration.company.model_checks import model_problems
from orchestration.company.problems import Problem
from orchestration.company.value_types import SnakeCase


class CompanyKpi(KpiDefinition):
    """A KPI of the company: its dimensions may be its own."""

    dimensions: list[SnakeCase] = Field(  # type: ignore[assignment]
        description="Dimensions that the KPI is reported by."
    )


@dataclass(frozen=True)
class Extensions:
    """What a company adds.

    Attributes:
        models: Its own models.
        files: Their files for dbt: path inside `models`, and text.
        kpis: Its own KPIs by id.
    """

    models: tuple[CompanyModel, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    kpis: Mapping[str, KpiDefinition] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not self.files and not self.kpis


def read_extensions(
    folder: Path, concord_kpis: Mapping[str, KpiDefinition]
) -> tuple[Extensions, list[Problem]]:
    """Read and check what a company adds.

    Args:
        folder: The company folder.
        concord_kpis: Concord's own KPIs.

    Returns:
        What it adds, and everything that is wrong with it.
    """
    models = read_models(folder)
    problems = model_problems(models)
    kpis, found = read_kpis(folder / KPI_FOLDER_NAME, KPI_FOLDER_NAME, CompanyKpi)
    problems += [*found, *kpi_problems(kpis, concord_kpis, models.models)]
    return Extensions(tuple(models.models), models.files, kpis), problems
