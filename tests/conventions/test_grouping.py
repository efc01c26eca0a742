"""Tests that share a costly fixture run in one process."""

from __future__ import annotations

import re

from tests.conftest import ROOT
from tests.grouping import scope_of


def test_files_of_one_group_share_a_scope() -> None:
    sample = {
        scope_of(f"tests/end_to_end/{file}.py::test_any[x]")
        for file in ("test_sample_company", "test_generated_truth", "test_postgres")
    }
    assert sample == {"sample"}
    alone = "tests/company/test_company_loading.py::test_any"
    assert scope_of(alone) == alone


def test_every_group_that_a_file_names_is_seen() -> None:
    naming = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("test_*.py")
        if re.search(r"^pytestmark.*xdist_group", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    unseen = [str(path) for path in naming if scope_of(f"{path}::test") == f"{path}::test"]
    assert len(naming) > 5
    assert unseen == []
