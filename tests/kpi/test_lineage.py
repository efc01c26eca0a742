"""The way from a KPI to what sources deliver, on a small project."""

from __future__ import annotations

from typing import Any

from orchestration.kpi.lineage import lineage_of
from orchestration.transform.nodes import Project


def model(name: str, schema: str, reads: list[str], sql: str = "") -> dict[str, Any]:
    return {
        "unique_id": f"model.concord.{name}",
        "resource_type": "model",
        "name": name,
        "schema": schema,
        "config": {"materialized": "table"},
        "depends_on": {"nodes": reads},
        "compiled_code": sql,
    }


NODES = [
    model("stg_deals", "staging", ["source.concord.raw.deals"]),
    model("fct_deal", "core", ["model.concord.stg_deals"]),
    model("int_kpi_components_deals", "intermediate", ["model.concord.fct_deal"], "'won'"),
    model("int_kpi_components_leads", "intermediate", ["model.concord.stg_deals"], "'won_late'"),
    model("int_kpi_sums", "intermediate", ["model.concord.int_kpi_components_deals"], "'won'"),
]
PROJECT = Project(
    {
        "nodes": {node["unique_id"]: node for node in NODES},
        "sources": {"source.concord.raw.deals": {"schema": "raw", "name": "deals"}},
    }
)


def test_a_component_is_followed_from_the_model_that_first_names_it() -> None:
    lineage = lineage_of(PROJECT, ["won"])

    assert lineage.makers == ("int_kpi_components_deals",)
    assert lineage.marts == ("core.fct_deal",)
    assert lineage.sources == ("raw.deals",)


def test_an_unknown_component_comes_from_nowhere() -> None:
    lineage = lineage_of(PROJECT, ["lost"])

    assert (lineage.makers, lineage.marts, lineage.sources) == ((), (), ())
