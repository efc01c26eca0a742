"""Every unit test and data test of the dbt project, on a warehouse without deliveries."""

from __future__ import annotations

import pytest

from orchestration.settings import Settings
from orchestration.transform.results import NodeResult
from orchestration.transform.runner import run_dbt


@pytest.fixture(scope="module")
def results(empty_warehouse: Settings) -> list[NodeResult]:
    return run_dbt(empty_warehouse, "build")


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
