"""Reads KPIs from the published marts.

Belongs here: the questions. Does not: any formula; a value is read as it was published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

_DEFINITION = (
    "kpi_label", "description", "formula", "example", "unit", "aggregation", "date_role", "owner",
    "kpi_group", "maturity_rule", "numerator_component", "denominator_component", "factors",
    "divisors", "dimensions", "reporting_currency", "contract_version", "publish_version",
)  # fmt: skip
GRAINS = ("month", "quarter", "year")


@dataclass(frozen=True)
class Definition:
    """A KPI as dim_kpi describes it."""

    kpi: str
    kpi_label: str
    description: str
    formula: str
    example: str | None
    unit: str
    aggregation: str
    date_role: str
    owner: str
    kpi_group: str
    maturity_rule: str | None
    numerator_component: str | None
    denominator_component: str | None
    factors: str | None
    divisors: str | None
    dimensions: str | None
    reporting_currency: str | None
    contract_version: int
    publish_version: str

    @property
    def components(self) -> tuple[str, ...]:
        """The components that it is made of, numerator first."""
        named = (self.numerator_component, self.denominator_component)
        return tuple(name for name in named if name)

    @property
    def parts(self) -> tuple[str, ...]:
        """The KPIs that it is made of, when it is a product."""
        names = [*(self.factors or "").split(","), *(self.divisors or "").split(",")]
        return tuple(name for name in names if name)

    @property
    def dimension_names(self) -> tuple[str, ...]:
        """The dimensions that it is reported by, beside the total."""
        names = (self.dimensions or "").split(",")
        return tuple(name for name in names if name not in ("", "all"))


@dataclass(frozen=True)
class Figure:
    """One row of rpt_kpi."""

    member: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    target: Decimal | None
    prior_value: Decimal | None
    is_mature: bool
    stale_since: date | None


@dataclass(frozen=True)
class Known:
    """One row of rpt_kpi_history: what was published from when to when."""

    value: Decimal
    known_from: date
    known_to: date | None


def definitions(connection: duckdb.DuckDBPyConnection) -> list[Definition]:
    """Return all KPIs, headline KPIs first."""
    rows = connection.execute(
        f"select kpi, {', '.join(_DEFINITION)} from kpi.dim_kpi "  # noqa: S608
        "order by headline_order nulls last, kpi"
    ).fetchall()
    return [Definition(*row) for row in rows]


def all_components(kpi: str, known: Mapping[str, Definition]) -> tuple[str, ...]:
    """Return the components that a KPI is made of, those of its factors included."""
    definition = known[kpi]
    named = [*definition.components]
    for part in definition.parts:
        named += all_components(part, known)
    return tuple(dict.fromkeys(named))


def latest_period(connection: duckdb.DuckDBPyConnection, kpi: str, grain: str) -> date | None:
    """Return the last period that is mature, else the last there is; None without any."""
    return _one(
        connection,
        "select coalesce(max(period_start) filter (where is_mature), max(period_start)) "
        "from kpi.rpt_kpi where kpi = $1 and period_grain = $2 and dimension = 'all'",
        [kpi, grain],
    )


def latest_totals(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, tuple[date, Decimal | None]]:
    """Return the month of `latest_period` and its total, of every KPI that has one."""
    rows = connection.execute(
        "select kpi, period_start, value from kpi.rpt_kpi "
        "where period_grain = 'month' and dimension = 'all' qualify row_number() over "
        "(partition by kpi order by is_mature desc, period_start desc) = 1"
    ).fetchall()
    return {kpi: (start, value) for kpi, start, value in rows}


def period_bounds(
    connection: duckdb.DuckDBPyConnection, kpi: str, grain: str
) -> tuple[date | None, date | None]:
    """Return the first days of the first and of the last period of a KPI."""
    found: tuple[date | None, date | None] = connection.execute(
        "select min(period_start), max(period_start) from kpi.rpt_kpi "
        "where kpi = $1 and period_grain = $2",
        [kpi, grain],
    ).fetchall()[0]
    return found


def fiscal_start(
    connection: duckdb.DuckDBPyConnection, year: int, quarter: int | None = None
) -> date | None:
    """Return the first day of a fiscal year or of one of its quarters; None if outside."""
    if quarter is None:
        query = "select min(fiscal_year_start_date) from core.dim_date where fiscal_year = $1"
        return _one(connection, query, [year])
    return _one(
        connection,
        "select min(fiscal_quarter_start_date) from core.dim_date "
        "where fiscal_year = $1 and fiscal_quarter = $2",
        [year, quarter],
    )


def figures(
    connection: duckdb.DuckDBPyConnection, kpi: str, grain: str, start: date, dimension: str
) -> list[Figure]:
    """Return the figures of one period by one dimension, the largest denominators first."""
    rows = connection.execute(
        "select member, value, numerator, denominator, target, prior_value, is_mature, stale_since "
        "from kpi.rpt_kpi where kpi = $1 and period_grain = $2 and period_start = $3 "
        "and dimension = $4 order by coalesce(denominator, value) desc nulls last, member",
        [kpi, grain, start, dimension],
    ).fetchall()
    return [Figure(*row) for row in rows]


def history(
    connection: duckdb.DuckDBPyConnection, kpi: str, grain: str, start: date
) -> list[Known]:
    """Return what was published of a period's total, and when; the newest first."""
    rows = connection.execute(
        "select value, known_from, known_to from kpi.rpt_kpi_history "
        "where kpi = $1 and period_grain = $2 and period_start = $3 and dimension = 'all' "
        "order by known_from desc",
        [kpi, grain, start],
    ).fetchall()
    return [Known(*row) for row in rows]


def _one(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]) -> date | None:
    found: date | None = connection.execute(query, parameters).fetchall()[0][0]
    return found
