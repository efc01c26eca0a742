"""`concord replay`: makes a source's deliveries anew from the pages that were kept."""

from __future__ import annotations

import click

from orchestration.cli.check import show_problems
from orchestration.cli.connections import context_of
from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import BUSY, INVALID_INPUT, RUN_FAILED, USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.company import CompanyInvalid, load_company
from orchestration.connectors import vendors
from orchestration.connectors.errors import ConnectorError
from orchestration.state import HomeBusy
from orchestration.steps import hold_home, release_home


@click.command("replay")
@click.argument("source")
def command(source: str) -> None:
    """Make the deliveries of SOURCE anew from its kept answers; ask nobody.

    `concord run` afterwards brings what changed to the marts.
    """
    settings = settings_or_stop()
    try:
        company = load_company(settings.company_dir, settings.variables, as_of=settings.as_of)
    except CompanyInvalid as invalid:
        show_problems(invalid)
        raise click.exceptions.Exit(INVALID_INPUT) from None
    found = company.sources.sources.get(source)
    if found is None or found.connector is None:
        stop(f"{source!r} is no source with a connector in sources.yml", USAGE)
    try:
        hold_home(settings)
        counts = vendors.replay(context_of(settings, found), found.connector)
    except HomeBusy as busy:
        stop(str(busy), BUSY)
    except ConnectorError as error:
        stop(str(error), RUN_FAILED)
    finally:
        release_home(settings)
    for name, count in counts.items():
        console.print(f"  {name}: {count:,} rows", highlight=False)
    console.print(f"[green]✓[/green] {len(counts)} datasets; `concord run` goes on from here")
