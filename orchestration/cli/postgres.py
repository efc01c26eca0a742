"""`concord postgres`: bring the published version to PostgreSQL, when a run could not."""

from __future__ import annotations

from contextlib import closing

import click

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import BUSY, INVALID_INPUT, RUN_FAILED
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.live import LiveReporter
from orchestration.cli.quiet import QUIET, failure_text
from orchestration.progress import watched_by
from orchestration.state import HomeBusy


@click.command("postgres")
def command() -> None:
    """Bring the published version to PostgreSQL, the server of CONCORD_POSTGRES_URL.

    Every run does so by itself; this is for a server that was away, or one that is new.
    """
    settings = settings_or_stop()
    if settings.postgres_url is None:
        stop(
            "no server is named; set CONCORD_POSTGRES_URL to "
            "postgresql://user:password@host:port/database",
            INVALID_INPUT,
        )
    from orchestration.dagster_home import dagster_instance
    from orchestration.postgres.assets import build_postgres_job
    from orchestration.steps import hold_home, release_home

    try:
        hold_home(settings)
    except HomeBusy as busy:
        stop(str(busy), BUSY)
    live = LiveReporter(console)
    try:
        with dagster_instance(settings) as instance, watched_by(live), closing(live):
            result = build_postgres_job(settings).execute_in_process(
                run_config=QUIET, instance=instance, raise_on_error=False
            )
    finally:
        release_home(settings)
    if not result.success:
        stop(failure_text(result), RUN_FAILED)
