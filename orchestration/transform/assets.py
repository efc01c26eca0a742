"""The dbt project as Dagster assets: each model an asset, each data test an asset check.

Belongs here: the transform step. Why not dagster-dbt: docs/adr/0004-dbt-in-a-worker-process.md.
"""

from collections.abc import Collection, Iterator

import dagster as dg

from orchestration import catalog
from orchestration.progress import reporter
from orchestration.settings import Settings
from orchestration.steps import step
from orchestration.transform.compiled import run_compiled
from orchestration.transform.events import key_of, tell
from orchestration.transform.guards import dbt_guard_results, mended_guard_results
from orchestration.transform.nodes import Model, Project
from orchestration.transform.results import NodeResult
from orchestration.transform.standing import (
    BuildPlan,
    forget,
    kept_result,
    plan_build,
    remember,
)
from orchestration.transform.telling import in_order
from orchestration.transform.worker import worker_of_run

STAGE = "transform"
# Tags of a run, set by `concord run`.
FULL_REFRESH_TAG = "concord/full_refresh"


def build_transform_assets(
    settings: Settings, project: Project, awaited: Collection[dg.AssetKey]
) -> dg.AssetsDefinition:
    """One multi-asset over all models.

    Args:
        settings: The home.
        project: The models and tests.
        awaited: As of `events.tell`.
    """

    @dg.multi_asset(
        name="transform",
        specs=[_spec(project, model) for model in project.models.values()],
        check_specs=[
            dg.AssetCheckSpec(
                name=test.name,
                asset=key_of(project.models[test.model_id]),
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
                if key_of(model) in context.selected_asset_keys
            ]
            is_everything = len(selected) == len(project.models)
            full_refresh = context.run.tags.get(FULL_REFRESH_TAG) == "true"
            plan = plan_build(settings, project, full_refresh or not is_everything)
            chosen = plan.to_build if is_everything else with_tests(project, selected)
            kept = kept_results(project, plan)
            built = _build(settings, context.run_id, project, plan, chosen, full_refresh)
            results: list[NodeResult] = []
            for result in in_order(project, kept, built):
                results.append(result)
                yield from tell(context, project, result, awaited)
            if chosen and is_everything:
                remember(settings, plan, results)
            work.add_guards(dbt_guard_results(project, results))
            work.add_guards(mended_guard_results(project, plan.mended))
            broken = [result for result in results if not result.is_good]
            reporter().stage_finished(STAGE, _outcome(results), not broken)

    return transform


def build_what_changed(settings: Settings, run_id: str, project: Project) -> list[NodeResult]:
    """Build again what the sources no longer give, after one was written in the middle of a run.

    Returns:
        What came of the models and tests that were built; what stands is not among them.
    """
    plan = plan_build(settings, project)
    results = list(_build(settings, run_id, project, plan, plan.to_build, full_refresh=False))
    remember(settings, plan, results)
    return results


def _build(
    settings: Settings,
    run_id: str,
    project: Project,
    plan: BuildPlan,
    chosen: list[str],
    full_refresh: bool,
) -> Iterator[NodeResult]:
    """Build what was chosen; yield what came of each node as it comes."""
    if not chosen:
        return
    forget(settings, chosen)

    def on_node(name: str, _status: str, done: int, total: int) -> None:
        reporter().stage_progressed(STAGE, done, total, name)

    if project.needs_dbt:
        worker = worker_of_run(settings, run_id)
        yield from worker.run("build", dbt_arguments(full_refresh), chosen, on_node)
    else:
        yield from run_compiled(settings, project, chosen, on_node, plan)


def _spec(project: Project, model: Model) -> dg.AssetSpec:
    return dg.AssetSpec(
        key_of(model),
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


def with_tests(project: Project, models: list[Model]) -> list[str]:
    """The dbt ids of models and of every test that reads one of them."""
    chosen = [model.unique_id for model in models]
    names = set(chosen)
    return [
        *chosen,
        *(test.unique_id for test in project.tests.values() if names.intersection(test.reads)),
    ]


def dbt_arguments(full_refresh: bool) -> list[str]:
    """The arguments of `dbt build`; unit tests are not part of the daily job."""
    arguments = ["--exclude-resource-type", "unit_test"]
    return [*arguments, "--full-refresh"] if full_refresh else arguments


def kept_results(project: Project, plan: BuildPlan) -> list[NodeResult]:
    """What stands for certain, as if it had just been done again."""
    return [kept_result(project, unique_id, rows) for unique_id, rows in plan.kept.items()]


def _outcome(results: list[NodeResult]) -> str:
    models = [result for result in results if result.resource_type == "model"]
    tests = [result for result in results if result.resource_type == "test"]
    made = [result for result in models if not result.is_kept]
    unchanged = len(models) - len(made)
    good_models = sum(result.is_good for result in made)
    good_tests = sum(result.is_good for result in tests)
    built = f"{good_models} of {len(made)} models built, " if made else ""
    stand = f"{unchanged} unchanged, " if unchanged else ""
    text = f"{built}{stand}{good_tests} of {len(tests)} tests passed"
    if not made:
        text = text.replace("unchanged", "models unchanged")
    broken = [result for result in results if result.status in ("error", "fail")]
    if broken:
        names = ", ".join(result.unique_id.split(".")[2] for result in broken[:3])
        text += f"; look at {names}"
    return text
