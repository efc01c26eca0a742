"""Every unit test and data test of the dbt project, on a warehouse without deliveries.

The company's decisions are in it, so that accepted values and references have something to hold to.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.canonical import load_entities
from orchestration.company import load_company, rules_tables
from orchestration.company.reference_origins import reference_origins
from orchestration.ingest.warehouse import warehouse, write_rules, write_views
from orchestration.settings import Settings
from orchestration.sources.file_drop import raw_views_sql
from orchestration.transform.runner import NodeResult, run_dbt
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def results(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[NodeResult]:
    home = tmp_path_factory.mktemp("dbt") / "home"
    settings = Settings(company_dir=ROOT / "company", home=home, hash_key="only for this test")
    company = load_company(settings.company_dir, {})
    tables = {**rules_tables(company), "reference_origin": reference_origins(company)}
    with warehouse(settings) as connection:
        write_rules(connection, tables)
        write_views(
            connection, raw_views_sql(load_entities(), [], Path(settings.raw_file_drop_dir))
        )
    return run_dbt(settings, "build")


@pytest.mark.slow
def test_every_model_and_test_of_the_project_is_good(results: list[NodeResult]) -> None:
    bad = [
        f"{item.unique_id}: {item.status} {item.message}" for item in results if not item.is_good
    ]
    assert bad == []


@pytest.mark.slow
def test_unit_tests_were_among_them(results: list[NodeResult]) -> None:
    kinds = [item.resource_type for item in results]
    assert kinds.count("unit_test") >= 90
    assert kinds.count("test") >= 90
    assert kinds.count("model") >= 120
