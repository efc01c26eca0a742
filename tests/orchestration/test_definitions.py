"""Dagster sees every table, check, job, schedule and sensor."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from expectations.loader import load_suites
from orchestration.canonical import load_entities
from orchestration.cli.main import COMMANDS
from orchestration.company import load_company
from orchestration.definitions import DAILY_JOB, build_definitions
from orchestration.sample import ensure_sample
from orchestration.schedules import build_schedule, folder_fingerprint, readable_company
from orchestration.settings import Settings
from orchestration.transform.nodes import Project
from orchestration.transform.project import manifest_json
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("definitions") / "home"
    settings = Settings(company_dir=ROOT / "company", home=home)
    ensure_sample(settings)
    return settings


@pytest.fixture(scope="module")
def definitions(settings: Settings) -> dg.Definitions:
    return build_definitions(settings)


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_definitions_are_valid(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_every_raw_table_model_and_published_table_is_an_asset(
    settings: Settings, specs: dict[str, dg.AssetSpec]
) -> None:
    project = Project(manifest_json(settings))
    expected = {f"raw_file_drop/{entity}" for entity in load_entities()}
    expected |= {f"{model.schema}/{model.name}" for model in project.models.values()}
    expected |= {f"published/{model.schema}/{model.name}" for model in project.marts}
    assert expected <= set(specs)
    assert len(project.marts) >= 20


def test_every_asset_has_owner_group_words_and_freshness(specs: dict[str, dg.AssetSpec]) -> None:
    for name, spec in specs.items():
        assert spec.owners, name
        assert spec.group_name not in (None, "default"), name
        assert spec.freshness_policy is not None, name
        assert spec.description, name


def test_lineage_runs_from_file_to_published_table(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    upstream = (
        dg.AssetSelection.assets(dg.AssetKey(["published", "kpi", "rpt_kpi"]))
        .upstream()
        .resolve(graph)
    )
    names = {key.to_user_string() for key in upstream}
    assert {"raw_file_drop/leads", "rules/settings", "core/fct_opportunity"} <= names


def test_critical_guards_block(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    checks = {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys}
    assert checks["files_accepted"].blocking
    blocking = [name for name, spec in checks.items() if spec.blocking]
    assert len(blocking) >= 30
    assert any(name.startswith("sound_table") for name in checks)


def test_the_schedule_takes_hour_and_zone_from_the_company(
    settings: Settings, definitions: dg.Definitions
) -> None:
    company = load_company(settings.company_dir, settings.variables)
    plan = company.company.schedule
    schedule = definitions.resolve_schedule_def("daily_schedule")
    assert schedule.cron_schedule == f"{plan.minute} {plan.hour} * * *"
    assert schedule.execution_timezone == (plan.time_zone or company.company.time_zone)


def test_definitions_load_while_the_company_folder_is_invalid(tmp_path: Path) -> None:
    broken = Settings(company_dir=tmp_path, home=tmp_path / "home")
    assert readable_company(broken) is None
    job = dg.define_asset_job(DAILY_JOB)
    assert build_schedule(None, job).cron_schedule == "0 6 * * *"


def test_the_sensor_asks_for_a_run_when_a_file_changes(settings: Settings, tmp_path: Path) -> None:
    company = tmp_path / "company"
    exports = tmp_path / "sample_company" / "exports"
    shutil.copytree(settings.company_dir, company)
    shutil.copytree(ROOT / "sample_company" / "exports", exports)
    copied = Settings(company_dir=company, home=settings.home)
    sensor = build_definitions(copied).resolve_sensor_def("drop_folder_sensor")
    first = sensor.evaluate_tick(dg.build_sensor_context())
    assert len(first.run_requests or []) == 1
    quiet = sensor.evaluate_tick(dg.build_sensor_context(cursor=first.cursor))
    assert not quiet.run_requests
    file = next(path for path in exports.rglob("*.csv"))
    file.write_bytes(file.read_bytes() + b"\n")
    changed = sensor.evaluate_tick(dg.build_sensor_context(cursor=first.cursor))
    assert len(changed.run_requests or []) == 1


def test_a_fingerprint_sees_new_files(tmp_path: Path) -> None:
    before = folder_fingerprint([tmp_path])
    (tmp_path / "a.csv").write_text("x")
    assert folder_fingerprint([tmp_path]) != before


def test_postgresql_is_a_step_and_a_job_only_where_a_server_is_named(
    settings: Settings, specs: dict[str, dg.AssetSpec]
) -> None:
    assert "published/postgres" not in specs
    named = build_definitions(
        replace(settings, postgres_url="postgresql://concord:s3cret@127.0.0.1:1/marts")
    )
    dg.Definitions.validate_loadable(named)
    keys = {spec.key.to_user_string() for spec in named.resolve_all_asset_specs()}
    assert "published/postgres" in keys
    assert {"daily", "rollback", "postgres"} <= {job.name for job in named.resolve_all_job_defs()}


def test_without_a_server_its_client_is_not_even_imported() -> None:
    names = ["orchestration.definitions", *(f"orchestration.cli.{name}" for name in COMMANDS)]
    program = (
        f"import sys, importlib\nfor name in {names}: importlib.import_module(name)\n"
        "print([n for n in sys.modules if n.startswith(('psycopg', 'orchestration.postgres'))])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_a_mart_that_cannot_be_built_leaves_the_guards_of_other_groups(
    definitions: dg.Definitions,
) -> None:
    """A step waits for every table that it judges: it judges those of one group."""
    groups = {suite.suite: suite.kpi_group for suite in load_suites("marts")}
    judged = [
        {groups[key.name] for key in checks.check_keys if key.name in groups}
        for checks in definitions.asset_checks or []
        if isinstance(checks, dg.AssetChecksDefinition)
    ]
    assert sorted(len(found) for found in judged if found) == [1] * len(set(groups.values()))
