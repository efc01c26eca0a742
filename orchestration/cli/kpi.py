"""`concord kpi`: what a KPI is, what it was, where it comes from.

Belongs here: the command and its periods. Does not: layout (kpi_view.py), questions (kpi/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import click
import duckdb

from orchestration.cli.console import console, stop
from orchestration.cli.exit_codes import USAGE
from orchestration.cli.inputs import settings_or_stop
from orchestration.cli.kpi_view import print_kpi, print_kpis
from orchestration.cli.published_marts import marts_or_stop, stop_unknown
from orchestration.ingest.warehouse import RULES_SCHEMA
from orchestration.kpi import published
from orchestration.kpi.lineage import lineage_of
from orchestration.transform.nodes import Project
from orchestration.transform.project import is_parsed, manifest_json

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")


@click.command("kpi")
@click.argument("name", default="")
@click.option("--by", "dimension", default="", metavar="DIMENSION", help="For example channel.")
@click.option("--month", default="", metavar="YYYY-MM", help="A month, for example 2026-09.")
@click.option(
    "--quarter", default="", metavar="YYYY-QN", help="A fiscal quarter, for example 2027-Q3."
)
@click.option("--year", default="", metavar="YYYY", help="A fiscal year, for example 2027.")
def command(name: str, dimension: str, month: str, quarter: str, year: str) -> None:
    """Show a KPI as it was published: value, formula, worked example, where it comes from.

    Without NAME all KPIs are listed. Without a period the last month that is final is shown.
    """
    settings = settings_or_stop()
    with duckdb.connect(str(marts_or_stop(settings)), read_only=True) as connection:
        known = {item.kpi: item for item in published.definitions(connection)}
        if not name:
            print_kpis(connection, list(known.values()))
            return
        if name not in known:
            stop_unknown("There is no KPI", name, known)
        definition = known[name]
        allowed = definition.dimension_names
        if dimension and dimension not in allowed:
            stop_unknown(f"{name} is not reported by", dimension, allowed)
        grain, start = _period(connection, name, month, quarter, year)
        print_kpi(connection, definition, grain, start, dimension or "all")
    if is_parsed(settings):
        lineage = lineage_of(
            Project(manifest_json(settings)), published.all_components(name, known)
        )
        delivered, rules = _split(lineage.sources)
        for label, names in (
            ("delivered", delivered),
            ("rules", rules),
            ("marts", lineage.marts),
            ("made by", lineage.makers),
        ):
            console.print(f"  {label:<10}{', '.join(names) or '–'}", soft_wrap=True)
    has_parts = known[name].aggregation in ("sum", "ratio")
    parts = "kpi.fct_kpi_component (parts), " if has_parts else ""
    console.print(f"  read in   {parts}kpi.rpt_kpi (values)")


def _split(sources: Iterable[str]) -> tuple[list[str], list[str]]:
    """The delivered tables and the rules tables, by name alone."""
    named = [source.partition(".") for source in sources]
    rules = [table for schema, _, table in named if schema == RULES_SCHEMA]
    return [table for schema, _, table in named if schema != RULES_SCHEMA], rules


def _period(
    connection: duckdb.DuckDBPyConnection, kpi: str, month: str, quarter: str, year: str
) -> tuple[str, date]:
    given = {"month": month, "quarter": quarter, "year": year}
    chosen = {grain: text for grain, text in given.items() if text}
    if len(chosen) > 1:
        stop("Give one period: --month, --quarter or --year.", USAGE)
    if not chosen:
        start = published.latest_period(connection, kpi, "month")
        if start is None:
            stop(f"{kpi} has no value yet: no fact has a date up to the as-of date.", USAGE)
        return "month", start
    grain, text = next(iter(chosen.items()))
    start = _start(connection, grain, text)
    first, last = published.period_bounds(connection, kpi, grain)
    if start is None or first is None or last is None or not first <= start <= last:
        reach = f"{kpi} is known from {first} to {last}" if first else f"{kpi} has no value yet"
        stop(f"There is no {grain} {text!r}; {reach} (first days of its {grain}s).", USAGE)
    return grain, start


def _start(connection: duckdb.DuckDBPyConnection, grain: str, text: str) -> date | None:
    """The first day of a period as people write it; None when there is no such period."""
    if grain == "month" and (found := _MONTH.fullmatch(text)):
        number = int(found[2])
        return date(int(found[1]), number, 1) if 1 <= number <= 12 else None  # noqa: PLR2004
    if grain == "quarter" and (found := _QUARTER.fullmatch(text)):
        return published.fiscal_start(connection, int(found[1]), int(found[2]))
    if grain == "year" and _YEAR.fullmatch(text):
        return published.fiscal_start(connection, int(text))
    return None
