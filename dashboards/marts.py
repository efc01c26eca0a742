"""Reads the published marts into plain Python rows.

Here: opening a marts file read-only, checking its tables, running queries.py. Not here: SQL text
(queries.py), what the page makes of the rows (page_data.py).
"""

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dashboards import queries
from dashboards.queries import Query
from dashboards.tables import ALL_TABLES, PublishedTable

Row = dict[str, Any]


class DashboardError(Exception):
    """The marts cannot be shown; the message says why and what to do."""


@dataclass(frozen=True)
class MartRows:
    """Everything the dashboard read, as rows of plain values."""

    run: Row | None
    groups: list[Row] = field(default_factory=list)
    guards: list[Row] = field(default_factory=list)
    source_loads: list[Row] = field(default_factory=list)
    kpis: list[Row] = field(default_factory=list)
    kpi_totals: list[Row] = field(default_factory=list)
    kpi_breakdowns: list[Row] = field(default_factory=list)
    fiscal_dates: list[Row] = field(default_factory=list)
    stages: list[Row] = field(default_factory=list)
    funnel_flow: list[Row] = field(default_factory=list)
    funnel_cohorts: list[Row] = field(default_factory=list)
    sales_stages: list[Row] = field(default_factory=list)
    pipeline: list[Row] = field(default_factory=list)
    touches: list[Row] = field(default_factory=list)
    recurring: list[Row] = field(default_factory=list)
    channel_performance: list[Row] = field(default_factory=list)
    spend_maturity: list[Row] = field(default_factory=list)
    absent_tables: tuple[str, ...] = ()


class MartReader:
    """Runs queries against one marts file; a table that was never published reads as empty."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Looks up which tables and columns the file holds."""
        self._connection = connection
        self._columns = _published_columns(connection)

    def check(self) -> None:
        """Raises DashboardError naming every required column that a published table lacks."""
        problems = [
            f"{table.name} has no column {column}"
            for table in ALL_TABLES
            if table.name in self._columns
            for column in table.required
            if column not in self._columns[table.name]
        ]
        if problems:
            listed = "\n  ".join(problems)
            raise DashboardError(
                "The dashboard cannot read these marts:\n  "
                f"{listed}\nPublish again with this version of Concord."
            )

    def absent_tables(self) -> tuple[str, ...]:
        """Tables the dashboard knows that this file does not hold."""
        return tuple(table.name for table in ALL_TABLES if table.name not in self._columns)

    def rows(self, query: Query, **parameters: str | None) -> list[Row]:
        """The rows of a query, values as JSON can hold them; none when a table is absent."""
        if any(table.name not in self._columns for table in query.tables):
            return []
        sources = ",\n".join(f"{table.alias} as ({self._source(table)})" for table in query.tables)
        named = {name: value for name, value in parameters.items() if f"${name}" in query.sql}
        cursor = self._connection.execute(f"with {sources}\n{_body(query.sql)}", named)
        names = [column[0] for column in cursor.description or []]
        return [
            {name: _plain(value) for name, value in zip(names, values, strict=True)}
            for values in cursor.fetchall()
        ]

    def _source(self, table: PublishedTable) -> str:
        present = self._columns[table.name]
        expressions = [*table.required]
        expressions += [
            name if name in present else f"{substitute} as {name}"
            for name, substitute in table.optional.items()
        ]
        # Names come from tables.py alone, never from data.
        return f"select {', '.join(expressions)} from {table.name}"  # noqa: S608


def read_marts(marts: Path, run_id: str | None = None) -> MartRows:
    """Reads what the dashboard shows from a published marts file.

    Args:
        marts: A published `marts.duckdb`; opened read-only.
        run_id: The run whose guards and publish log are shown; default the newest.

    Raises:
        DashboardError: The file is missing, is no DuckDB file, or a table lacks a needed column.
    """
    if not marts.is_file():
        raise DashboardError(f"There is no marts file at {marts}; publish first (concord run).")
    try:
        connection = duckdb.connect(str(marts), read_only=True)
    except duckdb.Error as error:
        raise DashboardError(f"{marts} cannot be opened as a DuckDB file: {error}") from error
    try:
        return _read(MartReader(connection), run_id)
    finally:
        connection.close()


def _read(reader: MartReader, run_id: str | None) -> MartRows:
    reader.check()
    runs = reader.rows(queries.RUN, run_id=run_id)
    if run_id is not None and not runs:
        raise DashboardError(f"Run {run_id} is not in ops.ops_run of these marts.")
    run = runs[0] if runs else None
    shown_run = run["run_id"] if run else None
    as_of = run["as_of_date"] if run else None
    return MartRows(
        run=run,
        groups=reader.rows(queries.GROUPS, run_id=shown_run),
        guards=reader.rows(queries.GUARDS, run_id=shown_run),
        source_loads=reader.rows(queries.SOURCE_LOADS),
        kpis=reader.rows(queries.KPIS),
        kpi_totals=reader.rows(queries.KPI_TOTALS, as_of_date=as_of),
        kpi_breakdowns=reader.rows(queries.KPI_BREAKDOWNS, as_of_date=as_of),
        fiscal_dates=reader.rows(queries.FISCAL_DATES),
        stages=reader.rows(queries.STAGES),
        funnel_flow=reader.rows(queries.FUNNEL_FLOW),
        funnel_cohorts=reader.rows(queries.FUNNEL_COHORTS),
        touches=reader.rows(queries.TOUCHES, as_of_date=as_of),
        recurring=reader.rows(queries.RECURRING, as_of_date=as_of),
        channel_performance=reader.rows(queries.CHANNEL_PERFORMANCE, as_of_date=as_of),
        spend_maturity=reader.rows(queries.SPEND_MATURITY, as_of_date=as_of),
        sales_stages=reader.rows(queries.SALES_STAGES),
        pipeline=reader.rows(queries.PIPELINE, as_of_date=as_of),
        absent_tables=reader.absent_tables(),
    )


def _published_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    found = connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
    ).fetchall()
    columns: dict[str, set[str]] = {}
    for schema, table, column in found:
        columns.setdefault(f"{schema}.{table}", set()).add(column)
    return columns


def _body(sql: str) -> str:
    """A query's text, its own `with` joined to the one that holds the sources."""
    text = sql.strip()
    return f", {text.removeprefix('with')}" if text.startswith("with ") else text


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
