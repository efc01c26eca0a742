"""Columns and types of the rules tables.

Belongs here: the shape that dbt reads from the schema `rules`. Does not: filling them
(rules_tables).
"""

from __future__ import annotations

import pyarrow as pa

TEXT = pa.string()
INTEGER = pa.int32()
BOOLEAN = pa.bool_()
DATE = pa.date32()


def _texts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, TEXT) for name in names]


RULES_SCHEMAS: dict[str, pa.Schema] = {
    "settings": pa.schema(
        [
            *_texts("company_name", "reporting_currency", "time_zone"),
            ("fiscal_year_start_month", INTEGER),
            ("first_pay_period", DATE),
            ("smallest_pay_group", INTEGER),
        ]
    ),
    "as_of": pa.schema([("as_of_date", DATE)]),
    "holiday": pa.schema([("holiday_date", DATE), ("holiday_name", TEXT)]),
    "business_hour": pa.schema([("weekday", INTEGER), *_texts("opens_at", "closes_at")]),
    "internal_domain": pa.schema(_texts("domain")),
    "stage": pa.schema(
        [
            *_texts("stage", "stage_label"),
            ("stage_order", INTEGER),
            ("owner_function", TEXT),
            ("is_side_state", BOOLEAN),
            ("description", TEXT),
        ]
    ),
    "lead_status": pa.schema(_texts("source_name", "lead_status", "stage")),
    "sales_stage": pa.schema(
        [
            *_texts("sales_stage", "sales_stage_label"),
            ("sales_stage_order", INTEGER),
            ("kind", TEXT),
            ("is_open", BOOLEAN),
            ("is_won", BOOLEAN),
            ("is_lost", BOOLEAN),
            ("is_pipeline", BOOLEAN),
            ("probability", pa.decimal128(9, 6)),
            ("forecast_category", TEXT),
            ("stalled_after_days", INTEGER),
            ("is_assumed_open", BOOLEAN),
        ]
    ),
    "sales_stage_value": pa.schema(_texts("source_name", "source_value", "sales_stage")),
    "conversion": pa.schema(
        [
            *_texts("from_stage", "to_stage"),
            ("window_days", INTEGER),
            ("conversion_order", INTEGER),
        ]
    ),
    "qualification_criterion": pa.schema(_texts("stage", "field", "operator", "value")),
    "handoff_sla": pa.schema(
        [
            ("segment", TEXT),
            ("business_hours", pa.decimal128(9, 2)),
            ("expires_after_days", INTEGER),
        ]
    ),
    "bulk_change": pa.schema([("at_least", INTEGER), ("times_usual", INTEGER)]),
    "reason": pa.schema(_texts("reason_type", "reason", "reason_label", "reason_group")),
    "touch_type": pa.schema(
        [
            *_texts("touch_type", "direction"),
            ("is_attributable", BOOLEAN),
            ("business_function", TEXT),
        ]
    ),
    "score_cap": pa.schema(
        [("fit_cap", pa.decimal128(18, 6)), ("engagement_cap", pa.decimal128(18, 6))]
    ),
    "fit_rule": pa.schema(
        [
            *_texts("rule", "field", "operator", "value"),
            ("value_number", pa.decimal128(18, 6)),
            ("points", pa.decimal128(18, 6)),
        ]
    ),
    "engagement_rule": pa.schema(
        [
            ("rule", TEXT),
            ("rule_order", INTEGER),
            *_texts("touch_type", "channel_name", "content_type"),
            ("points", pa.decimal128(18, 6)),
            ("half_life_days", pa.decimal128(18, 6)),
        ]
    ),
    "score_band": pa.schema(
        [("band", TEXT), ("at_least", pa.decimal128(18, 6)), ("band_order", INTEGER)]
    ),
    "attribution_setting": pa.schema(
        [
            ("buying_group", TEXT),
            ("stops_at_previous_won", BOOLEAN),
            ("half_life_seconds", pa.int64()),
            ("has_one_touch_per_session", BOOLEAN),
            ("platform_conversion_type", TEXT),
        ]
    ),
    "attribution_lookback": pa.schema(
        [("conversion_type", TEXT), ("lookback_seconds", pa.int64())]
    ),
    "attribution_model": pa.schema(
        [
            *_texts("model", "conversion_type"),
            *(
                (f"{name}_weight", pa.int64())
                for name in ("first", "lead", "opportunity", "last", "middle")
            ),
        ]
    ),
    "attribution_exclusion": pa.schema(_texts("field_name", "field_value")),
    "attribution_source": pa.schema([("source_name", TEXT), ("priority", INTEGER)]),
    "attribution_period": pa.schema(_texts("period_grain")),
    "attribution_campaign_period": pa.schema(
        [
            ("period_grain", TEXT),
            ("least_conversions", INTEGER),
            ("most_campaigns", INTEGER),
            ("least_journeys_per_window", INTEGER),
        ]
    ),
    "bot_user_agent": pa.schema(_texts("user_agent_pattern")),
    "machine_click": pa.schema(
        [("seconds_after_send", INTEGER), ("burst_clicks", INTEGER), ("burst_seconds", INTEGER)]
    ),
    "machine_click_type": pa.schema(_texts("touch_type")),
    "machine_address": pa.schema(
        [
            *_texts("kind", "address", "first_address", "last_address"),
            ("valid_from", DATE),
            ("valid_to", DATE),
            ("reason", TEXT),
        ]
    ),
    "channel_rule": pa.schema(
        [
            ("rule_order", INTEGER),
            *_texts("utm_source", "utm_medium", "utm_campaign", "referrer_domain"),
            *_texts("click_id_type", "source_field", "channel_name", "channel_group"),
            *_texts("business_function"),
        ]
    ),
    "employee": pa.schema(
        [
            *_texts("employee_id", "full_name", "email", "business_function", "team", "region"),
            *_texts("job_title", "manager_employee_id"),
            ("valid_from", DATE),
            ("valid_to", DATE),
            ("time_zone", TEXT),
        ]
    ),
    "fx_rate": pa.schema(
        [
            ("currency_code", TEXT),
            ("valid_from", DATE),
            ("valid_to", DATE),
            ("rate", pa.decimal128(18, 9)),
        ]
    ),
    "target": pa.schema(
        [
            *_texts("kpi", "team"),
            ("target_month", DATE),
            ("target_value", pa.decimal128(18, 6)),
        ]
    ),
    "cost": pa.schema(
        [
            ("cost_id", TEXT),
            ("cost_month", DATE),
            *_texts("business_function", "category", "reach", "channel_name"),
            ("amount", pa.decimal128(18, 2)),
            ("budget_amount", pa.decimal128(18, 2)),
            ("currency_code", TEXT),
        ]
    ),
    "experiment": pa.schema(
        [
            *_texts("experiment", "channel_name", "campaign_id", "conversion_type"),
            ("start_date", DATE),
            ("end_date", DATE),
            *(
                (f"{name}_conversions", pa.decimal128(18, 6))
                for name in ("incremental", "lowest", "highest")
            ),
            *(
                (f"{name}_amount", pa.decimal128(18, 2))
                for name in ("incremental", "lowest", "highest")
            ),
            ("confidence", pa.decimal128(9, 6)),
            ("source", TEXT),
        ]
    ),
    "plan_version": pa.schema(
        [
            *_texts("plan", "plan_label"),
            ("version", INTEGER),
            ("approved_by", TEXT),
            ("approved_date", DATE),
            ("author", TEXT),
            ("approval_is_verified", BOOLEAN),
            ("valid_from", DATE),
            ("valid_to", DATE),
        ]
    ),
    "plan_component": pa.schema(
        [
            ("plan", TEXT),
            ("version", INTEGER),
            *_texts("component", "component_label", "clause", "kind", "measure", "kpi"),
            *_texts("credit_type", "credited_to", "method", "scope", "frequency", "measured_in"),
            *_texts("quota_measure", "cap_per"),
            ("cap_amount", pa.decimal128(18, 2)),
            ("fx_date", TEXT),
            ("weight", pa.decimal128(9, 6)),
            ("goal", pa.decimal128(18, 6)),
            ("achievement_decimals", INTEGER),
            ("counts_every_type", pa.bool_()),
            ("counts_part", pa.bool_()),
            ("component_order", INTEGER),
            ("counted_from", DATE),
            ("counted_to", DATE),
            *_texts("cap_excess", "clawback_method"),
            ("clawback_within_months", INTEGER),
            ("clawback_term_months", INTEGER),
            ("held_share", pa.decimal128(9, 6)),
            ("held_until", TEXT),
            ("held_months", INTEGER),
            *_texts("pool_shared_by", "pool_team", "kpi_of"),
        ]
    ),
    "plan_condition": pa.schema(
        [
            ("plan", TEXT),
            ("version", INTEGER),
            ("component", TEXT),
            ("condition_number", INTEGER),
            *_texts("kind", "of_component", "of_kpi", "kpi_of"),
            ("goal", pa.decimal128(18, 6)),
            ("band_number", INTEGER),
            *((name, pa.decimal128(18, 6)) for name in ("at_least", "below", "factor")),
        ]
    ),
    "plan_draw": pa.schema(
        [
            ("plan", TEXT),
            ("version", INTEGER),
            ("kind", TEXT),
            ("from_month", INTEGER),
            ("to_month", INTEGER),
            ("amount", pa.decimal128(18, 2)),
            ("recovered_share", pa.decimal128(9, 6)),
            ("forgiven_after_months", INTEGER),
        ]
    ),
    "plan_band": pa.schema(
        [
            ("plan", TEXT),
            ("version", INTEGER),
            ("component", TEXT),
            ("band_number", INTEGER),
            *(
                (name, pa.decimal128(18, 6))
                for name in ("at_least", "below", "rate", "start_value", "end_value")
            ),
        ]
    ),
    "plan_absence": pa.schema([("plan", TEXT), ("version", INTEGER), ("absence_kind", TEXT)]),
    "plan_opportunity_type": pa.schema(
        [("plan", TEXT), ("version", INTEGER), *_texts("component", "opportunity_type")]
    ),
    "plan_sold": pa.schema(
        [("plan", TEXT), ("version", INTEGER), *_texts("component", "sold_by", "sold_value")]
    ),
    "plan_instead": pa.schema(
        [("plan", TEXT), ("version", INTEGER), *_texts("component", "instead_of")]
    ),
    "plan_pool_weight": pa.schema(
        [
            ("plan", TEXT),
            ("version", INTEGER),
            *_texts("component", "employee_id"),
            ("weight", pa.decimal128(18, 6)),
        ]
    ),
    "legal_entity": pa.schema(
        [
            *_texts("legal_entity", "legal_entity_label", "currency_code"),
            ("pays_its_currency", BOOLEAN),
        ]
    ),
    "legal_entity_employee": pa.schema(_texts("legal_entity", "employee_id")),
    "pay_run_rule": pa.schema(
        [*_texts("legal_entity", "kind"), ("months_after", INTEGER), ("pay_day", INTEGER)]
    ),
    "pay_account": pa.schema(_texts("kind", "expense_account", "liability_account")),
    "payroll_setting": pa.schema(
        [
            ("clearing_account", TEXT),
            ("expected_payout", pa.decimal128(18, 6)),
            *_texts("asset_account", "amortisation_account", "impairment_account"),
            ("expedient_months", INTEGER),
        ]
    ),
    "contract_cost_rule": pa.schema(
        [*_texts("kind", "opportunity_type"), ("benefit_months", INTEGER)]
    ),
    "plan_assignment": pa.schema(
        [
            *_texts("employee_id", "plan"),
            ("valid_from", DATE),
            ("valid_to", DATE),
            ("target_amount", pa.decimal128(18, 2)),
            ("currency_code", TEXT),
        ]
    ),
    "quota": pa.schema(
        [
            *_texts("employee_id", "measure"),
            ("valid_from", DATE),
            ("valid_to", DATE),
            ("quota_amount", pa.decimal128(18, 2)),
            *_texts("currency_code", "reason"),
        ]
    ),
    "source": pa.schema([*_texts("source_name", "loader"), ("source_rank", INTEGER)]),
    "system_of_record": pa.schema(_texts("entity", "source_name")),
    "kpi_definition": pa.schema(
        [
            *_texts("kpi", "kpi_label", "description", "formula", "example", "unit"),
            *_texts("aggregation", "state", "date_role", "owner", "kpi_group"),
            ("is_additive", BOOLEAN),
            *_texts("maturity_rule", "numerator_component", "denominator_component"),
            *_texts("factors", "divisors"),
            ("at_most", INTEGER),
            ("product_level", INTEGER),
            ("dimensions", TEXT),
            ("contract_version", INTEGER),
            ("headline_order", INTEGER),
        ]
    ),
}
