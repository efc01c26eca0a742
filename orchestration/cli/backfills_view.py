"""Shows the backfills that are not read to their end, for `concord status` and `concord doctor`."""

from __future__ import annotations

from rich.markup import escape

from orchestration.cli.console import console
from orchestration.connectors.day_span import DaySpan
from orchestration.state import StateStore


def print_backfills(state: StateStore) -> bool:
    """Print how far each is and how to go on; returns whether there is one."""
    found = state.unfinished_backfills()
    for slices in found:
        one = slices[0]
        left = [item for item in slices if item.finished_at is None]
        span = DaySpan(one.from_date, one.to_date)
        console.print(
            f"[bold]Backfill[/bold]    {one.source} {span} by {one.slicing}: "
            f"{len(slices) - len(left)} of {len(slices)} slices read; it goes on by "
            f"`concord backfill {one.source} --from {one.from_date} --to {one.to_date} "
            f"--by {one.slicing}`",
            soft_wrap=True,
        )
        for item in left:
            if item.problem:
                days = DaySpan(item.first_date, item.last_date)
                console.print(f"  [red]{days}[/red]: {escape(item.problem)}", soft_wrap=True)
    return bool(found)
