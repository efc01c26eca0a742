"""`concord close`: posts, freezes and locks periods of pay.

Belongs here: the command. Does not: what a close does (ledger/close.py).
"""

from __future__ import annotations

from contextlib import closing

import click

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import BUSY, RUN_FAILED, USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.live import LiveReporter
from orchestration.cli.run import command as run_command
from orchestration.ledger.close import parse_period
from orchestration.progress import watched_by
from orchestration.state import HomeBusy


@click.command("close")
@click.argument("periods", nargs=-1, metavar="[PERIOD]...")
@click.option("--through", default="", metavar="PERIOD", help="All open periods up to this one.")
@click.option(
    "--no-publish", is_flag=True, help="Leave it to the next `concord run` to show what was posted."
)
@click.pass_context
def command(
    context: click.Context, periods: tuple[str, ...], through: str, no_publish: bool
) -> None:
    """Close PERIODs of pay, months such as 2026-09: post, freeze statements, lock, back up.

    What is posted is what the published version shows as drafts. A locked period never changes:
    what is known of it later is posted in the next one. Then a run publishes what was posted.
    """
    wrong = [text for text in (*periods, through) if text and not _is_period(text)]
    if wrong or not (periods or through):
        named = f"{', '.join(wrong)}: no such period. " if wrong else ""
        stop(f"{named}Give months such as 2026-09, or --through 2026-09.", USAGE)
    settings = settings_or_stop()
    from orchestration.cli.quiet import QUIET, failure_text
    from orchestration.dagster_home import dagster_instance
    from orchestration.ledger.close_job import CLOSE_OP, build_close_job
    from orchestration.steps import hold_home, release_home

    try:
        hold_home(settings)
    except HomeBusy as busy:
        stop(str(busy), BUSY)
    config = {"periods": list(periods), "through": through}
    live = LiveReporter(console)
    try:
        with dagster_instance(settings) as instance, watched_by(live), closing(live):
            result = build_close_job(settings).execute_in_process(
                run_config={"ops": {CLOSE_OP: {"config": config}}, **QUIET},
                instance=instance,
                raise_on_error=False,
            )
    finally:
        release_home(settings)
    if not result.success:
        stop(f"Nothing is closed:\n{failure_text(result)}", RUN_FAILED)
    console.print(f"[green]✓[/green] {result.output_for_node(CLOSE_OP)}", highlight=False)
    if not no_publish:
        context.invoke(
            run_command, selection=None, full_refresh=False, no_publish=False, allow_earlier=False
        )


def _is_period(text: str) -> bool:
    try:
        parse_period(text)
    except ValueError:
        return False
    return True
