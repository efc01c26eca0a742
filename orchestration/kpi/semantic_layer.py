"""The semantic layer: each KPI that is a sum or a ratio, as MetricFlow metrics.

Every metric sums columns of kpi.fct_kpi_component, so no formula is written a second time. Medians
and products are no sums, and states are none over time: they are read from kpi.rpt_kpi.

Belongs here: the YAML, made from the definitions (`make docs`). Does not: the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from orchestration.company.kpis import KpiDefinition

MODEL = "fct_kpi_component"
ENTITY = "kpi_component"
PARTS = ("numerator", "denominator")
_DIMENSIONS = (
    "kpi", "channel_name", "team", "segment", "region", "product_name", "persona",
    "business_function", "reach",
)  # fmt: skip
_HEAD = "# Made by `make docs` from dbt_project/kpis; change the definitions there.\n"


class _Dumper(yaml.SafeDumper):
    """Indents lists below their keys, as every other YAML file of the project does."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def semantic_layer(kpis: Mapping[str, KpiDefinition]) -> str:
    """Return the YAML of the semantic model and of its metrics."""
    content = {
        "version": 2,
        "semantic_models": [_semantic_model()],
        "metrics": metrics(kpis),
    }
    return _HEAD + yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=80, allow_unicode=True)


def metrics(kpis: Mapping[str, KpiDefinition]) -> list[dict[str, Any]]:
    """Return the metrics of the KPIs that are sums or ratios, for dbt."""
    return [
        metric
        for kpi, item in sorted(kpis.items())
        if item.aggregation in ("sum", "ratio") and item.state is None
        for metric in _metrics(kpi, item)
    ]


def _semantic_model() -> dict[str, Any]:
    time = {"name": "component_date", "type": "time", "type_params": {"time_granularity": "day"}}
    return {
        "name": "kpi_components",
        "description": "The additive parts of every KPI, by day and lowest dimensions.",
        "model": f"ref('{MODEL}')",
        "defaults": {"agg_time_dimension": "component_date"},
        "primary_entity": ENTITY,
        "dimensions": [time, *({"name": name, "type": "categorical"} for name in _DIMENSIONS)],
        "measures": [
            {"name": f"kpi_{part}", "agg": "sum", "expr": part, "description": f"{part.title()}."}
            for part in PARTS
        ],
    }


def _metrics(kpi: str, item: KpiDefinition) -> list[dict[str, Any]]:
    if item.aggregation == "sum":
        return [_simple(kpi, kpi, PARTS[0], item.kpi_label, item.description)]
    names = [f"{kpi}_{part}" for part in PARTS]
    parts = [
        _simple(kpi, name, part, f"{item.kpi_label}, {part}", f"Sum of {component}.")
        for name, part, component in zip(
            names, PARTS, (item.numerator_component, item.denominator_component), strict=True
        )
    ]
    ratio = {
        "name": kpi,
        "label": item.kpi_label,
        "description": item.description,
        "type": "ratio",
        "type_params": dict(zip(PARTS, names, strict=True)),
    }
    return [*parts, ratio]


def _simple(kpi: str, name: str, part: str, label: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "description": description,
        "type": "simple",
        "type_params": {"measure": f"kpi_{part}"},
        "filter": f"{{{{ Dimension('{ENTITY}__kpi') }}}} = '{kpi}'",
    }
