"""The shipped company folders are valid, and the sample's files load as its truth says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from orchestration.company import Company, load_company
from orchestration.sample import ensure_sample
from orchestration.settings import PROJECT_ROOT, SAMPLE_COMPANY_DIR, Settings
from orchestration.sources.file_drop import extract
from sample_company.exports import BROKEN_ROWS
from sample_company.make_exports import HERE
from sample_company.pay import BROKEN_DELIVERIES
from tests.crm_files import AD_PLATFORMS, with_ad_files, write_crm_files_company


def load(folder: Path, **variables: str) -> Company:
    return load_company(folder, variables)


@pytest.mark.parametrize(
    ("name", "variable"), [("crm_export", "CRM_EXPORT_DIR"), ("marketing_funnel", "FUNNEL_DIR")]
)
def test_an_example_is_valid_and_takes_its_folder_from_the_environment(
    name: str, variable: str, tmp_path: Path
) -> None:
    company = load(PROJECT_ROOT / "examples" / name, **{variable: str(tmp_path)})
    assert [source.options.folder for source in company.sources.sources.values()] == [tmp_path]


# What the committed exports hold; the other sources deliver Parquet that is made for each home.
EXPORTED = ("crm", "marketing")


def test_the_sample_company_is_valid_and_simulates_five_systems(tmp_path: Path) -> None:
    (tmp_path / "sample_company" / "delivered").mkdir(parents=True)
    found = load(SAMPLE_COMPANY_DIR, CONCORD_HOME=str(tmp_path)).sources
    assert found.simulated == ("crm", "letters", *AD_PLATFORMS)
    connected = {name for name, item in found.sources.items() if item.connector}
    assert connected == {"crm", "letters", *AD_PLATFORMS}


def test_the_sample_loads_as_planted(tmp_path: Path) -> None:
    """With its CRM, its letters and its ad spend by files."""
    expected = json.loads((HERE / "truth.json").read_text(encoding="utf-8"))["rows"]
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    bad_deliveries: Counter[str] = Counter()
    settings = Settings(company_dir=SAMPLE_COMPANY_DIR, home=tmp_path)
    ensure_sample(settings)
    by_file = with_ad_files(write_crm_files_company(tmp_path / "by_file"))
    sources = load(by_file, **settings.variables).sources.sources
    for name, source in sources.items():
        result = extract(source, source.options.folder, [], tmp_path)
        assert not result.refusals
        if name not in EXPORTED:
            bad_deliveries.update(row.entity for row in result.quarantined)
            continue
        good.update({version.entity: version.row_count for version in result.files})
        bad.update(row.entity for row in result.quarantined)
    assert good == {entity: counts["good"] for entity, counts in expected.items()}
    assert bad == Counter(entity for entity, _, _ in BROKEN_ROWS)
    assert bad_deliveries == Counter(entity for entity, _, _ in BROKEN_DELIVERIES)
