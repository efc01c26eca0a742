"""Everything that Dagster knows of Concord.

Belongs here: putting assets, checks, jobs, the schedule and the sensor together. Does not: what
they do. dagster_location.py loads them for Dagster itself.
"""

from __future__ import annotations

import dagster as dg

from orchestration.alerts import alert_hooks
from orchestration.guards.checks import build_guard_checks
from orchestration.ingest.backfill_job import build_backfill_job, build_month_jobs
from orchestration.ingest.raw_assets import build_raw_assets
from orchestration.ingest.rules_assets import build_rules_assets
from orchestration.ledger.close_job import build_close_job
from orchestration.publish.assets import build_publish_asset, published_specs
from orchestration.publish.rollback_job import build_rollback_job
from orchestration.schedules import build_schedule, build_sensor, readable_company
from orchestration.settings import Settings
from orchestration.transform.assets import build_transform_assets
from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json

DAILY_JOB = "daily"


def build_definitions(settings: Settings) -> dg.Definitions:
    """All definitions for one home and company folder."""
    project = Project(manifest_json(settings))
    company = readable_company(settings)
    daily = dg.define_asset_job(
        DAILY_JOB,
        selection=dg.AssetSelection.all(),
        description="Validate, ingest, transform, guard, publish.",
        executor_def=dg.in_process_executor,
        hooks=alert_hooks(settings),
    )
    postgres_assets, postgres_jobs = _postgres(settings)
    guard_checks = build_guard_checks(settings, project)
    guarded = {key.asset_key for checks in guard_checks for key in checks.check_keys}
    return dg.Definitions(
        assets=[
            build_rules_assets(settings),
            build_raw_assets(settings, project),
            build_transform_assets(settings, project, guarded),
            build_publish_asset(settings, project),
            *published_specs(project),
            *postgres_assets,
        ],
        asset_checks=guard_checks,
        jobs=[
            daily,
            build_rollback_job(settings),
            build_close_job(settings),
            build_backfill_job(settings),
            *build_month_jobs(settings, company),
            *postgres_jobs,
        ],
        schedules=[build_schedule(company, daily)],
        sensors=[build_sensor(settings, daily)],
    )


def _postgres(settings: Settings) -> tuple[list[dg.AssetsDefinition], list[dg.JobDefinition]]:
    """The step and the job for PostgreSQL; without a server nothing, not even an import."""
    if settings.postgres_url is None:
        return [], []
    from orchestration.postgres.assets import build_postgres_asset, build_postgres_job

    return [build_postgres_asset(settings)], [build_postgres_job(settings)]
