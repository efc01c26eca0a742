"""`concord rollback`: readers see an earlier version again."""

from __future__ import annotations

from contextlib import closing

import click

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import BUSY, RUN_FAILED
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.live import LiveReporter
from orchestration.cli.quiet import QUIET, failure_text
from orchestration.progress import watched_by
from orchestration.publish import released_versions
from orchestration.state import HomeBusy


@click.command("rollback")
@click.option("--to", default="", help="A version; default: the one before the current.")
@click.option("--list", "only_list", is_flag=True, help="List the versions that are kept.")
def command(to: str, only_list: bool) -> None:
    """Let readers see an earlier published version.

    The next run publishes a new version above all there are.
    """
    settings = settings_or_stop()
    if only_list:
        for version in released_versions(settings.published_dir):
            console.print(version)
        return
    from orchestration.dagster_home import dagster_instance
    from orchestration.publish.rollback_job import ROLLBACK_OP, build_rollback_job
    from orchestration.steps import hold_home, release_home

    try:
        hold_home(settings)
    except HomeBusy as busy:
        stop(str(busy), BUSY)
    live = LiveReporter(console)
    try:
        with dagster_instance(settings) as instance, watched_by(live), closing(live):
            result = build_rollback_job(settings).execute_in_process(
                run_config={"ops": {ROLLBACK_OP: {"config": {"to": to}}}, **QUIET},
                instance=instance,
                raise_on_error=False,
            )
    finally:
        release_home(settings)
    for event in result.get_step_success_events():
        if event.step_key == ROLLBACK_OP:
            console.print(f"[green]✓[/green] {result.output_for_node(ROLLBACK_OP)}")
    if not result.success:
        stop(failure_text(result), RUN_FAILED)
