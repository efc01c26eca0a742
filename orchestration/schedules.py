"""When the daily job runs: at the company's hour, and when the drop folders changed.

Belongs here: the schedule and the sensor. Does not: the job.
"""

import hashlib
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.company import Company, CompanyInvalid, load_company
from orchestration.settings import Settings

# What define_asset_job returns; Dagster has no public name for it.
AssetJob = Any
SENSOR_SECONDS = 60
# Used only while company.yml cannot be read: the run then says what is wrong with it.
FALLBACK_CRON = ("0 6 * * *", "UTC")


def readable_company(settings: Settings) -> Company | None:
    """The company folder, or None while it is invalid: definitions must load all the same."""
    try:
        return load_company(settings.company_dir, settings.variables, as_of=settings.as_of)
    except CompanyInvalid:
        return None


def build_schedule(company: Company | None, job: AssetJob) -> dg.ScheduleDefinition:
    """The daily schedule at the hour and in the zone of company.yml."""
    cron, zone = FALLBACK_CRON
    if company is not None:
        plan = company.company.schedule
        cron = f"{plan.minute} {plan.hour} * * *"
        zone = plan.time_zone or company.company.time_zone
    return dg.ScheduleDefinition(
        name="daily_schedule",
        job=job,
        cron_schedule=cron,
        execution_timezone=zone,
        description="The whole daily job, at the hour of company.yml.",
    )


def drop_folders(company: Company) -> list[Path]:
    """The folders that others drop files into; a run itself fills those of connectors."""
    sources = company.sources.sources.values()
    return sorted({Path(item.options.folder) for item in sources if item.connector is None})


def folder_fingerprint(folders: list[Path]) -> str:
    """A hash of names, sizes and change times of all files in the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.is_file():
                facts = path.stat()
                digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def build_sensor(settings: Settings, job: AssetJob) -> dg.SensorDefinition:
    """Starts the daily job when a file in a drop folder appeared or changed."""

    @dg.sensor(
        name="drop_folder_sensor",
        job=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        description="Runs the daily job when an export in a drop folder appeared or changed.",
    )
    def drop_folder_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        company = readable_company(settings)
        if company is None:
            return dg.SkipReason("the company folder is invalid; `concord check` says why")
        current = folder_fingerprint(drop_folders(company))
        if current == context.cursor:
            return dg.SkipReason("nothing changed in the drop folders")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=current)], cursor=current)

    return drop_folder_sensor
