"""The sample company's exports: reproducible, small, and broken exactly where README.md says."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sample_company.exports import BROKEN_ROWS
from sample_company.make_exports import HERE, write_all
from sample_company.pay import BROKEN_DELIVERIES


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample_company")
    write_all(folder)
    return folder


def relative_files(folder: Path) -> list[Path]:
    found = [path for path in (folder / "exports").rglob("*") if path.is_file()]
    return sorted(path.relative_to(folder) for path in [*found, folder / "truth.json"])


def test_a_second_run_writes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_all(tmp_path)
    assert relative_files(tmp_path) == relative_files(written)
    for path in relative_files(written):
        assert (tmp_path / path).read_bytes() == (written / path).read_bytes(), path


def test_committed_files_are_what_the_script_writes(written: Path) -> None:
    assert relative_files(HERE) == relative_files(written)
    for path in relative_files(written):
        if path.suffix == ".parquet":  # the library's version stands in its bytes
            assert pq.read_table(HERE / path).equals(pq.read_table(written / path)), path
        else:
            assert (HERE / path).read_bytes() == (written / path).read_bytes(), path


def test_exports_stay_small() -> None:
    assert sum((HERE / path).stat().st_size for path in relative_files(HERE)) < 1_500_000


def test_exports_exercise_every_format() -> None:
    suffixes = {path.suffix for path in relative_files(HERE)}
    assert suffixes >= {".csv", ".tsv", ".jsonl", ".parquet", ".xlsx"}


def test_readme_lists_every_broken_row() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    assert len(BROKEN_ROWS) <= 8
    for entity, key, _ in BROKEN_ROWS:
        assert f"| {entity} | {key} |" in readme
    for entity, key, what in BROKEN_DELIVERIES:
        assert f"| {entity} | {key} | {what} |" in readme
