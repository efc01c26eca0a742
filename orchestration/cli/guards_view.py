"""Shows guard results: how many of each kind, and what the bad ones found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.markup import escape

from orchestration.cli.console import console
from orchestration.state import GuardResult

BAD = ("failed", "errored")
SHOWN = 12


def print_guards(results: Sequence[GuardResult]) -> None:
    """One line of counts, then each guard that did not pass."""
    counts = Counter(result.status for result in results)
    console.print(
        f"[bold]Guards[/bold]      {counts['passed']} passed, {counts['warned']} warned, "
        f"{counts['failed'] + counts['errored']} failed, {counts['not_run']} not run"
    )
    shown = [item for item in results if item.status in BAD]
    shown += [item for item in results if item.status == "warned"]
    for item in shown[:SHOWN]:
        colour = "red" if item.status in BAD else "yellow"
        console.print(
            f"  [{colour}]{item.status:<8}[/{colour}] {escape(item.guard)} "
            f"({item.kpi_group}): {escape(_first_line(item.message or item.observed or ''))}",
            soft_wrap=True,
        )
    if len(shown) > SHOWN:
        console.print(f"  … and {len(shown) - SHOWN} more in ops.ops_guard_result")


def _first_line(text: str) -> str:
    """The rest stands in ops.ops_guard_result."""
    return text.splitlines()[0] if text else ""
