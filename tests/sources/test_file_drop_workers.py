"""Files read at once give what files read one after the other give, in the same order."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from orchestration.daemon_threads import start
from orchestration.sources.file_drop import extract

HEADER = "id,stage,value,closed\n"


def _fill(drop: Any) -> None:
    for i in range(12):
        rows = "".join(f"{i}-{j},Won,{j}.25,2024-01-{j % 28 + 1:02d}\n" for j in range(200))
        drop.write(f"deals_{i}.csv", HEADER + rows)
    drop.write("deals_3.csv", "id;stage\n1;Won\n")
    drop.write("deals_7.csv", HEADER + "7,Won,x,\n7a,Won,1,\n7a,Won,2,\n")
    drop.write("deals_9.csv", b"")
    drop.datasets["lost"] = {
        "entity": "accounts",
        "files": "nowhere*.csv",
        "columns": {"account_id": "id"},
    }


def _stored(drop: Any) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in drop.raw.glob("*/*") if path.is_file()}


def test_reading_at_once_changes_nothing(make_drop: Any) -> None:
    seen = []
    for threads in (1, 4):
        drop = make_drop()
        _fill(drop)
        result = extract(drop.source(), drop.folder, [], drop.raw, threads=threads)
        said = [
            (item.dataset, item.file, item.reason.replace(str(drop.folder), ""))
            for item in result.refusals
        ]
        seen.append((result.files, result.quarantined, said, result.notes, _stored(drop)))
    assert [file for _, file, _ in seen[0][2]] == ["deals_3.csv", "deals_9.csv", "nowhere*.csv"]
    assert seen[0] == seen[1]


def test_results_come_in_the_order_of_the_items() -> None:
    both_run = threading.Barrier(2, timeout=60)

    def work(number: int) -> int:
        if number < 2:
            both_run.wait()  # Only passes while two items are worked on at the same time.
        return number * number

    found = [future.result() for future in start(list(range(20)), work, 2)]
    assert found == [number * number for number in range(20)]


def test_the_first_items_error_is_raised() -> None:
    def work(number: int) -> int:
        if number in (4, 11):
            raise ValueError(f"no {number}")
        return number

    with pytest.raises(ValueError, match="no 4"):
        [future.result() for future in start(list(range(20)), work, 3)]
    assert [future.result() for future in start([1, 2], work, 1)] == [1, 2]
