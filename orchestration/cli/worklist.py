"""`concord worklist`: the open hand-offs of the published version, and by when each is due.

Belongs here: reading what was published, and layout. Does not: any rule; what is open and when it
is due stands in funnel.fct_handoff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import duckdb
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import INVALID_INPUT, RUN_FAILED
from orchestration.cli.inputs import settings_or_stop
from orchestration.publish import Manifest, current_manifest

NOBODY = "nobody"
GROUP = "demand"
COLUMNS = ("lead", "segment", "channel", "handed off", "due", "state")
MOMENT = "%d %b %H:%M"
COLOURS = {"overdue": "red", "answered": "green", "due": "yellow", "no promise": "dim"}

OPEN_HANDOFFS = """
    select
        coalesce(employee.full_name, $nobody) as owner,
        handoff.time_zone,
        handoff.source_id,
        handoff.segment,
        channel.channel_name,
        handoff.clock_started_at,
        handoff.due_at,
        case
            when handoff.first_human_touch_at is not null then 'answered'
            when handoff.due_at is null then 'no promise'
            when handoff.is_breached then 'overdue'
            else 'due'
        end as state
    from funnel.fct_handoff as handoff
    left join core.dim_employee as employee
        on handoff.owner_employee_key = employee.employee_key
    left join core.dim_channel as channel
        on handoff.channel_key = channel.channel_key
    where handoff.decision = 'open'
    order by owner, state = 'answered', handoff.due_at nulls last, handoff.source_id
"""


@dataclass(frozen=True)
class Item:
    """One open hand-off; moments are in the owner's zone."""

    owner: str
    zone: str
    lead: str
    segment: str
    channel: str
    handed_off: datetime
    due: datetime | None
    state: str


@click.command("worklist")
@click.option("--owner", metavar="NAME", help="Only hand-offs of owners with NAME in their name.")
def command(owner: str | None) -> None:
    """Show today's open hand-offs with their due times, per owner.

    Today is the as-of date of the published version; times are those of the owner's zone. Most
    urgent first; what was answered and still waits for a decision comes last.
    """
    settings = settings_or_stop()
    manifest = current_manifest(settings.published_dir)
    if manifest is None:
        stop("Nothing is published here yet; `concord run` publishes a version.", RUN_FAILED)
    items = _read(settings.current_dir / "marts.duckdb")
    if owner is not None:
        items = _of_owner(items, owner)
    _print(items, _as_of(manifest))


def _as_of(manifest: Manifest) -> date:
    """The date of the group that hand-offs belong to; it may be held at an earlier one."""
    for group in manifest.groups:
        if group.kpi_group == GROUP and group.as_of_date is not None:
            return group.as_of_date
    return manifest.as_of_date


def _read(marts: Path) -> list[Item]:
    try:
        with duckdb.connect(str(marts), read_only=True) as connection:
            rows = connection.execute(OPEN_HANDOFFS, {"nobody": NOBODY}).fetchall()
    except duckdb.CatalogException:
        stop(
            "The published version has no hand-offs: it is older than this command, or the group "
            f"{GROUP} was never published. `concord run` publishes a new one.",
            RUN_FAILED,
        )
    return [
        Item(
            owner,
            zone,
            lead,
            segment,
            channel,
            _local(started, zone),
            _local(due, zone) if due else None,
            state,
        )
        for owner, zone, lead, segment, channel, started, due, state in rows
    ]


def _local(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def _of_owner(items: Sequence[Item], owner: str) -> list[Item]:
    found = [item for item in items if owner.strip().lower() in item.owner.lower()]
    if not found and items:
        names = ", ".join(sorted({item.owner for item in items}))
        stop(
            f"--owner: nobody with {owner!r} in their name has an open hand-off. "
            f"Those who have: {names}.",
            INVALID_INPUT,
        )
    return found


def _print(items: Sequence[Item], as_of: date) -> None:
    if not items:
        console.print(f"No hand-off is open as of {as_of}.")
        return
    overdue = sum(item.state == "overdue" for item in items)
    console.print(f"[bold]{len(items)} open, {overdue} overdue[/bold] as of {as_of}")
    for owner, zone in sorted({(item.owner, item.zone) for item in items}):
        own = [item for item in items if (item.owner, item.zone) == (owner, zone)]
        console.print(f"\n[bold]{escape(owner)}[/bold] ({escape(zone)})")
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in COLUMNS:
            table.add_column(name, no_wrap=True)
        for item in own:
            colour = COLOURS[item.state]
            table.add_row(
                escape(item.lead),
                escape(item.segment),
                escape(item.channel),
                f"{item.handed_off:{MOMENT}}",
                f"{item.due:{MOMENT}}" if item.due else "–",
                f"[{colour}]{item.state}[/{colour}]",
            )
        console.print(table)
