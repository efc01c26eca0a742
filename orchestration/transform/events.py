"""What Dagster is told of a node.

A step's output costs Dagster four times what a logged event does: types, data versions, a second
event. What stands gives its event only, unless another step waits for the output.

Belongs here: results as Dagster's events. Does not: their order (telling.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import dagster as dg

from orchestration import catalog
from orchestration.transform.nodes import Model, Project
from orchestration.transform.results import NodeResult

Output = dg.MaterializeResult | dg.AssetCheckResult


def key_of(model: Model) -> dg.AssetKey:
    """The asset key of a model."""
    return catalog.model_key(model.schema, model.name)


def tell(
    context: dg.AssetExecutionContext,
    project: Project,
    result: NodeResult,
    awaited: Collection[dg.AssetKey],
) -> Iterator[Output]:
    """Tell Dagster what came of a node; nothing of a model that was not built.

    Args:
        context: Of the step.
        project: The models and tests.
        result: What came of the node.
        awaited: Assets whose output another step of the job waits for.
    """
    if (model := project.models.get(result.unique_id)) and result.is_good:
        made = _materialization(model, result)
        if result.is_kept and made.asset_key not in awaited:
            context.log_event(dg.AssetMaterialization(key_of(model), metadata=made.metadata))
        else:
            yield made
    elif result.unique_id in project.tests and result.status != "skipped":
        check = _check(project, result)
        if result.is_kept:
            context.log_event(
                dg.AssetCheckEvaluation(
                    asset_key=dg.AssetKey.from_coercible(check.asset_key or []),
                    check_name=check.check_name or "",
                    passed=check.passed,
                    severity=check.severity,
                    metadata=check.metadata,
                )
            )
        else:
            yield check


def _materialization(model: Model, result: NodeResult) -> dg.MaterializeResult:
    metadata: dict[str, float | int | bool] = (
        {"unchanged": True} if result.is_kept else {"seconds": round(result.seconds, 3)}
    )
    if result.row_count is not None:
        metadata["dagster/row_count"] = result.row_count
    return dg.MaterializeResult(asset_key=key_of(model), metadata=metadata)


def _check(project: Project, result: NodeResult) -> dg.AssetCheckResult:
    test = project.tests[result.unique_id]
    is_warning = result.status == "warn"
    return dg.AssetCheckResult(
        asset_key=key_of(project.models[test.model_id]),
        check_name=test.name,
        passed=result.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
        metadata={"failures": result.failures or 0, "sample": result.sample},
    )
