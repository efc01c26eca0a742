"""Which models of `ops` a run built, from what its guards reported."""

from __future__ import annotations

import pytest

from orchestration.publish.assets import is_built
from orchestration.state import GuardResult
from orchestration.state.records import GuardStatus
from orchestration.transform.nodes import Project

MODEL = "model.concord.ops_source_bridge"
PROJECT = Project(
    {
        "sources": {},
        "nodes": {
            MODEL: {
                "unique_id": MODEL,
                "resource_type": "model",
                "schema": "ops",
                "name": "ops_source_bridge",
                "config": {"materialized": "table", "meta": {"publish_group": "ops"}},
                "depends_on": {"nodes": []},
            },
            "test.concord.sound_table": {
                "resource_type": "test",
                "name": "sound_table_ops_source_bridge",
                "attached_node": MODEL,
                "depends_on": {"nodes": [MODEL]},
            },
        },
    }
)


def reported(guard: str, status: GuardStatus) -> GuardResult:
    return GuardResult(guard, "ops", "critical", status)


@pytest.mark.parametrize("status", ["passed", "failed", "errored"])
def test_a_model_whose_test_ran_was_built(status: GuardStatus) -> None:
    results = [reported("sound_table_ops_source_bridge", status)]
    assert is_built(results, PROJECT, PROJECT.models[MODEL])


@pytest.mark.parametrize(
    "results",
    [
        [],
        [reported("another_guard", "passed")],
        [reported("sound_table_ops_source_bridge", "not_run")],
        [
            reported("sound_table_ops_source_bridge", "not_run"),
            reported("built_ops_ops_source_bridge", "errored"),
        ],
        [
            reported("sound_table_ops_source_bridge", "passed"),
            reported("built_ops_ops_source_bridge", "errored"),
        ],
    ],
    ids=["nothing reported", "others reported", "test skipped", "model failed", "model said so"],
)
def test_a_model_that_was_skipped_failed_or_left_out_was_not(results: list[GuardResult]) -> None:
    assert not is_built(results, PROJECT, PROJECT.models[MODEL])
