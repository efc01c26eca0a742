"""Which version of a file is active: new, unchanged, changed, vanished, refused, interrupted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.file_drop import loading, plan, single_file, storage, with_ranks

HEADER = "id,stage,value,closed\n"
ONE = HEADER + "1,Won,5,\n1,Won,5,\n2,Won,x,\n"


def _stored(drop: Any) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in drop.raw.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were really read."""
    names: list[str] = []
    load = single_file.load_file

    def noted(connection: Any, path: Path, *rest: Any) -> Any:
        names.append(path.name)
        return load(connection, path, *rest)

    monkeypatch.setattr(single_file, "load_file", noted)
    return names


def test_an_unchanged_file_is_not_read_again(drop: Any, reads: list[str]) -> None:
    drop.write("deals.csv", ONE)
    first = drop.extract()
    stored = _stored(drop)
    (drop.folder / "deals.csv").touch()
    second = drop.extract()

    assert reads == ["deals.csv"]
    assert [version.status for version in (*first.files, *second.files)] == ["new", "unchanged"]
    assert second.quarantined == first.quarantined
    assert second.files[0].duplicate_count == 1
    assert _stored(drop) == stored


def test_the_same_input_gives_the_same_bytes(make_drop: Any) -> None:
    stored = []
    for _ in range(2):
        drop = make_drop()
        rows = "".join(f"{i},Won,{i}.25,2024-01-{i % 28 + 1:02d}\n" for i in range(3000))
        drop.write("deals.csv", HEADER + rows + "0,Won,1,\n")
        drop.extract()
        stored.append(_stored(drop))

    assert len(stored[0]) == 2
    assert stored[0] == stored[1]


def test_a_changed_file_is_read_again_and_the_old_version_stays(
    drop: Any, reads: list[str]
) -> None:
    drop.write("deals.csv", ONE)
    old = drop.extract().files[0]
    drop.write("deals.csv", HEADER + "1,Won,6,\n")
    new = drop.extract().files[0]

    assert reads == ["deals.csv"] * 2
    assert (new.status, new.content_hash != old.content_hash) == ("new", True)
    assert drop.column("amount") == [Decimal(6)]
    assert (drop.raw / old.parquet_path).is_file()

    drop.write("deals.csv", ONE)
    back = drop.extract().files[0]
    assert (back.status, back.parquet_path) == ("new", old.parquet_path)
    assert len(reads) == 2


@pytest.mark.parametrize("change", ["mapping", "option", "reader"])
def test_a_changed_mapping_reads_the_file_again(
    drop: Any, reads: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    drop.write("deals.csv", ONE)
    drop.extract()
    if change == "mapping":
        drop.deals(value_aliases={"amount": {"x": "7"}})
    elif change == "option":
        drop.options = {"currency": "EUR"}
    else:
        monkeypatch.setattr(plan, "READER_VERSION", plan.READER_VERSION + 1)
    drop.extract()

    assert len(reads) == 2
    assert drop.result.files[0].status == "new"


def test_a_changed_precedence_or_pattern_does_not_read_again(drop: Any, reads: list[str]) -> None:
    drop.write("deals.csv", ONE)
    drop.extract()
    drop.deals(precedence=7, files="deals*.csv")
    drop.extract()

    assert len(reads) == 1
    assert drop.column("_dataset_rank") == [7]


def test_a_vanished_file_is_no_longer_active(drop: Any) -> None:
    drop.write("a.csv", ONE)
    drop.write("b.csv", HEADER + "3,Won,5,\n")
    drop.extract()
    (drop.folder / "a.csv").unlink()
    drop.extract()

    assert [version.file for version in drop.result.files] == ["b.csv"]
    assert drop.column("opportunity_id") == ["3"]
    assert not drop.result.quarantined


def test_a_refused_file_keeps_its_previous_version(drop: Any) -> None:
    drop.write("deals.csv", ONE)
    drop.extract()
    drop.write("deals.csv", HEADER + '1,Won,6,\n3,"W')
    drop.extract()

    assert "truncated" in drop.refusal()
    assert drop.result.refusals[0].kept_previous
    assert [version.status for version in drop.result.files] == ["kept"]
    assert drop.column("amount") == [Decimal(5)]
    assert len(drop.result.quarantined) == 1

    drop.extract()
    assert [version.status for version in drop.result.files] == ["kept"]

    drop.write("deals.csv", HEADER + "1,Won,6,\n")
    drop.extract()
    assert [version.status for version in drop.result.files] == ["new"]
    assert drop.column("amount") == [Decimal(6)]


def test_a_refused_new_file_has_nothing_to_keep(drop: Any) -> None:
    drop.write("deals.csv", "")
    drop.extract()

    assert not drop.result.refusals[0].kept_previous
    assert drop.rows() == []


def test_all_files_gone_keeps_the_versions_of_a_dataset_that_must_have_files(drop: Any) -> None:
    drop.write("deals.csv", ONE)
    drop.extract()
    (drop.folder / "deals.csv").unlink()
    drop.extract()

    assert drop.result.refusals[0].kept_previous
    assert [version.status for version in drop.result.files] == ["kept"]

    drop.deals(optional=True)
    drop.extract()
    assert drop.result.files == []
    assert drop.rows() == []


def test_a_version_of_another_entity_is_not_kept(drop: Any) -> None:
    drop.write("deals.csv", ONE)
    drop.extract()
    drop.write("deals.csv", "")
    drop.deals(entity="leads", columns={"lead_id": "id"})
    drop.extract()

    assert not drop.result.files


def test_a_lost_or_damaged_parquet_file_is_written_again(drop: Any, reads: list[str]) -> None:
    drop.write("deals.csv", ONE)
    version = drop.extract().files[0]
    path = drop.raw / version.parquet_path
    whole = path.read_bytes()

    for damage in (b"", whole[:-20]):
        path.write_bytes(damage)
        drop.extract()
        assert path.read_bytes() == whole
    path.unlink()
    drop.extract()
    assert path.read_bytes() == whole
    assert len(reads) == 4


def test_a_full_disk_or_memory_refuses_the_file(drop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise duckdb.OutOfMemoryException("no room")

    monkeypatch.setattr(single_file, "load_file", full)
    drop.write("deals.csv", ONE)
    drop.extract()

    assert "no room" in drop.refusal()
    assert "CONCORD_MEMORY" in drop.refusal()


@pytest.mark.parametrize("moment", ["staging", "quarantine", "rows", "rename"])
def test_an_interrupted_run_leaves_nothing_half(
    drop: Any, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """A kill at any moment: what is there is whole, and the next run completes."""
    drop.write("deals.csv", HEADER + "1,Won,4,\n")
    before = drop.extract().files
    drop.write("deals.csv", ONE)

    class KilledError(BaseException):
        pass

    def kill(*_: Any, **__: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        if moment == "staging":
            patch.setattr(loading, "create_parsed", kill)
        elif moment == "quarantine":
            patch.setattr(storage.json, "dumps", kill)
        elif moment == "rows":
            patch.setattr(storage, "first_row", kill)
        else:
            patch.setattr(Path, "replace", kill)
        with pytest.raises(KilledError):
            drop.extract(before)

    drop.result.files = list(before)
    assert drop.column("amount") == [Decimal(4)]
    drop.extract(before)
    assert drop.column("amount") == [Decimal(5)]
    assert drop.result.files[0].quarantined_count == 1
    assert not list(drop.raw.rglob("*.tmp"))


def test_progress_is_reported(drop: Any) -> None:
    drop.write("deals.csv", ONE)
    events: list[Any] = []
    drop.extract(on_progress=events.append)
    drop.extract(on_progress=events.append)

    assert [(event.rows, event.status) for event in events] == [
        (0, "reading"),
        (3, "reading"),
        (3, "new"),
        (0, "reading"),
        (3, "unchanged"),
    ]


def test_ranks_can_be_had_without_extracting(drop: Any) -> None:
    drop.deals(precedence=3)
    for name in ("d_10.csv", "d_9.csv"):
        drop.write(name, ONE)
    ranked = drop.extract().files
    plain = [replace(version, dataset_rank=1, file_rank=1) for version in reversed(ranked)]

    assert with_ranks(drop.source(), plain) == ranked
    assert [(version.file, version.file_rank) for version in ranked] == [
        ("d_9.csv", 1),
        ("d_10.csv", 2),
    ]


def test_one_file_may_feed_two_datasets(drop: Any) -> None:
    drop.datasets["accounts"] = {
        "entity": "accounts",
        "files": "*.csv",
        "columns": {"account_id": "stage", "account_name": "stage"},
    }
    drop.write("deals.csv", ONE)
    drop.extract()

    assert [version.entity for version in drop.result.files] == ["opportunities", "accounts"]
    assert drop.column("account_id", "accounts") == ["Won"]
