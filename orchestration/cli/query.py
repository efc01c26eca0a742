"""`concord query`: metrics of the semantic layer, by any of their dimensions.

Belongs here: the command. Does not: MetricFlow (kpi/semantic_queries.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

import click
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.company.suggestions import did_you_mean, listed


@click.command("query")
@click.argument("metrics", nargs=-1, required=True)
@click.option(
    "--by",
    "groupings",
    multiple=True,
    metavar="GROUPING",
    help="day, week, month, quarter or year (of the calendar), channel, team, segment, region or "
    "product; may be given several times.",
)
@click.option("--sql", "only_sql", is_flag=True, help="Print the statement instead of its answer.")
def command(metrics: tuple[str, ...], groupings: tuple[str, ...], only_sql: bool) -> None:
    """Ask the semantic layer for METRICS: the KPIs that are sums or ratios, by their ids."""
    settings = settings_or_stop()
    marts = settings.current_dir / "marts.duckdb"
    manifest = settings.dbt_target_dir / "semantic_manifest.json"
    if not marts.exists() or not manifest.exists():
        stop(f"Nothing is published in {settings.home} yet; `concord run` starts.", USAGE)
    # MetricFlow takes a second to import.
    from orchestration.kpi.semantic_queries import GROUPINGS, SemanticLayer, answer

    layer = SemanticLayer(manifest)
    for given, allowed, what in (
        (metrics, layer.metrics, "metric"),
        (groupings, list(GROUPINGS), "grouping"),
    ):
        for name in given:
            if name not in allowed:
                _wrong(what, name, allowed)
    statement = layer.sql(metrics, groupings)
    if only_sql:
        click.echo(statement)
        return
    names, rows = answer(marts, statement)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(
            name.removeprefix("metric_time__").removeprefix("kpi_component__"),
            justify="right" if name in metrics else "left",
        )
    for row in rows:
        table.add_row(*(escape(_shown(value)) for value in row))
    console.print(table)
    console.print(f"{len(rows)} rows; a period in which nothing happened has none.")


def _wrong(what: str, given: str, allowed: list[str]) -> NoReturn:
    hint = did_you_mean(given, allowed)
    said = f"; {hint}" if hint else "."
    stop(f"There is no {what} {given!r}{said} Allowed: {listed(sorted(allowed))}.", USAGE)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:,.4f}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)
