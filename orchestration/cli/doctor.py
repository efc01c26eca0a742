"""`concord doctor`: how far each connector is, what is stuck, and clearing it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime

import click
from rich.markup import escape
from rich.table import Table

from orchestration.cli.backfills_view import print_backfills
from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import BUSY, RUN_FAILED
from orchestration.cli.inputs import settings_or_stop
from orchestration.durable import remove_unfinished
from orchestration.settings import Settings
from orchestration.state import ConnectorObject, HomeBusy, StateStore
from orchestration.steps import hold_home, release_home


@click.command("doctor")
@click.option(
    "--clear",
    is_flag=True,
    help="Remove what a killed pull left half done, and forget backfills that are half done.",
)
@click.option(
    "--read-again",
    metavar="SOURCE",
    help="Forget how far SOURCE is read: the next run reads and compares all of it.",
)
def command(clear: bool, read_again: str | None) -> None:
    """Show how far each connector is and what is stuck; clear it.

    Ends with exit code 1 when something is stuck and was not cleared.
    """
    settings = settings_or_stop()
    if not settings.state_path.exists():
        console.print("Nothing has run here yet; `concord run` starts.")
        return
    state = StateStore(settings.state_path)
    if clear or read_again:
        try:
            hold_home(settings)
            _change(settings, state, clear, read_again)
        except HomeBusy as busy:
            stop(str(busy), BUSY)
        finally:
            release_home(settings)
    objects = state.connector_objects()
    if objects:
        _print(objects)
    else:
        console.print("No connector has pulled anything here yet.")
    is_stuck = print_backfills(state)
    if any(item.pending for item in objects):
        is_stuck = True
        console.print(
            "A pull did not end. The next run reads the same rows again by itself; "
            "`concord doctor --clear` removes what it left."
        )
    if is_stuck:
        raise click.exceptions.Exit(RUN_FAILED)


def _change(settings: Settings, state: StateStore, clear: bool, read_again: str | None) -> None:
    if clear:
        removed = remove_unfinished(settings.deliveries_dir)
        removed += remove_unfinished(settings.raw_pages_dir)
        for pattern in ("*/.engine*", "*/.replay*"):
            for folder in settings.deliveries_dir.glob(pattern):
                shutil.rmtree(folder, ignore_errors=True)
        for item in state.connector_objects():
            if item.pending:
                state.save_connector_object(replace(item, pending=None))
        forgotten = state.forget_unfinished_backfills()
        console.print(
            f"Cleared; {len(removed)} unfinished files removed, {forgotten} backfills forgotten."
        )
    if read_again:
        found = state.connector_objects(read_again)
        if not found:
            stop(f"no connector of a source {read_again!r} has pulled anything here", RUN_FAILED)
        for item in found:
            # Days of spend know no sweep: they are read again from the first on.
            cursor = item.cursor_at if item.columns else None
            state.save_connector_object(
                replace(item, mapping=None, last_sweep_at=None, cursor_at=cursor)
            )
        console.print(f"The next run reads all of {escape(read_again)} again.")


def _print(objects: list[ConnectorObject]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("source", "object", "read up to (UTC)", "last sweep (UTC)", "state"):
        table.add_column(name)
    for item in objects:
        said = f"[red]{escape(item.pending)}[/red]" if item.pending else escape(item.note or "")
        table.add_row(
            item.source, item.object_name, _shown(item.cursor_at), _shown(item.last_sweep_at), said
        )
    console.print(table)


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
