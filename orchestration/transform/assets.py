"""The dbt project as Dagster assets: each model an asset, each data test an asset check.

Belongs here: the transform step. Why not dagster-dbt: docs/adr/0004-dbt-in-a-worker-process.md.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration import catalog
from orchestration.progress import reporter
from orchestration.settings import Settings
from orchestration.steps import step
from orchestration.transform.guards import dbt_guard_results
from orchestration.transform.nodes import Model, Project
from orchestration.transform.results import NodeResult
from orchestration.transform.unchanged_views import (
    forget_views,
    remember_views,
    unchanged_views,
)
from orchestration.transform.worker import worker_of_run

STAGE = "transform"
# What a model may be that is no view; one that is missing here would be built once and never again.
HOLDING_DATA = ("table", "incremental")
# Tags of a run, set by `concord run`.
FULL_REFRESH_TAG = "concord/full_refresh"


def build_transform_assets(settings: Settings, project: Project) -> dg.AssetsDefinition:
    """One multi-asset over all models."""

    @dg.multi_asset(
        name="transform",
        specs=[_spec(project, model) for model in project.models.values()],
        check_specs=[
            dg.AssetCheckSpec(
                name=test.name,
                asset=_key(project.models[test.model_id]),
                description=test.description or None,
            )
            for test in project.tests.values()
        ],
        can_subset=True,
    )
    def transform(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with step(settings, context.run_id, STAGE) as work:
            selected = [
                model
                for model in project.models.values()
                if _key(model) in context.selected_asset_keys
            ]
            is_everything = len(selected) == len(project.models)
            full_refresh = context.run.tags.get(FULL_REFRESH_TAG) == "true"
            kept = unchanged_views(settings, project)
            if full_refresh or not is_everything:
                kept = []
            if not kept:
                forget_views(settings)
            for view in kept:
                yield dg.MaterializeResult(asset_key=_key(view), metadata={"unchanged": True})
            results: list[NodeResult] = []
            for result in worker_of_run(settings, context.run_id).run(
                "build",
                dbt_arguments(selected, is_everything, full_refresh, bool(kept)),
                on_node=lambda name, _status, done, total: reporter().stage_progressed(
                    STAGE, done, total, name
                ),
            ):
                results.append(result)
                yield from _events(project, result)
            if is_everything and not kept and all(result.is_good for result in results):
                remember_views(settings)
            work.add_guards(dbt_guard_results(project, results))
            broken = [result for result in results if not result.is_good]
            reporter().stage_finished(STAGE, _outcome(results, len(kept)), not broken)

    return transform


def _key(model: Model) -> dg.AssetKey:
    return catalog.model_key(model.schema, model.name)


def _spec(project: Project, model: Model) -> dg.AssetSpec:
    return dg.AssetSpec(
        _key(model),
        deps=[
            catalog.model_key(project.models[item].schema, project.models[item].name)
            if item in project.models
            else dg.AssetKey(list(project.sources[item]))
            for item in model.reads
            if item in project.models or item in project.sources
        ],
        skippable=True,
        group_name=model.schema,
        owners=[f"team:{model.owner}"],
        description=model.description or None,
        kinds={"dbt", "duckdb", model.materialized},
        freshness_policy=catalog.DAILY,
    )


def dbt_arguments(
    selected: list[Model], is_everything: bool, full_refresh: bool, keeps_views: bool
) -> list[str]:
    """The arguments of `dbt build`.

    Args:
        selected: The models to build, where that is not everything.
        is_everything: Whether all models are to be built.
        full_refresh: Whether incremental models begin anew.
        keeps_views: Whether the views stand already.
    """
    arguments = ["--exclude-resource-type", "unit_test"]
    if keeps_views:
        # Not `--exclude`, which would leave out the tests that read a view as well.
        holding = (f"config.materialized:{kind}" for kind in HOLDING_DATA)
        arguments += ["--select", *holding, "test_type:data"]
    if not is_everything:
        arguments += ["--select", *(model.name for model in selected)]
    if full_refresh:
        arguments.append("--full-refresh")
    return arguments


def _events(
    project: Project, result: NodeResult
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """What Dagster is told of a node; nothing of a model that was not built."""
    if (model := project.models.get(result.unique_id)) and result.is_good:
        metadata: dict[str, float | int] = {"seconds": round(result.seconds, 3)}
        if result.row_count is not None:
            metadata["dagster/row_count"] = result.row_count
        yield dg.MaterializeResult(asset_key=_key(model), metadata=metadata)
    elif (test := project.tests.get(result.unique_id)) and result.status != "skipped":
        yield dg.AssetCheckResult(
            asset_key=_key(project.models[test.model_id]),
            check_name=test.name,
            passed=result.status == "pass",
            severity=(
                dg.AssetCheckSeverity.WARN
                if result.status == "warn"
                else dg.AssetCheckSeverity.ERROR
            ),
            metadata={"failures": result.failures or 0, "sample": result.sample},
        )


def _outcome(results: list[NodeResult], kept_views: int) -> str:
    models = [result for result in results if result.resource_type == "model"]
    tests = [result for result in results if result.resource_type == "test"]
    good_models = sum(result.is_good for result in models)
    good_tests = sum(result.is_good for result in tests)
    text = f"{good_models} of {len(models)} models built, {good_tests} of {len(tests)} tests passed"
    if kept_views:
        text += f", {kept_views} views unchanged"
    broken = [result for result in results if result.status in ("error", "fail")]
    if broken:
        names = ", ".join(result.unique_id.split(".")[2] for result in broken[:3])
        text += f"; look at {names}"
    return text
