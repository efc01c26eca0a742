"""Builds the warehouse of a home as a run does: the rules, what is new in the sources, dbt.

Belongs here: the steps of orchestration, without Dagster, guards and data tests, which cost most of
a run's time and write no row. Does not: any SQL.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.canonical import load_entities
from orchestration.company import rules_tables
from orchestration.company.reference_origins import reference_origins
from orchestration.ingest.published_before import write_published_before
from orchestration.ingest.raw_assets import read_sources
from orchestration.ingest.warehouse import warehouse, write_rules, write_views
from orchestration.ledger.source import write_ledger
from orchestration.settings import Settings, load_settings
from orchestration.sources.file_drop import raw_views_sql
from orchestration.steps import release_home, step
from orchestration.transform.assets import dbt_arguments, kept_results
from orchestration.transform.compiled import run_compiled
from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from orchestration.transform.results import NodeResult
from orchestration.transform.runner import run_dbt
from orchestration.transform.standing import forget, plan_build, remember

HASH_KEY = "only for this test"


def settings_of(home: Path, company: Path, threads: int = 2) -> Settings:
    """Settings of a home whose personal data are hashed as in every other home of the tests."""
    return Settings(company_dir=company, home=home, threads=threads, hash_key=HASH_KEY)


@contextmanager
def own_environment(settings: Settings) -> Iterator[None]:
    """Let dbt find the home's key, and put the environment back that a build changes."""
    kept = dict(os.environ)
    os.environ["CONCORD_HASH_KEY"] = settings.hash_key or ""
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def build(settings: Settings, by_dbt: bool = False) -> list[NodeResult]:
    """Ingest what is new and build every model; return what came of them."""
    with own_environment(settings):
        ingest(settings)
        return transform(settings, by_dbt)


def ingest(settings: Settings) -> None:
    """Write the rules, read what is new in the sources and show it."""
    try:
        with step(settings, str(uuid.uuid4()), "laws") as work:
            tables = {
                **rules_tables(work.company),
                "reference_origin": reference_origins(work.company),
            }
            readings = read_sources(work)
    finally:
        release_home(settings)
    refused = [refusal.message for reading in readings for refusal in reading.refusals]
    assert refused == []
    versions = [version for reading in readings for version in reading.versions]
    with warehouse(settings) as connection:
        write_rules(connection, tables)
        write_views(
            connection, raw_views_sql(load_entities(), versions, settings.raw_file_drop_dir)
        )
        write_published_before(connection, settings.published_dir, work.run.as_of_date)
        write_ledger(connection, settings.ledger_path)


def transform(settings: Settings, by_dbt: bool = False) -> list[NodeResult]:
    """Build every model that does not stand already, as a run does or as dbt itself does."""
    project = Project(manifest_json(settings))
    plan = plan_build(settings, project)
    chosen = [unique_id for unique_id in plan.to_build if unique_id in project.models]
    forget(settings, chosen)
    if by_dbt:
        arguments = [*dbt_arguments(full_refresh=False), "--exclude-resource-type", "test"]
        results = run_dbt(settings, "build", arguments, chosen)
    else:
        results = list(run_compiled(settings, project, chosen, None, plan))
    assert [f"{item.unique_id}: {item.message}" for item in results if not item.is_good] == []
    remember(settings, plan, results)
    return [*kept_results(project, plan), *results]


if __name__ == "__main__":
    # What dbt builds has to be what a run makes of the statements that dbt compiled.
    build(load_settings(), by_dbt=True)
    sys.stdout.write("built\n")
