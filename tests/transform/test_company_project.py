"""The dbt project of a home whose company adds models: links to Concord's, and its own beside."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestration.settings import Settings
from orchestration.transform.company_project import (
    company_files,
    project_dir,
    write_company_project,
)
from orchestration.transform.project import fingerprint
from orchestration.transform.shared import PROJECT_DIR
from tests.end_to_end.extended_company import written_files


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name, text in written_files().items():
        path = tmp_path / "company" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Settings(company_dir=tmp_path / "company", home=tmp_path / "home")


def test_a_company_that_adds_nothing_uses_concords_project(tmp_path: Path) -> None:
    settings = Settings(company_dir=tmp_path, home=tmp_path / "home")
    assert company_files(settings) == {}
    write_company_project(settings, {})
    assert project_dir(settings) == PROJECT_DIR


def test_the_homes_project_is_concords_with_the_companys_extension(settings: Settings) -> None:
    write_company_project(settings, company_files(settings))
    place = project_dir(settings)
    links = {path.name: path.resolve() for path in place.iterdir() if path.is_symlink()}
    assert links == {name: PROJECT_DIR / name for name in ("macros", "models", "tests")}
    own = sorted(path.relative_to(place / "extension").as_posix()
                 for path in (place / "extension").rglob("*") if path.is_file())  # fmt: skip
    assert own == [
        "models/company/dim_partner_account.sql",
        "models/company/partners.yml",
        "models/company_internal/partner_deals.sql",
        "models/company_internal/partner_deals.yml",
        "models/intermediate/kpi/_company_metrics.yml",
        "models/intermediate/kpi/int_kpi_components_company.sql",
        "models/intermediate/kpi/int_kpi_components_company.yml",
        "models/intermediate/kpi/int_kpi_dimensions_company.sql",
        "models/intermediate/kpi/int_kpi_dimensions_company.yml",
        "tests/assert_company_components_are_declared.sql",
        "tests/assert_dim_partner_account_holds_no_addresses.sql",
    ]
    content = yaml.safe_load((place / "dbt_project.yml").read_text())
    assert content.pop("models")["concord"].pop("company")["+contract"] == {"enforced": True}
    concords = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())
    assert content == {name: value for name, value in concords.items() if name != "models"}
    # Every folder of Concord's project that dbt reads is there.
    others = {"target", "logs", "kpis", "profiles.yml", "extension", "dbt_project.yml"}
    kept = {path.name for path in PROJECT_DIR.iterdir()} - others
    assert set(links) == {name for name in kept if not name.startswith(".")}


def test_what_the_company_takes_back_is_gone(settings: Settings) -> None:
    write_company_project(settings, company_files(settings))
    write_company_project(settings, {})
    assert project_dir(settings) == PROJECT_DIR
    assert (PROJECT_DIR / "models").is_dir()


def test_the_fingerprint_covers_what_the_company_adds(settings: Settings) -> None:
    nothing = fingerprint(Settings(company_dir=settings.home, home=settings.home))
    found = {nothing, fingerprint(settings)}
    model = settings.company_dir / "models" / "dim_partner_account.sql"
    model.write_text(model.read_text() + "-- more\n")
    found.add(fingerprint(settings))
    kpi = settings.company_dir / "kpis" / "partner_win_rate.yml"
    kpi.write_text(kpi.read_text().replace("Win rate with", "Rate of wins with"))
    found.add(fingerprint(settings))
    assert len(found) == 4


def test_what_is_wrong_is_left_out_until_it_is_mended(settings: Settings) -> None:
    """Definitions must load all the same: the run says what is wrong with the folder."""
    (settings.company_dir / "models" / "fct_opportunity.sql").write_text("select 1 as one")
    assert company_files(settings) == {}
