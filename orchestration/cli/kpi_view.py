"""How `concord kpi` looks.

Belongs here: layout. Does not: questions (kpi/published.py).
"""

from __future__ import annotations

from datetime import date

import duckdb
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console
from orchestration.cli.figures import UNKNOWN, format_value, plain_number
from orchestration.company.kpi_checks import OF_SINGLE_VALUES
from orchestration.kpi import published
from orchestration.kpi.published import Definition, Figure, Known

MEMBERS_SHOWN = 40
KNOWN_SHOWN = 5


def print_kpis(connection: duckdb.DuckDBPyConnection, kpis: list[Definition]) -> None:
    """One line per KPI, with its last final month."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("KPI", no_wrap=True)
    table.add_column("what it is")
    table.add_column("final", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    totals = published.latest_totals(connection)
    for kpi in kpis:
        start, value = totals.get(kpi.kpi, (None, None))
        shown = format_value(value, kpi.unit, kpi.reporting_currency)
        table.add_row(kpi.kpi, escape(kpi.kpi_label), f"{start:%Y-%m}" if start else UNKNOWN, shown)
    console.print(table)
    console.print("`concord kpi NAME --by DIMENSION` shows one of them.")


def print_kpi(
    connection: duckdb.DuckDBPyConnection,
    kpi: Definition,
    grain: str,
    start: date,
    dimension: str,
) -> None:
    """Figures of one period, what they mean, how they are computed and since when they hold."""
    console.print(
        f"[bold]{escape(kpi.kpi_label)}[/bold] ({kpi.kpi}) · owner {kpi.owner} · group "
        f"{kpi.kpi_group} · contract version {kpi.contract_version}"
    )
    console.print(escape(kpi.description), soft_wrap=True)
    total = published.figures(connection, kpi.kpi, grain, start, "all")
    rows = list(total)
    if dimension != "all":
        rows += published.figures(connection, kpi.kpi, grain, start, dimension)
    console.print()
    _print_figures(kpi, grain, start, dimension, rows)
    _print_meaning(kpi)
    _print_known(connection, kpi, grain, start, total[0] if total else None)


def _print_figures(
    kpi: Definition, grain: str, start: date, dimension: str, rows: list[Figure]
) -> None:
    state = "final" if rows and rows[0].is_mature else "not final yet"
    by = "" if dimension == "all" else f" by {dimension}"
    console.print(f"[bold]{grain.title()} from {start}{by}[/bold] ({state})")
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("all" if dimension == "all" else dimension)
    table.add_column("value", justify="right")
    if kpi.aggregation == "ratio":
        table.add_column(" / ".join(kpi.components), justify="right")
    if kpi.aggregation in OF_SINGLE_VALUES:
        table.add_column("observations", justify="right")
    table.add_column(f"{grain} before", justify="right")
    table.add_column("target", justify="right")
    for row in rows[:MEMBERS_SHOWN]:
        cells = [row.member, format_value(row.value, kpi.unit, kpi.reporting_currency)]
        if kpi.aggregation == "ratio":
            cells.append(f"{plain_number(row.numerator)} / {plain_number(row.denominator)}")
        if kpi.aggregation in OF_SINGLE_VALUES:
            cells.append(plain_number(row.denominator))
        cells += [
            format_value(item, kpi.unit, kpi.reporting_currency)
            for item in (row.prior_value, row.target)
        ]
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)
    if len(rows) > MEMBERS_SHOWN:
        console.print(f"… and {len(rows) - MEMBERS_SHOWN} more in kpi.rpt_kpi")
    console.print()


def _print_meaning(kpi: Definition) -> None:
    parts = [("Formula", kpi.formula), ("Date", kpi.date_role), ("Final when", kpi.maturity_rule)]
    parts.append(("Example", kpi.example))
    for label, text in parts:
        if text:
            console.print(f"[bold]{label:<12}[/bold]{escape(text)}", soft_wrap=True)


def _print_known(
    connection: duckdb.DuckDBPyConnection,
    kpi: Definition,
    grain: str,
    start: date,
    total: Figure | None,
) -> None:
    known = published.history(connection, kpi.kpi, grain, start)
    said = [
        f"{format_value(item.value, kpi.unit, kpi.reporting_currency)} {_span(item)}"
        for item in known[:KNOWN_SHOWN]
    ]
    if len(known) > KNOWN_SHOWN:
        said.append(f"and {len(known) - KNOWN_SHOWN} earlier ones in kpi.rpt_kpi_history")
    if said:
        console.print(f"[bold]{'Published':<12}[/bold]{'; '.join(said)}", soft_wrap=True)
    if total is not None and total.stale_since is not None:
        console.print(
            f"[yellow]Held back: these are the figures of {total.stale_since}; "
            "`concord status` says why.[/yellow]"
        )
    console.print("[bold]Comes from[/bold]")


def _span(known: Known) -> str:
    if known.known_to is None:
        return f"since {known.known_from}"
    return f"from {known.known_from} to {known.known_to}"
