"""A warehouse without deliveries, for tests that run dbt.

The company's decisions are in it, so that accepted values and references have something to hold to.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.canonical import load_entities
from orchestration.company import load_company, rules_tables
from orchestration.company.reference_origins import reference_origins
from orchestration.ingest.published_before import write_published_before
from orchestration.ingest.warehouse import warehouse, write_rules, write_views
from orchestration.ledger.source import write_ledger
from orchestration.sample import ensure_sample
from orchestration.settings import Settings
from orchestration.sources.file_drop import raw_views_sql
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a home whose warehouse holds the rules and empty deliveries."""
    home = tmp_path_factory.mktemp("dbt") / "home"
    settings = Settings(company_dir=ROOT / "company", home=home, hash_key="only for this test")
    ensure_sample(settings)
    company = load_company(settings.company_dir, settings.variables)
    tables = {**rules_tables(company), "reference_origin": reference_origins(company)}
    with warehouse(settings) as connection:
        write_rules(connection, tables)
        write_views(
            connection, raw_views_sql(load_entities(), [], Path(settings.raw_file_drop_dir))
        )
        write_published_before(connection, settings.published_dir, company.as_of_date)
        write_ledger(connection, settings.ledger_path)
    return settings
