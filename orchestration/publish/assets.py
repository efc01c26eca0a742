"""The last step of the job: the gate decides per group, and readers get a new version.

Belongs here: the Dagster asset `published/version`, and one asset for each table that readers get.
It depends on no step and runs last (lowest priority, one process): a step that failed must not keep
the healthy groups and the ops tables from being published. Whatever did not report is held.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg

from dashboards.build import build_dashboard
from expectations.loader import load_suites
from orchestration import catalog
from orchestration.guards.workers import worker_of_run
from orchestration.ledger.at_publish import close_what_is_due as close_periods
from orchestration.progress import reporter
from orchestration.publish import (
    Decision,
    PublishedTable,
    PublishOptions,
    PublishResult,
    PublishRun,
    decide,
    publish,
    published_groups,
)
from orchestration.publish.gate import OPS, READS
from orchestration.publish.ops_tables import OPS_TABLES
from orchestration.publish.tables import store_of
from orchestration.settings import Settings
from orchestration.state import GuardResult, StateStore
from orchestration.steps import Step, step, utc_now
from orchestration.transform.guards import guard_group, guard_of_model
from orchestration.transform.nodes import Model, Project

STAGE = "publish"
# Tag of a run, set by `concord run --allow-earlier`.
ALLOW_EARLIER_TAG = "concord/allow_earlier"
LAST = {"dagster/priority": "-100"}


def published_specs(project: Project) -> list[dg.AssetSpec]:
    """One asset per published table, for lineage; the publish step reports them."""
    specs = [
        dg.AssetSpec(
            catalog.published_key(model.schema, model.name),
            deps=[catalog.model_key(model.schema, model.name)],
            group_name="published",
            owners=[f"team:{model.owner}"],
            description=model.description or None,
            kinds={"duckdb", "parquet"},
            freshness_policy=catalog.DAILY,
        )
        for model in project.marts
    ]
    specs += [
        dg.AssetSpec(
            catalog.published_key("ops", table.table_name),
            group_name="published",
            owners=[catalog.DEFAULT_OWNER],
            description=f"What Concord did: {table.table_name.removeprefix('ops_')}.",
            kinds={"duckdb", "parquet"},
            freshness_policy=catalog.DAILY,
        )
        for table in OPS_TABLES
    ]
    return specs


def build_publish_asset(settings: Settings, project: Project) -> dg.AssetsDefinition:
    """The publish step."""

    @dg.asset(
        key=catalog.VERSION_KEY,
        group_name="published",
        owners=[catalog.DEFAULT_OWNER],
        description="The version that readers see: marts, Parquet, dashboard, data docs.",
        kinds={"duckdb", "parquet"},
        op_tags=LAST,
        freshness_policy=catalog.DAILY,
    )
    def publish_version(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        if StateStore(settings.state_path).find_run(context.run_id) is None:
            raise dg.Failure("nothing is published: the run could not start", allow_retries=False)
        with step(settings, context.run_id, STAGE) as work:
            decisions = close_what_is_due(work, project, gate(work, project))
            held = sorted(name for name, decision in decisions.items() if decision.is_held)
            result = _publish(work, project, decisions, context.run.tags)
            for table in result.manifest.tables:
                context.log_event(
                    dg.AssetMaterialization(
                        catalog.published_key(table.schema_name, table.table_name),
                        metadata={
                            "dagster/row_count": table.row_count,
                            "content": table.content,
                            "publish_version": table.publish_version or "",
                        },
                    )
                )
            yield dg.MaterializeResult(
                metadata={"version": result.version, "folder": dg.MetadataValue.path(result.folder)}
            )
            outcome = f"version {result.version}"
            message = held_message(held, decisions)
            work.state.finish_run(
                work.run.run_id, "failed" if held else "succeeded", utc_now(), message or None
            )
            if held:
                reporter().stage_finished(STAGE, f"{outcome}; held: {', '.join(held)}", False)
            else:
                reporter().stage_finished(STAGE, outcome, True)
        if held:
            raise dg.Failure(description=message, allow_retries=False)

    return publish_version


def gate(work: Step, project: Project) -> dict[str, Decision]:
    """What happens to each group, from everything that this run's guards reported."""
    mandatory: dict[str, set[str]] = {}
    for suite in load_suites("marts"):
        mandatory.setdefault(suite.kpi_group, set()).update(item.guard for item in suite.guards)
    for test in project.tests.values():
        model = project.models[test.model_id]
        mandatory.setdefault(guard_group(model), set()).add(test.name)
    decisions = decide(
        READS,
        work.state.guard_results(work.run.run_id),
        (),
        published_groups(work.settings.published_dir),
        mandatory,
    )
    # A group that has neither a table nor a KPI yet is nobody's concern.
    groups = {model.publish_group for model in project.marts} | {OPS}
    groups |= {definition.kpi_group for definition in work.company.kpis.values()}
    return {name: decision for name, decision in decisions.items() if name in groups}


def close_what_is_due(
    work: Step, project: Project, decisions: dict[str, Decision]
) -> dict[str, Decision]:
    """Close periods of pay that are due, where pay may be published; look at the gate again then.

    The tables of the ledger are built anew, so that readers see what was posted at once.
    """
    pay = decisions.get("compensation")
    if pay is None or pay.is_held or not close_periods(work, project):
        return decisions
    return gate(work, project)


def held_message(held: list[str], decisions: dict[str, Decision]) -> str:
    """Which groups readers keep at their last good version, and why."""
    lines = []
    for name in held:
        since = decisions[name].stale_since
        state = f"stays at {since}" if since else "was never published"
        lines.append(f"{name} {state}: {'; '.join(decisions[name].reasons[:5])}")
    return "\n".join(lines)


def _publish(
    work: Step, project: Project, decisions: dict[str, Decision], tags: Mapping[str, str]
) -> PublishResult:
    results = work.state.guard_results(work.run.run_id)

    def extras(folder: Path, marts: Path) -> None:
        worker_of_run(work.run.run_id).build_docs(folder / "data_docs")
        build_dashboard(
            marts,
            folder / "dashboard",
            work.company.company.name,
            reporting_currency=work.company.company.reporting_currency,
            run_id=work.run.run_id,
        )

    return publish(
        work.settings.published_dir,
        work.settings.warehouse_path,
        [_table(project, model, results) for model in project.marts],
        decisions,
        work.state,
        PublishRun(work.run.run_id, work.run.as_of_date, utc_now()),
        build_extras=extras,
        options=PublishOptions(
            allow_earlier=tags.get(ALLOW_EARLIER_TAG) == "true",
            memory=work.settings.memory,
            threads=work.settings.threads,
        ),
    )


def _table(project: Project, model: Model, results: Sequence[GuardResult]) -> PublishedTable:
    return PublishedTable(
        model.schema,
        model.name,
        model.publish_group,
        store_of(model.schema),
        columns=tuple((column.name, column.data_type) for column in model.columns),
        key=project.keys.get(model.unique_id, ()),
        description=model.description,
        column_descriptions=tuple((column.name, column.description) for column in model.columns),
        is_built=is_built(results, project, model),
    )


def is_built(results: Iterable[GuardResult], project: Project, model: Model) -> bool:
    """Whether this run built a model: then a data test on it ran, and nothing says it was not."""
    ran = {item.guard for item in results if item.status != "not_run"}
    tests = {test.name for test in project.tests.values() if test.model_id == model.unique_id}
    return bool(ran & tests) and guard_of_model(model) not in ran
