"""The event log: a batch holds what its events held singly, whole or not at all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationPlanned,
)
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent, DagsterEventType
from dagster._core.events.log import EventLogEntry

from orchestration.dagster_storage import OneConnectionEventLogStorage

RUN = "8f1d9f8a-0000-4000-8000-000000000001"
PLANNED = DagsterEventType.ASSET_MATERIALIZATION_PLANNED
CHECK = DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED


def entry(kind: DagsterEventType, data: Any) -> EventLogEntry:
    event = DagsterEvent(kind.value, "daily", event_specific_data=data, step_key="transform")
    return EventLogEntry(
        error_info=None,
        level=10,
        user_message="planned",
        run_id=RUN,
        timestamp=time.time(),
        step_key="transform",
        job_name="daily",
        dagster_event=event,
    )


def plan(count: int) -> list[EventLogEntry]:
    keys = [dg.AssetKey(["made", f"table_{number}"]) for number in range(count)]
    return [
        *(entry(PLANNED, AssetMaterializationPlannedData(key)) for key in keys),
        *(
            entry(CHECK, AssetCheckEvaluationPlanned(asset_key=key, check_name="is_sound"))
            for key in keys
        ),
    ]


@pytest.fixture
def storage(tmp_path: Path) -> OneConnectionEventLogStorage:
    return OneConnectionEventLogStorage(str(tmp_path))


def seen(storage: OneConnectionEventLogStorage) -> tuple[list[str], set[str]]:
    run = [str(one.dagster_event_type) for one in storage.get_logs_for_run(RUN)]
    return run, {key.to_user_string() for key in storage.all_asset_keys()}


def test_a_batch_holds_what_its_events_hold_singly(tmp_path: Path) -> None:
    singly, together = (OneConnectionEventLogStorage(str(tmp_path / name)) for name in "ab")
    events = plan(5)
    for one in events:
        singly.store_event(one)
    together.store_event_batch(events)
    assert seen(together) == seen(singly)
    assert len(seen(together)[0]) == 10
    key = dg.AssetCheckKey(dg.AssetKey(["made", "table_3"]), "is_sound")
    [record] = together.get_asset_check_execution_history(key, limit=5)
    assert record.run_id == RUN


def test_a_batch_that_breaks_leaves_nothing(
    storage: OneConnectionEventLogStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[EventLogEntry] = []
    whole = OneConnectionEventLogStorage.store_event

    def breaks(self: OneConnectionEventLogStorage, event: EventLogEntry) -> None:
        if len(stored) == 3:
            raise OSError("the disk is full")
        stored.append(event)
        whole(self, event)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="disk is full"):
        patch.setattr(OneConnectionEventLogStorage, "store_event", breaks)
        storage.store_event_batch(plan(5))
    assert seen(storage) == ([], set())
    storage.store_event(plan(1)[0])
    assert seen(storage)[1] == {"made/table_0"}
