"""`concord export`: what finance takes away for a month, and performing one again.

Belongs here: the commands. Does not: files and checks (export/).
"""

from __future__ import annotations

from pathlib import Path

import click
import duckdb

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import RUN_FAILED
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.published_marts import marts_or_stop
from orchestration.cli.statement import period_or_stop
from orchestration.publish.tables import FINANCE, STORES


@click.group("export")
def command() -> None:
    """Write what finance takes away: statements, tables, tie-out, audit pack."""


@command.command("finance")
@click.argument("period")
@click.option(
    "--to",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder; default CONCORD_HOME/exports/finance-PERIOD.",
)
def finance(period: str, target: Path | None) -> None:
    """Export PERIOD, a month such as 2026-09; what is not locked is marked as a draft.

    Only you can read the folder. It ends with 1 when something does not tie out.
    """
    first_day = period_or_stop(period)
    settings = settings_or_stop()
    marts = marts_or_stop(settings)
    from orchestration.export.audit_pack import PackError
    from orchestration.export.finance import export_month
    from orchestration.export.month import ExportError, read_month
    from orchestration.publish.layout import current_manifest
    from orchestration.scenario.scratch import ScenarioError
    from orchestration.transform.project import TransformError

    manifest = current_manifest(settings.published_dir)
    if manifest is None:
        stop("Nothing is published here yet; `concord run` publishes a version.", RUN_FAILED)
    folder = target or settings.home / "exports" / f"finance-{first_day:%Y-%m}"
    try:
        name, currency = _company(settings.warehouse_path)
        month = read_month(marts.with_name(STORES[FINANCE].file_name), manifest, name, first_day)
        made = export_month(settings, month, currency, folder.absolute())
    except (ExportError, PackError, ScenarioError, TransformError) as error:
        stop(str(error), RUN_FAILED)
    state = "final" if month.is_final else "DRAFT, not locked: no audit pack"
    console.print(
        f"{month.name}, {state}: {len(month.statements)} statements, {len(made.checks)} checks",
        highlight=False,
    )
    console.print(f"  open  {made.folder / 'index.html'}", soft_wrap=True, highlight=False)
    if made.unexplained:
        lines = [
            f"  {one.step}: {one.label}: {one.left:,} and {one.right:,} {one.unit} {one.note}"
            for one in made.unexplained
        ]
        stop("\n".join([f"{month.name} does not tie out:", *lines]), RUN_FAILED)
    console.print("[green]✓[/green] it ties out: nothing is unexplained")


@command.command("reperform")
@click.argument("pack", type=click.Path(exists=True, file_okay=False, path_type=Path))
def reperform(pack: Path) -> None:
    """Compute the month of an audit PACK again and compare it with what was locked."""
    settings = settings_or_stop()
    from orchestration.export.audit_pack import PackError
    from orchestration.export.audit_pack import reperform as perform
    from orchestration.scenario.scratch import ScenarioError
    from orchestration.transform.project import TransformError

    try:
        done = perform(settings, pack)
    except (PackError, ScenarioError, TransformError) as error:
        stop(str(error), RUN_FAILED)
    told = f"{done.same_count} of {done.statement_count} statements have the hash that was locked"
    for note in done.notes:
        console.print(f"[yellow]![/yellow] {note}", soft_wrap=True, highlight=False)
    if not done.is_same:
        stop(f"{done.month}: {told}; the month is another one.", RUN_FAILED)
    console.print(f"[green]✓[/green] {done.month}: {told}, and so has the month", highlight=False)


def _company(warehouse: Path) -> tuple[str, str]:
    """Name and reporting currency, as the last run read them."""
    from orchestration.scenario.scratch import ScenarioError

    if not warehouse.exists():
        raise ScenarioError("The working file of the last run is not in this home.")
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            found = connection.execute(
                "select company_name, reporting_currency from rules.settings"
            ).fetchall()
    except duckdb.Error as error:
        raise ScenarioError(
            "The working file is in use: a run is under way, or another program has it."
        ) from error
    name, currency = found[0]
    return str(name), str(currency)
