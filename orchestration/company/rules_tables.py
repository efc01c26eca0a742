"""Turns a loaded company into the tables that dbt reads from the schema `rules`.

Belongs here: one function per group of tables. Does not: any check (the company is valid) or
writing to a database.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from orchestration.company.attribution_tables import attribution_rows
from orchestration.company.company_file import WEEKDAYS
from orchestration.company.funnel import ALL_SOURCES, SideState, Stage
from orchestration.company.funnel_checks import stages_in_order
from orchestration.company.kpi_products import product_levels
from orchestration.company.kpis import KpiDefinition
from orchestration.company.loading import Company
from orchestration.company.machine_addresses import bounds
from orchestration.company.payroll_tables import payroll_rows
from orchestration.company.plan_tables import plan_rows
from orchestration.company.rules_schema import RULES_SCHEMAS
from orchestration.company.scoring_tables import scoring_rows
from orchestration.company.source_checks import deliveries
from orchestration.company.value_types import EARLIEST_DATE, CsvRow

Rows = list[dict[str, Any]]


def rules_tables(company: Company) -> dict[str, pa.Table]:
    """Return every rules table by name; all are there, possibly empty.

    Args:
        company: A loaded company.
    """
    rows: dict[str, Rows] = {
        **_calendar_rows(company),
        **_stage_rows(company),
        **_sales_stage_rows(company),
        **_promise_rows(company),
        **_touch_rows(company),
        **scoring_rows(company.scoring),
        **attribution_rows(company.attribution),
        **plan_rows(company.plans, company.approvals),
        **payroll_rows(company.payroll),
        **_csv_rows(company),
        **_source_rows(company),
        "kpi_definition": _kpi_rows(company),
    }
    return {
        name: pa.Table.from_pylist(rows[name], schema=schema)
        for name, schema in RULES_SCHEMAS.items()
    }


def _calendar_rows(company: Company) -> dict[str, Rows]:
    decisions = company.company
    hours: Rows = []
    for number, weekday in enumerate(WEEKDAYS, start=1):
        opening = decisions.business_hours.opening(weekday)
        if opening is not None:
            hours.append({"weekday": number, "opens_at": opening[0], "closes_at": opening[1]})
    return {
        "settings": [
            {
                "company_name": decisions.name,
                "reporting_currency": decisions.reporting_currency,
                "time_zone": decisions.time_zone,
                "fiscal_year_start_month": decisions.fiscal_year_start_month,
                "first_pay_period": decisions.compensation.first_period,
                "smallest_pay_group": decisions.compensation.smallest_group,
            }
        ],
        "as_of": [{"as_of_date": company.as_of_date}],
        "holiday": [
            {"holiday_date": holiday.date, "holiday_name": holiday.name}
            for holiday in decisions.holidays
        ],
        "business_hour": hours,
        "internal_domain": [{"domain": domain} for domain in decisions.internal_domains],
    }


def _stage_rows(company: Company) -> dict[str, Rows]:
    """Number the chain from 1; side states come after it, in the order of the file."""
    funnel = company.funnel
    all_states: list[Stage | SideState] = [*stages_in_order(funnel.stages), *funnel.side_states]
    return {
        "stage": [
            {
                "stage": stage.stage,
                "stage_label": stage.label,
                "stage_order": number,
                "owner_function": stage.owner_function,
                "is_side_state": isinstance(stage, SideState),
                "description": stage.description,
            }
            for number, stage in enumerate(all_states, start=1)
        ],
        "lead_status": [
            {"source_name": item.source, "lead_status": item.status, "stage": item.stage}
            for item in funnel.lead_statuses
        ],
        "conversion": [
            {**conversion.model_dump(), "conversion_order": number}
            for number, conversion in enumerate(funnel.conversions, start=1)
        ],
    }


def _sales_stage_rows(company: Company) -> dict[str, Rows]:
    funnel = company.funnel
    return {
        "sales_stage": [
            {
                "sales_stage": stage.sales_stage,
                "sales_stage_label": stage.label,
                "sales_stage_order": number,
                "kind": stage.kind,
                "is_open": stage.kind == "open",
                "is_won": stage.kind == "won",
                "is_lost": stage.kind == "lost",
                "is_pipeline": stage.is_pipeline,
                "probability": stage.probability,
                "forecast_category": stage.forecast_category,
                "stalled_after_days": stage.stalled_after_days,
                "is_assumed_open": stage.sales_stage == funnel.assumed_open_stage,
            }
            for number, stage in enumerate(funnel.sales_stages, start=1)
        ],
        "sales_stage_value": [
            {
                "source_name": item.source,
                "source_value": item.value,
                "sales_stage": item.sales_stage,
            }
            for item in funnel.sales_stage_values
        ],
    }


def _promise_rows(company: Company) -> dict[str, Rows]:
    """Qualification criteria, the hand-off promise and the reasons people choose from."""
    funnel = company.funnel
    criteria = [
        {"stage": stage, "field": criterion.field, "operator": operator, "value": value}
        for stage, items in funnel.qualification.items()
        for criterion in items
        for operator, value in criterion.operators().items()
    ]
    promises: Rows = []
    if funnel.handoff_sla is not None:
        hours = {ALL_SOURCES: funnel.handoff_sla.business_hours, **funnel.handoff_sla.by_segment}
        promises = [
            {
                "segment": name,
                "business_hours": value,
                "expires_after_days": funnel.handoff_sla.expires_after_days,
            }
            for name, value in hours.items()
        ]
    reasons = [
        {
            "reason_type": reason_type,
            "reason": item.reason,
            "reason_label": item.label,
            "reason_group": item.group,
        }
        for reason_type, items in (
            ("rejection", funnel.rejection_reasons),
            ("loss", funnel.loss_reasons),
        )
        for item in items
    ]
    return {
        "qualification_criterion": criteria,
        "handoff_sla": promises,
        "bulk_change": [funnel.bulk_changes.model_dump()],
        "reason": reasons,
    }


def _touch_rows(company: Company) -> dict[str, Rows]:
    funnel = company.funnel
    return {
        "touch_type": [item.model_dump() for item in funnel.touch_types],
        "bot_user_agent": [{"user_agent_pattern": item} for item in funnel.bot_user_agents],
        "machine_click": [funnel.machine_clicks.model_dump(exclude={"touch_types"})],
        "machine_click_type": [
            {"touch_type": item} for item in dict.fromkeys(funnel.machine_clicks.touch_types)
        ],
        "machine_address": [
            {**row.model_dump(exclude={"line"}), "first_address": first, "last_address": last}
            for row in company.machine_addresses
            for first, last in [bounds(row)]
        ],
    }


def _without_line(rows: Iterable[CsvRow]) -> Rows:
    return [row.model_dump(exclude={"line"}) for row in rows]


def _csv_rows(company: Company) -> dict[str, Rows]:
    currency = company.company.reporting_currency
    own_rate: dict[str, str | date | Decimal | None] = {
        "currency_code": currency,
        "valid_from": EARLIEST_DATE,
        "valid_to": None,
        "rate": Decimal(1),
    }
    others = [rate for rate in company.fx_rates if rate.currency_code != currency]
    return {
        "channel_rule": _without_line(company.channels),
        "employee": _without_line(company.people),
        "fx_rate": [own_rate, *_without_line(others)],
        "target": _without_line(company.targets),
        "cost": _without_line(company.costs),
        "experiment": _without_line(company.experiments),
        "plan_assignment": _without_line(company.assignments),
        "quota": _without_line(company.quotas),
    }


def _source_rows(company: Company) -> dict[str, Rows]:
    """Every delivered entity has a system of record: the named one, else its only source."""
    sources = company.sources
    named = sources.system_of_record
    return {
        "source": [
            {"source_name": name, "loader": source.loader, "source_rank": rank}
            for rank, (name, source) in enumerate(sources.sources.items(), start=1)
        ],
        "system_of_record": [
            {"entity": entity, "source_name": named.get(entity, names[0])}
            for entity, names in sorted(deliveries(sources).items())
        ],
    }


def _kpi_rows(company: Company) -> Rows:
    levels = product_levels(company.kpis)
    return [
        {**kpi_row(definition), "product_level": levels[kpi]}
        for kpi, definition in company.kpis.items()
    ]


def kpi_row(definition: KpiDefinition) -> dict[str, Any]:
    """Return a definition as a row, its lists joined by commas."""
    lists = ("factors", "divisors", "dimensions")
    return {
        **definition.model_dump(),
        **{name: ",".join(getattr(definition, name)) for name in lists},
    }
