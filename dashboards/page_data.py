"""Shapes rows of the marts into the data the page's scripts read.

Here: grouping, indexing, leaving out what the page never shows. Not here: numbers that the marts do
not carry, and anything about looks.
"""

from collections.abc import Iterable
from typing import Any

from dashboards.marts import MartRows, Row
from dashboards.periods import GRAINS, periods_of

Json = dict[str, Any]


def page_data(rows: MartRows, reporting_currency: str | None) -> Json:
    """The page's data as one JSON-ready object.

    Args:
        rows: What marts.read_marts returned.
        reporting_currency: ISO 4217 code used where dim_kpi names none.
    """
    as_of_date = rows.run["as_of_date"] if rows.run else None
    fiscal_dates = {
        row["date_day"]: (row["fiscal_year"], row["fiscal_quarter"]) for row in rows.fiscal_dates
    }
    named = (row["reporting_currency"] for row in rows.kpis if row["reporting_currency"])
    return {
        "currency": next(named, reporting_currency),
        "asOf": as_of_date,
        "kpis": [_without(row, "reporting_currency") for row in rows.kpis],
        "periods": {
            grain: periods_of(grain, _starts(rows.kpi_totals, grain), fiscal_dates, as_of_date)
            for grain in GRAINS
        },
        "totals": _totals(rows.kpi_totals),
        "breakdowns": _breakdowns(rows.kpi_breakdowns),
        "stages": rows.stages,
        "flow": _listed(rows.funnel_flow, "flow_month", "stage", "channel_name", "entered_count"),
        "steps": _steps(rows),
        "cohorts": _listed(
            rows.funnel_cohorts,
            *("cohort_month", "channel_name", "from_stage", "to_stage"),
            *("entered_count", "converted_count"),
        ),
        "pipeline": _pipeline(rows),
        "touches": _listed(rows.touches, "month", "channel_group", "touch_count"),
        "recurring": _listed(rows.recurring, "month", "recurring_amount", "customer_count"),
        "attribution": _attribution(rows),
    }


def _totals(totals: Iterable[Row]) -> Json:
    """Figures by KPI, grain and first day, as the list that data.js `total` takes apart."""
    found: Json = {}
    for row in totals:
        found.setdefault(row["kpi"], {}).setdefault(row["period_grain"], {})[
            row["period_start"]
        ] = [
            *(row[name] for name in ("value", "numerator", "denominator", "target", "prior_value")),
            *(row["is_mature"], row["stale_since"]),
        ]
    return found


def _breakdowns(breakdowns: Iterable[Row]) -> Json:
    """Members by KPI, dimension, grain and first day, as data.js `members` takes them apart."""
    found: Json = {}
    for row in breakdowns:
        cell = (
            found.setdefault(row["kpi"], {})
            .setdefault(row["dimension"], {})
            .setdefault(row["period_grain"], {})
            .setdefault(row["period_start"], {"count": row["member_count"], "rows": []})
        )
        names = ("member", "value", "target", "prior_value", "is_mature")
        cell["rows"].append([row[name] for name in names])
    return found


def _steps(rows: MartRows) -> list[Json]:
    """The funnel's conversions, in the order of the stages they lead to, shortest first."""
    order = {row["stage"]: index for index, row in enumerate(rows.stages)}
    windows = {
        (row["from_stage"], row["to_stage"]): row["window_days"] for row in rows.funnel_cohorts
    }
    last = len(order)
    steps = sorted(
        windows, key=lambda step: (order.get(step[1], last), -order.get(step[0], last), step)
    )
    return [{"from": step[0], "to": step[1], "windowDays": windows[step]} for step in steps]


def _pipeline(rows: MartRows) -> Json:
    """Days of the pipeline by sales stage, in the stages' own order."""
    known = {row["sales_stage"]: row for row in rows.sales_stages}
    seen = {row["sales_stage"] for row in rows.pipeline}
    ordered = [known[stage] for stage in known if stage in seen] + [
        {"sales_stage": stage, "sales_stage_name": stage, "is_pipeline": True}
        for stage in sorted(seen - set(known))
    ]
    measures = ("open_count", "open_amount", "weighted_amount", "stalled_amount", "past_due_amount")
    return {
        "stages": [
            {
                "stage": row["sales_stage"],
                "label": row["sales_stage_name"],
                "isPipeline": row["is_pipeline"],
            }
            for row in ordered
        ],
        "rows": _listed(rows.pipeline, "pipeline_date", "sales_stage", *measures, "unknown_count"),
    }


def _attribution(rows: MartRows) -> Json:
    """Spend and credit by month, channel and date role, and by spend month and age.

    What each model credits is a list in the order of `models`; a model without credit has None.
    """
    models = sorted({row["model"] for row in rows.channel_performance})
    place = {model: index for index, model in enumerate(models)}
    cells: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows.channel_performance:
        key = (row["performance_month"], row["channel_name"], row["date_role"])
        _, credited = cells.setdefault(key, [row["spend"], [None] * len(models)])
        if row["credited_revenue"] or row["new_customer_count"]:
            figures = [row["credited_revenue"], row["new_customer_count"]]
            credited[place[row["model"]]] = figures
    curves: dict[tuple[str, str], list[Any]] = {}
    for row in rows.spend_maturity:
        curve = curves.setdefault((row["model"], row["spend_month"]), [row["spend"], [], 0])
        curve[1].append(row["credited_revenue"])
        curve[2] += 1 if row["is_mature"] else 0
    return {
        "models": models,
        "cells": [[*key, *cell] for key, cell in cells.items()],
        "curves": [[*key, *curve] for key, curve in curves.items()],
    }


def _listed(rows: Iterable[Row], *names: str) -> list[list[Any]]:
    return [[row[name] for name in names] for row in rows]


def _starts(totals: Iterable[Row], grain: str) -> list[str]:
    return [row["period_start"] for row in totals if row["period_grain"] == grain]


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}
