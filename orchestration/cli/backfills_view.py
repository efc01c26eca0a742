"""Shows the backfills that are not read to their end, for `concord status` and `concord doctor`."""

from __future__ import annotations

from rich.markup import escape

from orchestration.cli.console import console
from orchestration.connectors.day_span import CALENDAR, DaySpan
from orchestration.state import BackfillSlice, StateStore


def print_backfills(state: StateStore) -> bool:
    """Print how far each is and how to go on; returns whether there is one."""
    found = state.unfinished_backfills()
    for slices in found:
        one = slices[0]
        left = [item for item in slices if item.finished_at is None]
        span = DaySpan(one.from_date, one.to_date)
        objects = f", {one.objects.replace(',', ', ')}" if one.objects else ""
        console.print(
            f"[bold]Backfill[/bold]    {one.source} {span} by {one.slicing}{objects}: "
            f"{len(slices) - len(left)} of {len(slices)} slices read; it goes on by "
            f"`{_command(one)}`",
            soft_wrap=True,
        )
        for item in left:
            if item.problem:
                days = DaySpan(item.first_date, item.last_date)
                console.print(f"  [red]{days}[/red]: {escape(item.problem)}", soft_wrap=True)
    return bool(found)


def _command(one: BackfillSlice) -> str:
    """The command that a slice is of."""
    words = ["concord backfill", one.source, f"--from {one.from_date} --to {one.to_date}"]
    if one.slicing in CALENDAR:
        words.append(f"--by {one.slicing}")
    else:
        words.append(f"--slice-days {one.slicing.partition(' ')[0]}")
    words += [f"--object {name}" for name in one.objects.split(",") if name]
    return " ".join(words)
