"""`concord check`: validates the company folder and says everything that is wrong."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import click
from rich.markup import escape

from orchestration.cli.console import console, error_console, stop
from orchestration.cli.exit_codes import INVALID_INPUT
from orchestration.cli.inputs import settings_or_stop
from orchestration.company import Company, CompanyInvalid, load_company
from orchestration.sample import ensure_sample
from orchestration.settings import Settings, SettingsError


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
    if company.extensions.models:
        _try_models(settings)
    console.print(
        f"[green]✓[/green] {escape(str(settings.company_dir))} is valid: "
        f"{escape(company.company.name)}, as of {company.as_of_date}, "
        f"{len(company.sources.sources)} sources, {len(company.channels)} channel rules, "
        f"{len(company.kpis)} KPIs{_added(company)}"
    )
    if connect:
        from orchestration.cli.connections import try_connections

        if not try_connections(settings, company):
            raise click.exceptions.Exit(INVALID_INPUT)


def _added(company: Company) -> str:
    added = company.extensions
    if added.is_empty:
        return ""
    return f", of which {len(added.kpis)} its own, and {len(added.models)} models of its own"


def _try_models(settings: Settings) -> None:
    """Compile Concord's models with the company's own, which shows what these read.

    Not in the home, where a run may be under way; the run takes over what was made here.
    """
    from orchestration.transform.project import TransformError, ensure_parsed

    with tempfile.TemporaryDirectory() as place:
        try:
            ensure_parsed(replace(settings, home=Path(place)))
        except TransformError as error:
            stop(str(error), INVALID_INPUT)


def show_problems(invalid: CompanyInvalid) -> None:
    """Print every problem, one after the other."""
    count = len(invalid.problems)
    error_console.print(
        f"[red]The company folder has {count} problem{'s' if count != 1 else ''}; "
        "nothing was moved.[/red]"
    )
    for problem in invalid.problems:
        error_console.print(f"  {escape(str(problem))}", soft_wrap=True)
