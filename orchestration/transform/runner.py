"""Runs dbt in this process and says what came of each node.

Belongs here: starting dbt, following its progress, reading its results. Does not: Dagster.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import Settings, apply_to_process
from orchestration.transform.plain_arguments import spare_rendering
from orchestration.transform.project import TransformError, base_arguments, ensure_parsed

SAMPLE_ROWS = 5
# dbt's own words for how a node ended.
GOOD = frozenset({"success", "pass", "warn", "no-op"})


@dataclass(frozen=True)
class NodeResult:
    """How one model or test ended.

    Attributes:
        unique_id: dbt's id of the node.
        resource_type: ``model``, ``test`` or ``unit_test``.
        status: success, pass, warn, fail, error or skipped.
        failures: Failing rows of a test, else None.
        message: dbt's message, else an empty text.
        seconds: Time it took.
        sample: The first failing rows of a test, as text.
    """

    unique_id: str
    resource_type: str
    status: str
    failures: int | None
    message: str
    seconds: float
    sample: str

    @property
    def is_good(self) -> bool:
        """Whether the node ended as it should (a warning included)."""
        return self.status in GOOD


def run_dbt(
    settings: Settings,
    command: str,
    arguments: Sequence[str] = (),
    on_node: Callable[[str, str, int, int], None] | None = None,
) -> list[NodeResult]:
    """Run a dbt command and return what came of each node.

    Args:
        settings: Where the warehouse and the target folder lie.
        command: For example ``build`` or ``test``.
        arguments: Further arguments, for example ``["--select", "marts"]``.
        on_node: Called after each node with its name, its status, how many are done and how many
            there are.

    Raises:
        TransformError: When dbt could not run at all (nodes that fail are results, not errors).
    """
    from dbt.adapters.factory import cleanup_connections, reset_adapters
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    apply_to_process(settings)
    ensure_parsed(settings)
    kept = (settings.dbt_target_dir / "partial_parse.msgpack").read_bytes()
    manifest = Manifest.from_msgpack(kept)
    spare_rendering(manifest)
    runner = dbtRunner(manifest=manifest, callbacks=[_follower(on_node)])
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


def _follower(on_node: Callable[[str, str, int, int], None] | None) -> Callable[[Any], None]:
    """Turn dbt's events into calls of `on_node`."""
    totals = {"nodes": 0, "done": 0}

    def follow(event: Any) -> None:
        if on_node is None:
            return
        name = event.info.name
        if name in ("LogStartLine", "LogTestStart") or name == "NodeStart":
            total = getattr(event.data, "total", 0)
            totals["nodes"] = max(totals["nodes"], total)
        elif name == "NodeFinished":
            totals["done"] += 1
            node = event.data.node_info
            on_node(node.node_name, node.node_status, totals["done"], totals["nodes"])

    return follow


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
