"""Sources are read at once; a slow or broken one is named and stops nobody else."""

from __future__ import annotations

import threading
from pathlib import Path

from orchestration.company.sources import Source, source_from_mapping
from orchestration.ingest.file_drop import Refusal, SourceReading
from orchestration.ingest.side_by_side import read_side_by_side


def source(name: str, folder: Path) -> Source:
    entry = {
        "loader": "file_drop",
        "options": {"folder": str(folder), "time_zone": "UTC", "currency": "EUR"},
        "datasets": {
            "products": {
                "entity": "products",
                "files": "*.csv",
                "columns": {"product_id": "id"},
            }
        },
    }
    return source_from_mapping(name, entry, company_folder=folder)


def reading(name: str, *refusals: Refusal) -> SourceReading:
    return SourceReading(name, (), (), refusals, is_read=not refusals)


def fail(item: Source, reason: str) -> SourceReading:
    return reading(item.name, Refusal(None, item.name, f"source {item.name} {reason}"))


def test_a_slow_and_a_broken_source_do_not_stop_the_others(tmp_path: Path) -> None:
    never = threading.Event()

    def read(item: Source) -> SourceReading:
        if item.name == "slow":
            never.wait()
        if item.name == "broken":
            raise PermissionError("no entry")
        return reading(item.name)

    sources = [source(name, tmp_path) for name in ("slow", "broken", "good")]
    found = read_side_by_side(sources, read, fail, deadline_seconds=0.3)
    never.set()
    assert [item.source for item in found] == ["slow", "broken", "good"]
    assert [item.is_read for item in found] == [False, False, True]
    assert "CONCORD_SOURCE_DEADLINE" in found[0].refusals[0].message
    assert "no entry" in found[1].refusals[0].message


def test_they_are_read_at_once(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=30)

    def read(item: Source) -> SourceReading:
        both.wait()
        return reading(item.name)

    found = read_side_by_side(
        [source("first", tmp_path), source("second", tmp_path)], read, fail, deadline_seconds=60
    )
    assert [item.is_read for item in found] == [True, True]
