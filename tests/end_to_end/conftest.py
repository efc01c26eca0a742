"""Homes in which the real command ran, shared by the tests that only look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import ROOT, RunHome, real_data, run_home


@pytest.fixture(scope="session")
def crm_export(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The real CRM export, run once through its example company folder."""
    yield run_home(
        tmp_path_factory.mktemp("crm_export") / "home",
        CONCORD_COMPANY=str(ROOT / "examples" / "crm_export"),
        CRM_EXPORT_DIR=str(real_data("maven_crm")),
    )


@pytest.fixture(scope="session")
def marketing_funnel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The real marketing funnel, run once through its example company folder."""
    yield run_home(
        tmp_path_factory.mktemp("marketing_funnel") / "home",
        CONCORD_COMPANY=str(ROOT / "examples" / "marketing_funnel"),
        FUNNEL_DIR=str(real_data("olist_funnel")),
    )
