"""A drop folder to play with: write files, extract, look at the raw views.

Belongs here: what all file-drop tests share. Does not: assertions.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.canonical import load_entities
from orchestration.company.sources import Source, source_from_mapping
from orchestration.sources.file_drop import (
    RAW_SCHEMA,
    FileDropResult,
    FileVersion,
    active_files,
    extract,
    raw_view_sql,
)

DEALS = {
    "opportunity_id": "id",
    "sales_stage": "stage",
    "amount": "value",
    "close_date": "closed",
}


class DropFolder:
    """A source named crm with a folder, and what the last extraction gave."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "drop"
        self.folder.mkdir(parents=True)
        self.raw = root / "raw"
        self.options: dict[str, Any] = {}
        self.company_time_zone = "UTC"
        self.datasets: dict[str, dict[str, Any]] = {
            "deals": {"entity": "opportunities", "files": "*.csv", "columns": DEALS}
        }
        self.result = FileDropResult("crm")

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def deals(self, **changes: Any) -> None:
        self.datasets["deals"].update(changes)

    def source(self, name: str = "crm") -> Source:
        options = {"folder": str(self.folder), **self.options}
        return source_from_mapping(
            name,
            {"loader": "file_drop", "options": options, "datasets": self.datasets},
            company_folder=self.root,
            time_zone=self.company_time_zone,
        )

    def extract(
        self, previous: Iterable[FileVersion] | None = None, on_progress: Any = None
    ) -> FileDropResult:
        """Extract, with the versions of the last extraction as the previous ones."""
        before = self.result.files if previous is None else previous
        self.result = extract(self.source(), self.folder, before, self.raw, on_progress=on_progress)
        for version in self.result.files:
            placed = version.row_count + version.quarantined_count
            assert version.read_count == (placed + version.duplicate_count + version.filtered_count)
        return self.result

    def rows(self, entity: str = "opportunities") -> list[dict[str, Any]]:
        """Return what the raw view shows."""
        with duckdb.connect() as connection:
            connection.execute(f"create schema {RAW_SCHEMA}")
            entities = load_entities()
            files = active_files([self.result])
            connection.execute(raw_view_sql(entities[entity], files, self.raw, entities))
            table = connection.sql(
                f"select * from raw_file_drop.{entity} order by _file_rank, _row_number"  # noqa: S608
            ).to_arrow_table()
        return table.to_pylist()

    def column(self, name: str, entity: str = "opportunities") -> list[Any]:
        return [row[name] for row in self.rows(entity)]

    def refusal(self) -> str:
        """Return the only refusal as text."""
        assert len(self.result.refusals) == 1, self.result.refusals
        refusal = self.result.refusals[0]
        return f"{refusal.file}: {refusal.reason}; {refusal.fix}"


@pytest.fixture
def drop(tmp_path: Path) -> DropFolder:
    return DropFolder(tmp_path)


@pytest.fixture
def make_drop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A maker of drop folders, for tests that need many."""
    return lambda: DropFolder(tmp_path_factory.mktemp("drop"))
