"""What the commands about connectors share: a source's context, and what is printed of a probe.

Belongs here: from settings to connectors. Does not: commands.
"""

from __future__ import annotations

import time
from dataclasses import replace

from rich.markup import escape

from orchestration.cli.console import console, error_console
from orchestration.company import Company
from orchestration.company.sources import Source
from orchestration.connectors import vendors
from orchestration.connectors.context import PullContext
from orchestration.settings import Settings
from orchestration.simulators import Simulators
from orchestration.state import StateStore


def context_of(settings: Settings, source: Source) -> PullContext:
    """The context in which a connector works on one source of a home."""
    return PullContext(
        source=source.name,
        state=StateStore(settings.state_path),
        deliveries=source.options.folder,
        raw_pages=settings.raw_pages_dir / source.name,
        variables=settings.variables,
        deadline=time.monotonic() + settings.source_deadline_seconds,
    )


def try_connections(settings: Settings, company: Company) -> bool:
    """Try every connector's credentials; print what is missing; return whether all is well."""
    simulators = Simulators(company, settings.variables)
    try:
        return all([_try(settings, source, simulators) for source in _pulled(company)])
    finally:
        simulators.close()


def _pulled(company: Company) -> list[Source]:
    return [item for item in company.sources.sources.values() if item.connector is not None]


def _try(settings: Settings, source: Source, simulators: Simulators) -> bool:
    connector, variables = simulators.of(source, settings.variables)
    if connector is None:
        return True
    context = replace(context_of(settings, source), variables=variables)
    found = vendors.probe(context, connector)
    place = "the simulator answers" if source.name in simulators.names else "signed in"
    for text in found.problems:
        error_console.print(f"[red]✗[/red] {source.name}: {escape(text)}", soft_wrap=True)
    if found.readable:
        console.print(
            f"[green]✓[/green] {source.name}: {place}, {len(found.readable)} objects can be read",
            soft_wrap=True,
        )
    if found.missing:
        names = ", ".join(found.missing)
        console.print(f"  {source.name}: not there or hidden, left out: {names}", soft_wrap=True)
    if found.hidden:
        text = f"  {source.name}: fields not there or hidden, blank: {', '.join(found.hidden)}"
        console.print(text, soft_wrap=True)
    return not found.problems
