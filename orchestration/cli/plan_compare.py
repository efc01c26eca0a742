"""`concord plan compare`: a month beside the spreadsheet that paid it until now.

Belongs here: the command and its table. Does not: comparing (scenario/parallel_run.py).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click
import duckdb
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import RUN_FAILED, USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.published_marts import marts_or_stop
from orchestration.cli.statement import period_or_stop
from orchestration.publish.tables import FINANCE, STORES

WORDS = {"differs": "differs", "only_here": "not in the file", "only_in_file": "not paid here"}


@click.command("compare")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("period")
def compare(file: Path, period: str) -> None:
    """Compare PERIOD such as 2026-09 with FILE: a CSV of employee_id, component and amount.

    Ends with 1 when anything differs.
    """
    from orchestration.scenario.parallel_run import (
        ParallelRunError,
        compare_amounts,
        read_amounts,
        read_posted,
    )

    first_day = period_or_stop(period)
    try:
        in_file = read_amounts(file)
    except ParallelRunError as error:
        stop(str(error), USAGE)
    finance = marts_or_stop(settings_or_stop()).with_name(STORES[FINANCE].file_name)
    try:
        here = read_posted(finance, first_day)
    except duckdb.CatalogException:
        stop("Pay has not been published here yet; `concord run` first.", RUN_FAILED)
    found = list(compare_amounts(here, in_file))
    others = [one for one in found if one.state != "equal"]
    console.print(
        f"{first_day:%Y-%m}: {len(found) - len(others)} of {len(found)} sums by payee and "
        "component are equal to the cent",
        highlight=False,
    )
    if not others:
        return
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("payee")
    table.add_column("component")
    for name in ("here", "file", "difference"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    for one in others:
        table.add_row(
            escape(one.employee_id), escape(one.component), _told(one.here), _told(one.in_file),
            f"{one.difference:+,}", WORDS[one.state],
        )  # fmt: skip
    console.print(table)
    raise click.exceptions.Exit(RUN_FAILED)


def _told(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,}"
