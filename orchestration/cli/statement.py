"""`concord statement`: what somebody is paid for a period, line by line.

Belongs here: finding the statement, and how it is printed. Does not: any sum (comp_statement).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
import duckdb
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import RUN_FAILED, USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.published_marts import marts_or_stop, stop_unknown
from orchestration.ledger.close import parse_period
from orchestration.publish.tables import FINANCE, STORES

Row = dict[str, Any]
PARTS = ("earnings", "adjustments", "draws", "holds", "payments")
STATEMENTS = """
    select comp_statement.*, full_name, employee_id, closed_as_of_date
    from compensation.comp_statement
    inner join compensation.comp_payee using (payee_key)
    inner join compensation.comp_period using (period)
    where period = $1 and payee_key = $2
    order by comp_statement.currency_code
"""
LINES = """
    select line_number, entry_type, origin_period, amount, explanation
    from compensation.comp_statement_line
    where statement_key = $1 order by line_number
"""


@click.command("statement")
@click.argument("payee")
@click.argument("period")
def command(payee: str, period: str) -> None:
    """Print the statement of PAYEE, an employee id or a full name, for PERIOD such as 2026-09."""
    first_day = period_or_stop(period)
    finance = marts_or_stop(settings_or_stop()).with_name(STORES[FINANCE].file_name)
    for number, (statement, lines) in enumerate(read_statements(finance, payee, first_day)):
        if number:
            console.print()
        print_statement(statement, lines)


def read_statements(finance: Path, payee: str, period: date) -> list[tuple[Row, list[Row]]]:
    """The statements of a payee for a month, one per currency, with their lines."""
    payee_key = payee_or_stop(finance, payee, period)
    with duckdb.connect(str(finance), read_only=True) as connection:
        statements = _rows(connection, STATEMENTS, period, payee_key)
        return [(one, _rows(connection, LINES, one["statement_key"])) for one in statements]


def payee_or_stop(finance: Path, payee: str, period: date) -> str:
    """The key of a payee who has a statement for a month; end the command when there is none."""
    with duckdb.connect(str(finance), read_only=True) as connection:
        try:
            people = _rows(connection, "from compensation.comp_payee where is_on_plan")
            periods = _rows(connection, "from compensation.comp_period order by period")
        except duckdb.CatalogException:
            stop("Statements have not been published here yet; `concord run` first.", RUN_FAILED)
        found = [one for one in people if payee in (one["employee_id"], one["full_name"])]
        if not found:
            stop_unknown("Nobody on a plan is", payee, sorted(one["employee_id"] for one in people))
        if len(found) > 1:
            ids = ", ".join(sorted(one["employee_id"] for one in found))
            stop(f"Several people are called {payee!r}; give one of the ids {ids}.", USAGE)
        months = [f"{one['period']:%Y-%m}" for one in periods]
        if f"{period:%Y-%m}" not in months:
            stop_unknown("There is no period", f"{period:%Y-%m}", months)
        payee_key: str = found[0]["payee_key"]
        if not _rows(connection, STATEMENTS, period, payee_key):
            stop(f"{payee} has no statement for {period:%Y-%m}: nothing was due yet.", USAGE)
        return payee_key


def period_or_stop(period: str) -> date:
    """The first day of a month that was typed; end the command when it is none."""
    try:
        return parse_period(period)
    except ValueError:
        stop(f"{period!r} is no period; give a month such as 2026-09.", USAGE)


def print_statement(statement: Row, lines: list[Row]) -> None:
    """Print one statement; it fits 80 columns."""
    is_final = statement["status"] == "final"
    state = f"final, closed on {statement['closed_as_of_date']}" if is_final else "draft"
    console.print(
        f"[bold]{escape(statement['full_name'])}[/bold] ({escape(statement['employee_id'])}), "
        f"{statement['period']:%Y-%m}, in {statement['currency_code']}: {state}",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("#", justify="right")
    table.add_column("what")
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_row("", "payable before", f"{statement['opening']:,}")
    for line in lines:
        kind = line["entry_type"].replace("_", " ")
        table.add_row(
            str(line["line_number"]),
            f"{kind}: {escape(line['explanation'])}",
            f"{line['amount']:,}",
        )
    for part in PARTS:
        if statement[part]:
            table.add_row("", f"= {part}", f"{statement[part]:,}", style="dim")
    table.add_row("", "[bold]payable now[/bold]", f"[bold]{statement['closing']:,}[/bold]")
    console.print(table)
    if is_final:
        console.print(f"content {statement['content_hash']}", style="dim", highlight=False)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *parameters: object) -> list[Row]:
    found = connection.execute(query, list(parameters))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
