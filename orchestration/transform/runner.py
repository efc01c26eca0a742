"""Runs dbt in this process and says what came of each node.

Belongs here: starting dbt, following its progress, reading its results. Does not: Dagster.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import Settings, apply_to_process
from orchestration.transform.plain_arguments import spare_rendering
from orchestration.transform.project import (
    TransformError,
    base_arguments,
    ensure_parsed,
    is_parsed,
)
from orchestration.transform.results import NodeResult, OnNode
from orchestration.transform.unheard_events import spare_connection_events

SAMPLE_ROWS = 5
# A tag of the nodes that one command works on.
CHOSEN = "concord_chosen"
# Ends that need no second look.
UNREMARKABLE = frozenset({"success", "pass"})
# Events that say how many nodes there are.
STARTS = frozenset({"LogStartLine", "LogTestStart", "NodeStart"})


def run_dbt(
    settings: Settings,
    command: str,
    arguments: Sequence[str] = (),
    only: Collection[str] | None = None,
    on_node: OnNode | None = None,
    on_good: Callable[[NodeResult], None] | None = None,
) -> list[NodeResult]:
    """Run a dbt command and return what came of each node.

    Args:
        settings: Where the warehouse and the target folder lie.
        command: For example ``build`` or ``test``.
        arguments: Further arguments, for example ``["--select", "marts"]``.
        only: The dbt ids of the models and tests to work on; None for what the arguments say.
            dbt adds the tests of each model among them.
        on_node: Called after each node with its name, its status, how many are done and how many
            there are.
        on_good: Called with the result of each node that ended well, as soon as it has.

    Raises:
        TransformError: When dbt could not run at all (nodes that fail are results, not errors).
    """
    from dbt.adapters.factory import cleanup_connections, reset_adapters
    from dbt.cli.main import dbtRunner

    apply_to_process(settings)
    ensure_parsed(settings)
    spare_connection_events()
    manifest = _kept_manifest(settings)
    if only is not None:
        _mark(manifest, only)
        arguments = [*arguments, "--select", f"tag:{CHOSEN}"]
    runner = dbtRunner(manifest=manifest, callbacks=[_follower(on_node, on_good)])
    try:
        outcome = runner.invoke([command, *base_arguments(settings), "--no-write-json", *arguments])
    finally:
        # Frees the file: the next step opens it with its own settings.
        with contextlib.suppress(KeyError):
            cleanup_connections()
        reset_adapters()
        _close_duckdb()
    if outcome.exception is not None:
        raise TransformError(f"dbt {command} could not run: {outcome.exception}")
    return _results(settings.warehouse_path, outcome.result)


def warm_up(settings: Settings) -> None:
    """Import dbt and let it read the project once, so that the next command begins at once.

    Does nothing beyond the import when the project is not parsed: the run's own process does that.
    """
    from dbt.adapters import duckdb as _adapter  # noqa: F401
    from dbt.cli.main import dbtRunner
    from dbt.task import build as _build  # noqa: F401

    apply_to_process(settings)
    if is_parsed(settings):
        runner = dbtRunner(manifest=_kept_manifest(settings))
        runner.invoke(["list", *base_arguments(settings), "--quiet", "--select", "dim_date"])


def _kept_manifest(settings: Settings) -> Any:
    """The project as it was parsed last; each command gets its own copy."""
    from dbt.contracts.graph.manifest import Manifest

    kept = (settings.dbt_target_dir / "partial_parse.msgpack").read_bytes()
    manifest = Manifest.from_msgpack(kept)
    spare_rendering(manifest)
    return manifest


def _mark(manifest: Any, chosen: Collection[str]) -> None:
    """Tag the chosen nodes: dbt weighs each name of a long selection against every node."""
    for unique_id in chosen:
        manifest.nodes[unique_id].tags.append(CHOSEN)


def _follower(
    on_node: OnNode | None, on_good: Callable[[NodeResult], None] | None
) -> Callable[[Any], None]:
    """Turn dbt's events into calls of `on_node` and `on_good`."""
    totals = {"nodes": 0, "done": 0}

    def follow(event: Any) -> None:
        name = event.info.name
        if name in STARTS:
            total = getattr(event.data, "total", 0)
            totals["nodes"] = max(totals["nodes"], total)
        elif name == "NodeFinished":
            totals["done"] += 1
            node = event.data.node_info
            if on_node is not None:
                on_node(node.node_name, node.node_status, totals["done"], totals["nodes"])
            if on_good is not None and node.node_status in UNREMARKABLE:
                on_good(_good_result(node, event.data.run_result))

    return follow


def _good_result(node: Any, run_result: Any) -> NodeResult:
    rows = dict(run_result.adapter_response).get("rows_affected")
    return NodeResult(
        unique_id=node.unique_id,
        resource_type=node.resource_type,
        status=node.node_status,
        failures=0 if node.resource_type == "test" else None,
        message="",
        seconds=float(run_result.execution_time or 0),
        row_count=None if rows is None else int(rows),
    )


def _close_duckdb() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _results(warehouse: Path, result: Any) -> list[NodeResult]:
    found = []
    for item in result:
        status = str(item.status)
        sample = ""
        if status in ("fail", "warn") and item.node.resource_type == "test":
            sample = _sample(warehouse, item.node.compiled_code)
        found.append(
            NodeResult(
                unique_id=item.node.unique_id,
                resource_type=str(item.node.resource_type),
                status=status,
                failures=item.failures,
                message=(item.message or "").strip(),
                seconds=float(item.execution_time or 0),
                sample=sample,
                row_count=item.adapter_response.get("rows_affected"),
            )
        )
    return found


def _sample(warehouse: Path, compiled: str | None) -> str:
    """The first rows that a failing test returns, one text."""
    if not compiled:
        return ""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        try:
            cursor = connection.execute(f"select * from ({compiled}) limit {SAMPLE_ROWS}")  # noqa: S608
        except duckdb.Error as error:
            return str(error).splitlines()[0]
        names = [column[0] for column in cursor.description or []]
        return "; ".join(
            ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
            for row in cursor.fetchall()
        )
