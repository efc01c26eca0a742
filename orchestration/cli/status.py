"""`concord status`: the last run, freshness, guards and published versions."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from orchestration.cli.backfills_view import print_backfills
from orchestration.cli.console import console
from orchestration.cli.exit_codes import RUN_FAILED
from orchestration.cli.guards_view import print_guards
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.postgres_view import is_behind, is_only_postgres, print_postgres
from orchestration.publish import current_manifest, released_versions
from orchestration.settings import Settings
from orchestration.state import RunRecord, StateStore

RUNS_SHOWN = 5


@click.command("status")
def command() -> None:
    """Show the last run, freshness, guards and published versions.

    Ends with exit code 1 when the last run did not succeed or PostgreSQL is behind, so that a
    monitor can ask.
    """
    settings = settings_or_stop()
    console.print(f"[bold]Home[/bold]        {escape(str(settings.home))}", soft_wrap=True)
    if not settings.state_path.exists():
        console.print("Nothing has run here yet; `concord run` starts.")
        return
    state = StateStore(settings.state_path)
    run = state.latest_run()
    if run is None:
        console.print("Nothing has run here yet; `concord run` starts.")
        print_backfills(state)
        return
    _print_runs(state.runs(RUNS_SHOWN))
    if run.message:
        console.print(escape(run.message), soft_wrap=True)
    _print_sources(state, run)
    print_backfills(state)
    print_guards(state.guard_results(run.run_id))
    _print_published(settings)
    print_postgres(settings, state)
    is_bad = run.status not in ("succeeded", "running") and not is_only_postgres(state, run)
    if is_bad or is_behind(settings, state, current_manifest(settings.published_dir)):
        raise click.exceptions.Exit(RUN_FAILED)


def _print_runs(runs: list[RunRecord]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("run", "kind", "as of", "started (UTC)", "took", "status"):
        table.add_column(name)
    for run in runs:
        took = f"{(run.finished_at - run.started_at).seconds} s" if run.finished_at else ""
        colour = {"succeeded": "green", "running": "blue"}.get(run.status, "red")
        table.add_row(
            run.run_id[:8],
            run.kind + (f" ({run.selection})" if run.selection else ""),
            str(run.as_of_date),
            f"{run.started_at:%Y-%m-%d %H:%M:%S}",
            took,
            f"[{colour}]{run.status}[/{colour}]",
        )
    console.print(table)


def _print_sources(state: StateStore, run: RunRecord) -> None:
    loads = state.source_loads(run.run_id)
    if not loads:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("source")
    table.add_column("rows", justify="right")
    table.add_column("in quarantine", justify="right")
    table.add_column("read (UTC)")
    for load in loads:
        table.add_row(
            f"{load.source_instance}.{load.source_object}",
            f"{load.row_count:,}",
            f"{load.quarantined_count:,}",
            f"{load.loaded_at:%Y-%m-%d %H:%M:%S}",
        )
    console.print(table)


def _print_published(settings: Settings) -> None:
    manifest = current_manifest(settings.published_dir)
    if manifest is None:
        console.print("[bold]Published[/bold]   nothing yet")
        return
    console.print(
        f"[bold]Published[/bold]   version {manifest.version}, as of {manifest.as_of_date}, "
        f"{manifest.published_at:%Y-%m-%d %H:%M:%S} UTC; "
        f"kept: {', '.join(released_versions(settings.published_dir))}"
    )
    for group in manifest.groups:
        if group.action == "held":
            since = f"stale since {group.stale_since}" if group.stale_since else "never published"
            console.print(f"  [red]held[/red] {group.kpi_group}: {since}", soft_wrap=True)
    console.print(f"  {escape(str(settings.current_dir))}", soft_wrap=True)
