"""Shows which version stands in PostgreSQL, from what this home remembers; no server is asked."""

from __future__ import annotations

from rich.markup import escape

from orchestration.cli.console import console
from orchestration.publish import Manifest
from orchestration.settings import Settings
from orchestration.state import RunRecord, StateStore


def print_postgres(settings: Settings, state: StateStore) -> None:
    """One line on what stands there; nothing where no server is named."""
    if settings.postgres_url is None:
        return
    stands = state.latest_postgres_entry("published")
    last = state.latest_postgres_entry()
    if stands is None:
        console.print("[bold]PostgreSQL[/bold]  nothing yet; `concord postgres` brings it there")
    else:
        remark = f"; {stands.message}" if stands.message else ""
        console.print(
            f"[bold]PostgreSQL[/bold]  version {stands.folder_version}, "
            f"{stands.table_count} tables, since {stands.finished_at:%Y-%m-%d %H:%M:%S} UTC; "
            f"{escape(stands.server.removeprefix('PostgreSQL ') + remark)}",
            soft_wrap=True,
        )
    if last is not None and last.status == "failed":
        console.print(f"  [red]failed[/red]   {escape(last.message or '')}", soft_wrap=True)


def is_behind(settings: Settings, state: StateStore, manifest: Manifest | None) -> bool:
    """Whether a server is named and its readers do not see what readers of the files see."""
    if settings.postgres_url is None or manifest is None:
        return False
    last = state.latest_postgres_entry()
    return last is None or last.status == "failed" or last.folder_version != manifest.version


def is_only_postgres(state: StateStore, run: RunRecord) -> bool:
    """Whether all that a failed run failed in is PostgreSQL."""
    entry = state.latest_postgres_entry("failed", run.run_id)
    return entry is not None and run.message == entry.message
