"""The company folder: what a company decides, loaded, checked and turned into rules tables.

Belongs here: company.yml, funnel.yml, sources.yml, the CSVs beside them and the KPI definitions.
Does not: reading exports (orchestration/sources) or applying any rule (dbt_project).
"""

from orchestration.company.json_schemas import json_schemas, write_json_schemas
from orchestration.company.loading import Company, load_company
from orchestration.company.problems import CompanyInvalid, Problem
from orchestration.company.rules_schema import RULES_SCHEMAS
from orchestration.company.rules_tables import rules_tables

__all__ = [
    "RULES_SCHEMAS",
    "Company",
    "CompanyInvalid",
    "Problem",
    "json_schemas",
    "load_company",
    "rules_tables",
    "write_json_schemas",
]
