"""`concord run`: the whole daily job, or a part of it."""

from __future__ import annotations

import gc
import uuid
from contextlib import closing
from dataclasses import dataclass

import click
from rich.markup import escape

from orchestration.cli.check import show_problems
from orchestration.cli.console import console, error_console, stop
from orchestration.cli.exit_codes import BUSY, INVALID_INPUT, RUN_FAILED, USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.live import LiveReporter
from orchestration.company import CompanyInvalid
from orchestration.progress import watched_by
from orchestration.settings import Settings, SettingsError
from orchestration.state import HomeBusy, StateStore


@dataclass(frozen=True)
class RunOptions:
    """What the user asked for; a selected part is never published."""

    selection: str | None
    full_refresh: bool
    no_publish: bool
    allow_earlier: bool


@click.command("run")
@click.option(
    "--select",
    "selection",
    metavar="TABLES",
    help="Only these assets, for example `fct_booking`, `+core/fct_booking`, `group:funnel`. "
    "Nothing is published: a part cannot be audited as a whole.",
)
@click.option(
    "--full-refresh", is_flag=True, help="Build every model, also those that no change reaches."
)
@click.option("--no-publish", is_flag=True, help="Stop before readers see anything.")
@click.option(
    "--allow-earlier",
    is_flag=True,
    help="Let this run replace a published version of a later as-of date.",
)
def command(
    selection: str | None, full_refresh: bool, no_publish: bool, allow_earlier: bool
) -> None:
    """Do the whole daily job: validate, ingest, transform, guard, publish."""
    settings = settings_or_stop()
    # A short process that makes many objects which live to its end: look for garbage seldom.
    gc.set_threshold(200_000, 50, 100)
    from orchestration.guards.workers import worker_of_run
    from orchestration.sample import ensure_sample
    from orchestration.simulators import end_simulators, simulators_of_run
    from orchestration.steps import company_of_run, hold_home, register_run, release_home

    options = RunOptions(selection, full_refresh, no_publish or bool(selection), allow_earlier)
    run_id = str(uuid.uuid4())
    try:
        hold_home(settings)
        if ensure_sample(settings):
            console.print("[green]✓[/green] the sample company has delivered", highlight=False)
        company = company_of_run(settings, run_id)
        register_run(settings, run_id, selection)
    except HomeBusy as busy:
        stop(str(busy), BUSY)
    except CompanyInvalid as invalid:
        show_problems(invalid)
        raise click.exceptions.Exit(INVALID_INPUT) from None
    except SettingsError as error:
        stop(str(error), INVALID_INPUT)
    # The guards come first, so their process is the first to import; where the last run left
    # verdicts, it may have nothing to judge.
    is_early = options.full_refresh or not settings.guard_verdicts_path.exists()
    worker_of_run(run_id, is_early)
    if selection is None:
        # They load while this process imports; a part of the job asks for them when it reads.
        simulators_of_run(run_id, company, settings.variables)
    try:
        _run(settings, run_id, options)
    finally:
        end_simulators()
        release_home(settings)


def _run(settings: Settings, run_id: str, options: RunOptions) -> None:
    from orchestration.cli.summary import print_summary
    from orchestration.guards.workers import close_workers
    from orchestration.publish import recover
    from orchestration.transform import worker as dbt_worker

    state = StateStore(settings.state_path)
    recover(settings.published_dir, state)
    live = LiveReporter(console)
    with watched_by(live), closing(live):
        failure = _execute(settings, run_id, options)
    close_workers()
    dbt_worker.close_workers()
    _finish(state, run_id, failure)
    run = state.find_run(run_id)
    print_summary(settings, state, run_id)
    if run is None or run.status != "succeeded":
        raise click.exceptions.Exit(RUN_FAILED)


def _execute(settings: Settings, run_id: str, options: RunOptions) -> str | None:
    """Run the Dagster job in this process; return what failed, if anything did."""
    from orchestration.cli.quiet import QUIET, failure_text
    from orchestration.cli.selection import SelectionError, chosen_keys
    from orchestration.dagster_home import dagster_instance
    from orchestration.definitions import DAILY_JOB, build_definitions
    from orchestration.publish.assets import ALLOW_EARLIER_TAG
    from orchestration.transform.assets import FULL_REFRESH_TAG
    from orchestration.transform.project import TransformError

    try:
        definitions = build_definitions(settings)
    except TransformError as error:
        error_console.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        return str(error)
    keys = None
    if options.no_publish:
        try:
            keys = chosen_keys(options.selection, definitions)
        except SelectionError as error:
            stop(str(error), USAGE)
    with dagster_instance(settings) as instance:
        result = definitions.resolve_job_def(DAILY_JOB).execute_in_process(
            run_config=QUIET,
            instance=instance,
            run_id=run_id,
            asset_selection=keys,
            tags={
                FULL_REFRESH_TAG: str(options.full_refresh).lower(),
                ALLOW_EARLIER_TAG: str(options.allow_earlier).lower(),
            },
            raise_on_error=False,
        )
    return None if result.success else failure_text(result)


def _finish(state: StateStore, run_id: str, failure: str | None) -> None:
    """Close the run where the publish step did not: a partial run, or a step that stopped it."""
    from orchestration.steps import utc_now

    run = state.find_run(run_id)
    if run is not None and run.status == "running":
        state.finish_run(run_id, "failed" if failure else "succeeded", utc_now(), failure)
