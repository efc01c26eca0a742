"""What a run leaves on the terminal: rows per stage, guards, headline KPIs, where to look.

Belongs here: layout. The figures are read from what was published, never computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import console
from orchestration.cli.figures import format_value
from orchestration.cli.guards_view import print_guards
from orchestration.cli.postgres_view import print_postgres
from orchestration.company.simulated import SIMULATED
from orchestration.publish import Manifest, current_manifest
from orchestration.settings import Settings
from orchestration.state import RunRecord, StateStore
from orchestration.steps import company_of_run

STAGES = ("staging", "conformed", "intermediate", "core", "funnel", "attribution", "kpi")


HEADLINES = """
    with latest as (
        select kpi, max(period_start) as period_start
        from kpi.rpt_kpi
        where dimension = 'all' and period_grain = $grain and is_mature
        group by kpi
    )
    select
        definition.kpi_label, definition.unit, report.period_start, report.value,
        report.prior_value, report.target
    from kpi.dim_kpi as definition
    inner join latest on definition.kpi = latest.kpi
    inner join kpi.rpt_kpi as report
        on latest.kpi = report.kpi and latest.period_start = report.period_start
    where
        report.dimension = 'all' and report.period_grain = $grain
        and definition.headline_order is not null
    order by definition.headline_order
"""


def print_summary(settings: Settings, state: StateStore, run_id: str) -> None:
    """Print how the run went."""
    run = state.find_run(run_id)
    if run is None:
        return
    console.print()
    _print_rows(settings, state, run)
    _print_simulated(settings, state, run)
    print_guards(state.guard_results(run_id))
    manifest = current_manifest(settings.published_dir)
    if manifest is not None and manifest.run_id == run_id:
        _print_headlines(settings.current_dir / "marts.duckdb")
        _print_places(settings, manifest)
    elif manifest is not None:
        console.print(
            f"[bold]Published[/bold]   nothing new; readers see version {manifest.version}, "
            f"as of {manifest.as_of_date}"
        )
    print_postgres(settings, state)
    if run.status != "succeeded":
        console.print("[red bold]The run failed.[/red bold]")
        if run.message:
            console.print(escape(run.message), soft_wrap=True)


def _print_rows(settings: Settings, state: StateStore, run: RunRecord) -> None:
    files = state.active_files()
    quarantined = len(state.current_quarantine())
    parts = [f"raw {sum(file.row_count for file in files):,} ({quarantined} in quarantine)"]
    if settings.warehouse_path.exists():
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            rows = connection.execute(
                "select schema_name, sum(estimated_size), count(*) from duckdb_tables() group by 1"
            ).fetchall()
        counts = {schema: (int(size), tables) for schema, size, tables in rows}
        parts += [f"{stage} {counts[stage][0]:,}" for stage in STAGES if stage in counts]
    console.print(f"[bold]Rows[/bold]        {' → '.join(parts)}")


def _print_simulated(settings: Settings, state: StateStore, run: RunRecord) -> None:
    """Which sources a simulator played, so that nobody takes them for the real ones."""
    pulled = {result.guard: result.observed for result in state.guard_results(run.run_id)}
    company = company_of_run(settings, run.run_id)
    for name in company.sources.simulated:
        vendor = SIMULATED[company.sources.sources[name].loader].vendor
        if observed := pulled.get(f"pulled_{name}"):
            console.print(
                f"[bold]Simulated[/bold]   {escape(name)} by the {vendor} simulator ({observed})",
                highlight=False,
            )


def _print_headlines(marts: Path) -> None:
    with duckdb.connect(str(marts), read_only=True) as connection:
        rows: list[tuple[str, str, date, Decimal | None, Decimal | None, Decimal | None]]
        rows = connection.execute(HEADLINES, {"grain": "quarter"}).fetchall()
        currency = connection.execute("select max(reporting_currency) from kpi.dim_kpi").fetchall()[
            0
        ][0]
    if not rows:
        return
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column("KPI")
    table.add_column("fiscal quarter from")
    for name in ("value", "quarter before", "target"):
        table.add_column(name, justify="right")
    for label, unit, start, *values in rows:
        table.add_row(
            escape(label), str(start), *(format_value(item, unit, currency) for item in values)
        )
    console.print(table)


def _print_places(settings: Settings, manifest: Manifest) -> None:
    current = settings.current_dir
    held: Sequence[str] = [g.kpi_group for g in manifest.groups if g.action == "held"]
    state = f"; held: {', '.join(held)}" if held else ""
    console.print(
        f"[bold]Published[/bold]   version {manifest.version}, as of {manifest.as_of_date}{state}"
    )
    for label, path in (
        ("dashboard", current / "dashboard" / "index.html"),
        ("marts", current / "marts.duckdb"),
        ("Parquet", current / "parquet"),
        ("data docs", current / "data_docs" / "index.html"),
    ):
        console.print(f"  {label:<10}{escape(str(path))}", soft_wrap=True)
    console.print(
        "  open      the dashboard and the data docs in a browser; the marts with "
        "`duckdb -readonly marts.duckdb` or a BI tool",
        soft_wrap=True,
    )
