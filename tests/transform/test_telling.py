"""Dagster hears of a model after the models that it reads, whether it was built or stands."""

from __future__ import annotations

from dataclasses import replace

from orchestration.transform.results import NodeResult
from orchestration.transform.telling import in_order
from tests.transform.small_project import READS, good, project


def told(kept: list[str], built: list[NodeResult]) -> list[str]:
    return [item.unique_id for item in in_order(project(), good(*kept), built)]


def test_what_stands_is_told_from_below() -> None:
    everything = [f"model.{name}" for name in reversed(READS)]
    order = told([*everything, "test.priced"], [])
    assert sorted(order) == sorted([*everything, "test.priced"])
    assert order.index("model.stg_deal") < order.index("model.priced")
    assert order.index("model.priced") < order.index("model.total")
    assert order.index("model.priced") < order.index("test.priced")


def test_what_stands_on_something_built_waits_for_it() -> None:
    order = told(["model.total", "model.stg_deal"], good("model.priced"))
    assert order == ["model.stg_deal", "model.priced", "model.total"]


def test_what_stands_on_something_broken_is_not_told() -> None:
    broken = [replace(good("model.priced")[0], status="error")]
    assert told(["model.total", "model.stg_deal"], broken) == ["model.stg_deal", "model.priced"]
