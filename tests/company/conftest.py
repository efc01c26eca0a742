"""The valid company folder that every test here starts from."""

from __future__ import annotations

from pathlib import Path

import pytest
from company_folder import FILES, KPI_LEADS, KPI_WIN_RATE, Folder, write_files


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    write_files(tmp_path / "company", FILES)
    write_files(tmp_path / "kpis", {"leads.yml": KPI_LEADS, "win_rate.yml": KPI_WIN_RATE})
    (tmp_path / "company" / "drop").mkdir()
    (tmp_path / "crm").mkdir()
    variables = {"CRM_DIR": str(tmp_path / "crm"), "SECRET": "do-not-show"}
    return Folder(tmp_path / "company", tmp_path / "kpis", variables)
