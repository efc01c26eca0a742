"""Homes in which the real command ran, shared by the tests that only look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sample_company.generate import generate
from tests.conftest import ROOT, RunHome, real_data, run_home
from tests.crm_files import write_ad_files_company, write_crm_files_company


@pytest.fixture(scope="session")
def crm_export(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The real CRM export, run once through its example company folder."""
    yield run_home(
        tmp_path_factory.mktemp("crm_export") / "home",
        CONCORD_COMPANY=str(ROOT / "examples" / "crm_export"),
        CRM_EXPORT_DIR=str(real_data("maven_crm")),
    )


@pytest.fixture(scope="session")
def crm_files(sample: RunHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The sample company with its CRM read from export files, run once.

    Its hash key is the sample's, so that addresses have the same hash in both.
    """
    place = tmp_path_factory.mktemp("crm_files")
    company = write_crm_files_company(place)
    # The command does so by itself for the sample company in its own place only.
    generate(place / "home" / "sample_company")
    key = (sample.home / "state" / "hash_key").read_text().strip()
    yield run_home(place / "home", CONCORD_COMPANY=str(company), CONCORD_HASH_KEY=key)


@pytest.fixture(scope="session")
def ad_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The sample company's weekly file of ad spend and its CRM's files, run once."""
    place = tmp_path_factory.mktemp("ad_files")
    yield run_home(place / "home", CONCORD_COMPANY=str(write_ad_files_company(place)))


@pytest.fixture(scope="session")
def marketing_funnel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHome]:
    """The real marketing funnel, run once through its example company folder."""
    yield run_home(
        tmp_path_factory.mktemp("marketing_funnel") / "home",
        CONCORD_COMPANY=str(ROOT / "examples" / "marketing_funnel"),
        FUNNEL_DIR=str(real_data("olist_funnel")),
    )
