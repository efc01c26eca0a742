"""`concord query`: metrics of the semantic layer, by any of their dimensions.

Belongs here: the command. Does not: MetricFlow (kpi/semantic_queries.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import RUN_FAILED
from orchestration.cli.figures import plain_number
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.published_marts import marts_or_stop, stop_unknown


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
    marts = marts_or_stop(settings)
    manifest = settings.dbt_target_dir / "semantic_manifest.json"
    if not manifest.exists():
        stop("This home's last run is older than this command; `concord run` first.", RUN_FAILED)
    # MetricFlow takes a second to import.
    from orchestration.kpi.semantic_queries import GROUPINGS, SemanticLayer, answer

    layer = SemanticLayer(manifest)
    for given, allowed, what in (
        (metrics, layer.metrics, "metric"),
        (groupings, list(GROUPINGS), "grouping"),
    ):
        for name in given:
            if name not in allowed:
                stop_unknown(f"There is no {what}", name, sorted(allowed))
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


def _shown(value: Any) -> str:
    if value is None or isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, float):
        return f"{value:,.4f}"
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)
