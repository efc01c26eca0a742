"""Shows a run while it works: one line per stage, with a moving count where a stage is long.

Belongs here: the reporter for a terminal, and the plain one for logs.
"""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape
from rich.status import Status


class LiveReporter:
    """Prints a line per finished stage; on a terminal it also shows what is going on now."""

    def __init__(self, console: Console) -> None:
        """Keep the console; nothing is shown before the first stage."""
        self._console = console
        self._status: Status | None = None
        self._started: dict[str, float] = {}

    def stage_started(self, stage: str) -> None:
        """Show the stage's name."""
        self._started[stage] = time.monotonic()
        self._show(f"{stage} …")

    def stage_progressed(self, stage: str, done: int, total: int, what: str) -> None:
        """Show how far the stage is."""
        of_total = f"/{total}" if total else ""
        self._show(f"{stage} {done}{of_total} [dim]{escape(what)}[/dim]")

    def stage_finished(self, stage: str, outcome: str, is_good: bool) -> None:
        """Leave one line behind."""
        self.close()
        started = self._started.get(stage)
        # A part of a stage that reports by itself has no time of its own.
        seconds = "" if started is None else f" [dim]({time.monotonic() - started:.1f} s)[/dim]"
        mark = "[green]✓[/green]" if is_good else "[red]✗[/red]"
        self._console.print(f"{mark} [bold]{stage:<26}[/bold] {escape(outcome)}{seconds}")

    def close(self) -> None:
        """Stop showing what goes on."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _show(self, text: str) -> None:
        if not self._console.is_terminal:
            return
        if self._status is None:
            self._status = self._console.status(text)
            self._status.start()
        else:
            self._status.update(text)
