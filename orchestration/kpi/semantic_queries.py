"""Asks MetricFlow for the SQL of a question, and the published marts for the answer.

MetricFlow gets no connection: it writes the statement, DuckDB runs it on the published file.

Belongs here: MetricFlow's set-up. Does not: the metrics (semantic_layer.py) or layout (cli).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.implementations.semantic_manifest import (
    PydanticSemanticManifest,
)
from metricflow_semantic_interfaces.transformations.semantic_manifest_transformer import (
    PydanticSemanticManifestTransformer,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from orchestration.kpi.semantic_layer import ENTITY
from orchestration.publish.sql import literal

# What people call a dimension: what MetricFlow calls it.
GRAINS = ("day", "week", "month", "quarter", "year")
GROUPINGS = {
    **{grain: f"metric_time__{grain}" for grain in GRAINS},
    "channel": f"{ENTITY}__channel_name",
    "team": f"{ENTITY}__team",
    "segment": f"{ENTITY}__segment",
    "region": f"{ENTITY}__region",
    "product": f"{ENTITY}__product_name",
    "persona": f"{ENTITY}__persona",
    "function": f"{ENTITY}__business_function",
    "reach": f"{ENTITY}__reach",
}
# MetricFlow names tables as dbt does: in the working file, whose marts the published file holds.
_DATABASE = "warehouse"


class _Dialect:
    """What MetricFlow asks of a client before it writes SQL; nothing is run through it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        """DuckDB's way to write a parameter."""
        return f"${bind_parameter_key}"


class SemanticLayer:
    """The metrics of a compiled project.

    Attributes:
        metrics: Their names.
    """

    def __init__(self, semantic_manifest: Path) -> None:
        """Read what dbt wrote.

        Args:
            semantic_manifest: ``semantic_manifest.json`` of dbt's target folder.
        """
        written = PydanticSemanticManifest.parse_raw(semantic_manifest.read_text())
        manifest = PydanticSemanticManifestTransformer.transform(written)
        client: Any = _Dialect()
        self.metrics = [metric.name for metric in manifest.metrics]
        self._engine = MetricFlowEngine(SemanticManifestLookup(manifest), client)

    def sql(self, metrics: Sequence[str], groupings: Sequence[str]) -> str:
        """Return the statement that answers a question, for DuckDB.

        Args:
            metrics: Names of metrics.
            groupings: Keys of GROUPINGS.
        """
        by = [GROUPINGS[name] for name in groupings]
        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics), group_by_names=by, order_by_names=by
        )
        return str(self._engine.explain(request).sql_statement.sql)


def answer(marts: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Run a statement of the semantic layer on published marts; return names and rows."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(marts))} as {_DATABASE} (read_only)")
        cursor = connection.execute(sql)
        return [column[0] for column in cursor.description or []], cursor.fetchall()
