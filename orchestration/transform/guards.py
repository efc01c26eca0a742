"""What dbt found, as guard results: a data test is a guard, and so is a model that was not built.

Belongs here: translating dbt's results. Does not: running dbt, or Great Expectations' guards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from orchestration.state import GuardResult
from orchestration.transform.nodes import DEFAULT_GROUP, Model, Project
from orchestration.transform.results import NodeResult

Status = Literal["passed", "warned", "failed", "errored", "not_run"]
TEST_STATUS: dict[str, Status] = {
    "pass": "passed",
    "success": "passed",
    "warn": "warned",
    "fail": "failed",
    "skipped": "not_run",
}


def guard_of_model(model: Model) -> str:
    """Name of the guard that says whether a model was built."""
    return f"built_{model.schema}_{model.name}"


def guard_group(model: Model) -> str:
    """The publish group that a guard on this model holds."""
    return model.publish_group if model.is_mart else DEFAULT_GROUP


def dbt_guard_results(project: Project, results: Iterable[NodeResult]) -> list[GuardResult]:
    """One result per data test, and one per model that was not built."""
    found = []
    for result in results:
        if result.unique_id in project.tests:
            found.append(_of_test(project, result))
        elif result.unique_id in project.models and not result.is_good:
            found.append(_of_model(project.models[result.unique_id], result))
    return found


def mended_guard_results(project: Project, mended: Sequence[str]) -> list[GuardResult]:
    """One result per model of which parts had been wrong until it was built whole."""
    return [
        GuardResult(
            guard=f"parts_equal_whole_{model.schema}_{model.name}",
            kpi_group=guard_group(model),
            severity="warning",
            status="warned",
            observed="other rows of the same inputs",
            threshold="the same rows",
            table_name=f"{model.schema}.{model.name}",
            message=(
                f"{model.schema}.{model.name} was built whole and got other rows than its parts "
                "had come to. It is right now; `separable` in its yml misses a way in which a "
                "change reaches it. Please report it; until then `concord run --full-refresh` is "
                "safe"
            ),
        )
        for model in (project.models[unique_id] for unique_id in mended)
    ]


def _of_test(project: Project, result: NodeResult) -> GuardResult:
    test = project.tests[result.unique_id]
    model = project.models[test.model_id]
    status: Status = TEST_STATUS.get(result.status, "errored")
    message = ""
    if status != "passed":
        found = result.sample or result.message or "it was skipped because what it reads failed"
        message = f"dbt test {test.name} on {model.schema}.{model.name}: {found}"
    return GuardResult(
        guard=test.name,
        kpi_group=guard_group(model),
        severity="warning" if status == "warned" else "critical",
        status=status,
        observed="" if result.failures is None else f"{result.failures} rows break it",
        threshold="0 rows",
        sample=result.sample,
        table_name=f"{model.schema}.{model.name}",
        message=message,
    )


def _of_model(model: Model, result: NodeResult) -> GuardResult:
    is_skipped = result.status == "skipped"
    reason = "a model or test that it reads failed" if is_skipped else result.message
    return GuardResult(
        guard=guard_of_model(model),
        kpi_group=guard_group(model),
        severity="critical",
        status="not_run" if is_skipped else "errored",
        observed=result.status,
        threshold="success",
        sample="",
        table_name=f"{model.schema}.{model.name}",
        message=f"{model.schema}.{model.name} was not built: {reason}",
    )
