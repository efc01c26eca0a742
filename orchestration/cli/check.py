"""`concord check`: validates the company folder and says everything that is wrong."""

from __future__ import annotations

import click
from rich.markup import escape

from orchestration.cli.console import console, error_console, stop
from orchestration.cli.exit_codes import INVALID_INPUT
from orchestration.cli.inputs import settings_or_stop
from orchestration.company import CompanyInvalid, load_company
from orchestration.sample import ensure_sample
from orchestration.settings import SettingsError


@click.command("check")
@click.option("--connect", is_flag=True, help="Try the credentials of every connector, too.")
def command(connect: bool) -> None:
    """Validate the company folder (CONCORD_COMPANY); move nothing."""
    settings = settings_or_stop()
    try:
        ensure_sample(settings)
        company = load_company(settings.company_dir, settings.variables, as_of=settings.as_of)
    except CompanyInvalid as invalid:
        show_problems(invalid)
        raise click.exceptions.Exit(INVALID_INPUT) from None
    except SettingsError as error:
        stop(str(error), INVALID_INPUT)
    console.print(
        f"[green]✓[/green] {escape(str(settings.company_dir))} is valid: "
        f"{escape(company.company.name)}, as of {company.as_of_date}, "
        f"{len(company.sources.sources)} sources, {len(company.channels)} channel rules, "
        f"{len(company.kpis)} KPIs"
    )
    if connect:
        from orchestration.cli.connections import try_connections

        if not try_connections(settings, company):
            raise click.exceptions.Exit(INVALID_INPUT)


def show_problems(invalid: CompanyInvalid) -> None:
    """Print every problem, one after the other."""
    count = len(invalid.problems)
    error_console.print(
        f"[red]The company folder has {count} problem{'s' if count != 1 else ''}; "
        "nothing was moved.[/red]"
    )
    for problem in invalid.problems:
        error_console.print(f"  {escape(str(problem))}", soft_wrap=True)
