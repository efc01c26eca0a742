"""`concord dev`: Dagster's web UI and daemon on this home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from orchestration.cli.inputs import settings_or_stop
from orchestration.dagster_home import prepare_dagster_home
from orchestration.settings import PROJECT_ROOT


@click.command("dev")
@click.option("--port", default=3000, show_default=True, help="Port of the web UI.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
def command(port: int, host: str) -> None:
    """Open Dagster's web UI, with the daily schedule and the drop-folder sensor."""
    settings = settings_or_stop()
    prepare_dagster_home(settings)
    os.chdir(PROJECT_ROOT)
    dagster = Path(sys.executable).with_name("dagster")
    arguments = ["dev", "-m", "orchestration.dagster_location", "-h", host, "-p", str(port)]
    os.execv(dagster, [str(dagster), *arguments])  # noqa: S606  replaces this process
