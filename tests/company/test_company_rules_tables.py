"""The rules tables: their columns and types, and what stands in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from company_folder import FILES, Folder

from orchestration.company import rules_tables
from orchestration.company.attribution_tables import TABLES as ATTRIBUTION_TABLES
from orchestration.company.payroll_tables import TABLES as PAYROLL_TABLES

# Written out again on purpose: dbt reads these columns, so a change has to be made in two places.
TEXT, INT, BOOL, DATE = "string", "int32", "bool", "date32[day]"
EXPECTED = {
    "settings": {
        "company_name": TEXT,
        "reporting_currency": TEXT,
        "time_zone": TEXT,
        "fiscal_year_start_month": INT,
        "first_pay_period": DATE,
        "smallest_pay_group": INT,
    },
    "as_of": {"as_of_date": DATE},
    "holiday": {"holiday_date": DATE, "holiday_name": TEXT},
    "business_hour": {"weekday": INT, "opens_at": TEXT, "closes_at": TEXT},
    "internal_domain": {"domain": TEXT},
    "stage": {
        "stage": TEXT,
        "stage_label": TEXT,
        "stage_order": INT,
        "owner_function": TEXT,
        "is_side_state": BOOL,
        "description": TEXT,
    },
    "lead_status": {"source_name": TEXT, "lead_status": TEXT, "stage": TEXT},
    "sales_stage": {
        "sales_stage": TEXT,
        "sales_stage_label": TEXT,
        "sales_stage_order": INT,
        "kind": TEXT,
        "is_open": BOOL,
        "is_won": BOOL,
        "is_lost": BOOL,
        "is_pipeline": BOOL,
        "probability": "decimal128(9, 6)",
        "forecast_category": TEXT,
        "stalled_after_days": INT,
        "is_assumed_open": BOOL,
    },
    "sales_stage_value": {"source_name": TEXT, "source_value": TEXT, "sales_stage": TEXT},
    "attribution_setting": {
        "buying_group": TEXT,
        "stops_at_previous_won": BOOL,
        "half_life_seconds": "int64",
        "has_one_touch_per_session": BOOL,
        "platform_conversion_type": TEXT,
    },
    "attribution_lookback": {"conversion_type": TEXT, "lookback_seconds": "int64"},
    "attribution_model": {
        "model": TEXT,
        "conversion_type": TEXT,
        "first_weight": "int64",
        "lead_weight": "int64",
        "opportunity_weight": "int64",
        "last_weight": "int64",
        "middle_weight": "int64",
    },
    "attribution_exclusion": {"field_name": TEXT, "field_value": TEXT},
    "attribution_source": {"source_name": TEXT, "priority": "int32"},
    "attribution_period": {"period_grain": TEXT},
    "attribution_campaign_period": {
        "period_grain": TEXT,
        "least_conversions": INT,
        "most_campaigns": INT,
        "least_journeys_per_window": INT,
    },
    "conversion": {
        "from_stage": TEXT,
        "to_stage": TEXT,
        "window_days": INT,
        "conversion_order": INT,
    },
    "qualification_criterion": {"stage": TEXT, "field": TEXT, "operator": TEXT, "value": TEXT},
    "handoff_sla": {
        "segment": TEXT,
        "business_hours": "decimal128(9, 2)",
        "expires_after_days": INT,
    },
    "bulk_change": {"at_least": INT, "times_usual": INT},
    "machine_click": {"seconds_after_send": INT, "burst_clicks": INT, "burst_seconds": INT},
    "machine_click_type": {"touch_type": TEXT},
    "machine_address": {
        "kind": TEXT,
        "address": TEXT,
        "first_address": TEXT,
        "last_address": TEXT,
        "valid_from": DATE,
        "valid_to": DATE,
        "reason": TEXT,
    },
    "reason": {"reason_type": TEXT, "reason": TEXT, "reason_label": TEXT, "reason_group": TEXT},
    "touch_type": {
        "touch_type": TEXT,
        "direction": TEXT,
        "is_attributable": BOOL,
        "business_function": TEXT,
    },
    "score_cap": {"fit_cap": "decimal128(18, 6)", "engagement_cap": "decimal128(18, 6)"},
    "fit_rule": {
        "rule": TEXT,
        "field": TEXT,
        "operator": TEXT,
        "value": TEXT,
        "value_number": "decimal128(18, 6)",
        "points": "decimal128(18, 6)",
    },
    "engagement_rule": {
        "rule": TEXT,
        "rule_order": INT,
        "touch_type": TEXT,
        "channel_name": TEXT,
        "content_type": TEXT,
        "points": "decimal128(18, 6)",
        "half_life_days": "decimal128(18, 6)",
    },
    "score_band": {"band": TEXT, "at_least": "decimal128(18, 6)", "band_order": INT},
    "bot_user_agent": {"user_agent_pattern": TEXT},
    "channel_rule": {
        "rule_order": INT,
        "utm_source": TEXT,
        "utm_medium": TEXT,
        "utm_campaign": TEXT,
        "referrer_domain": TEXT,
        "click_id_type": TEXT,
        "source_field": TEXT,
        "channel_name": TEXT,
        "channel_group": TEXT,
        "business_function": TEXT,
    },
    "employee": {
        "employee_id": TEXT,
        "full_name": TEXT,
        "email": TEXT,
        "business_function": TEXT,
        "team": TEXT,
        "region": TEXT,
        "job_title": TEXT,
        "manager_employee_id": TEXT,
        "valid_from": DATE,
        "valid_to": DATE,
        "time_zone": TEXT,
    },
    "fx_rate": {
        "currency_code": TEXT,
        "valid_from": DATE,
        "valid_to": DATE,
        "rate": "decimal128(18, 9)",
    },
    "target": {
        "kpi": TEXT,
        "team": TEXT,
        "target_month": DATE,
        "target_value": "decimal128(18, 6)",
    },
    "cost": {
        "cost_id": TEXT,
        "cost_month": DATE,
        "business_function": TEXT,
        "category": TEXT,
        "reach": TEXT,
        "channel_name": TEXT,
        "amount": "decimal128(18, 2)",
        "budget_amount": "decimal128(18, 2)",
        "currency_code": TEXT,
    },
    "experiment": {
        "experiment": TEXT,
        "channel_name": TEXT,
        "campaign_id": TEXT,
        "conversion_type": TEXT,
        "start_date": DATE,
        "end_date": DATE,
        "incremental_conversions": "decimal128(18, 6)",
        "lowest_conversions": "decimal128(18, 6)",
        "highest_conversions": "decimal128(18, 6)",
        "incremental_amount": "decimal128(18, 2)",
        "lowest_amount": "decimal128(18, 2)",
        "highest_amount": "decimal128(18, 2)",
        "confidence": "decimal128(9, 6)",
        "source": TEXT,
    },
    "plan_version": {
        "plan": TEXT,
        "plan_label": TEXT,
        "version": INT,
        "approved_by": TEXT,
        "approved_date": DATE,
        "author": TEXT,
        "approval_is_verified": BOOL,
        "valid_from": DATE,
        "valid_to": DATE,
    },
    "plan_component": {
        "plan": TEXT,
        "version": INT,
        "component": TEXT,
        "component_label": TEXT,
        "clause": TEXT,
        "kind": TEXT,
        "measure": TEXT,
        "kpi": TEXT,
        "credit_type": TEXT,
        "credited_to": TEXT,
        "method": TEXT,
        "scope": TEXT,
        "frequency": TEXT,
        "measured_in": TEXT,
        "quota_measure": TEXT,
        "cap_per": TEXT,
        "cap_amount": "decimal128(18, 2)",
        "fx_date": TEXT,
        "weight": "decimal128(9, 6)",
        "goal": "decimal128(18, 6)",
        "achievement_decimals": INT,
        "counts_every_type": BOOL,
        "counts_part": BOOL,
        "component_order": INT,
        "counted_from": DATE,
        "counted_to": DATE,
        "cap_excess": TEXT,
        "clawback_method": TEXT,
        "clawback_within_months": INT,
        "clawback_term_months": INT,
        "held_share": "decimal128(9, 6)",
        "held_until": TEXT,
        "held_months": INT,
        "pool_shared_by": TEXT,
        "pool_team": TEXT,
        "kpi_of": TEXT,
    },
    "plan_condition": {
        "plan": TEXT,
        "version": INT,
        "component": TEXT,
        "condition_number": INT,
        "kind": TEXT,
        "of_component": TEXT,
        "of_kpi": TEXT,
        "kpi_of": TEXT,
        "goal": "decimal128(18, 6)",
        "band_number": INT,
        "at_least": "decimal128(18, 6)",
        "below": "decimal128(18, 6)",
        "factor": "decimal128(18, 6)",
    },
    "plan_draw": {
        "plan": TEXT,
        "version": INT,
        "kind": TEXT,
        "from_month": INT,
        "to_month": INT,
        "amount": "decimal128(18, 2)",
        "recovered_share": "decimal128(9, 6)",
        "forgiven_after_months": INT,
    },
    "plan_band": {
        "plan": TEXT,
        "version": INT,
        "component": TEXT,
        "band_number": INT,
        "at_least": "decimal128(18, 6)",
        "below": "decimal128(18, 6)",
        "rate": "decimal128(18, 6)",
        "start_value": "decimal128(18, 6)",
        "end_value": "decimal128(18, 6)",
    },
    "plan_absence": {"plan": TEXT, "version": INT, "absence_kind": TEXT},
    "plan_opportunity_type": {
        "plan": TEXT,
        "version": INT,
        "component": TEXT,
        "opportunity_type": TEXT,
    },
    "plan_sold": {
        "plan": TEXT,
        "version": INT,
        "component": TEXT,
        "sold_by": TEXT,
        "sold_value": TEXT,
    },
    "plan_instead": {"plan": TEXT, "version": INT, "component": TEXT, "instead_of": TEXT},
    "plan_pool_weight": {
        "plan": TEXT,
        "version": INT,
        "component": TEXT,
        "employee_id": TEXT,
        "weight": "decimal128(18, 6)",
    },
    "legal_entity": {
        "legal_entity": TEXT,
        "legal_entity_label": TEXT,
        "currency_code": TEXT,
        "pays_its_currency": BOOL,
    },
    "legal_entity_employee": {"legal_entity": TEXT, "employee_id": TEXT},
    "pay_run_rule": {
        "legal_entity": TEXT,
        "kind": TEXT,
        "months_after": INT,
        "pay_day": INT,
    },
    "pay_account": {"kind": TEXT, "expense_account": TEXT, "liability_account": TEXT},
    "payroll_setting": {
        "clearing_account": TEXT,
        "expected_payout": "decimal128(18, 6)",
        "asset_account": TEXT,
        "amortisation_account": TEXT,
        "impairment_account": TEXT,
        "expedient_months": INT,
    },
    "contract_cost_rule": {"kind": TEXT, "opportunity_type": TEXT, "benefit_months": INT},
    "plan_assignment": {
        "employee_id": TEXT,
        "plan": TEXT,
        "valid_from": DATE,
        "valid_to": DATE,
        "target_amount": "decimal128(18, 2)",
        "currency_code": TEXT,
    },
    "quota": {
        "employee_id": TEXT,
        "measure": TEXT,
        "valid_from": DATE,
        "valid_to": DATE,
        "quota_amount": "decimal128(18, 2)",
        "currency_code": TEXT,
        "reason": TEXT,
    },
    "source": {"source_name": TEXT, "loader": TEXT, "source_rank": INT},
    "system_of_record": {"entity": TEXT, "source_name": TEXT},
    "kpi_definition": {
        "kpi": TEXT,
        "kpi_label": TEXT,
        "description": TEXT,
        "formula": TEXT,
        "example": TEXT,
        "unit": TEXT,
        "aggregation": TEXT,
        "state": TEXT,
        "date_role": TEXT,
        "owner": TEXT,
        "kpi_group": TEXT,
        "is_additive": BOOL,
        "maturity_rule": TEXT,
        "numerator_component": TEXT,
        "denominator_component": TEXT,
        "factors": TEXT,
        "divisors": TEXT,
        "at_most": INT,
        "product_level": INT,
        "dimensions": TEXT,
        "contract_version": INT,
        "headline_order": INT,
    },
}


def shape(tables: dict[str, pa.Table]) -> dict[str, dict[str, str]]:
    return {
        name: {field.name: str(field.type) for field in table.schema}
        for name, table in tables.items()
    }


def ordered(expected: dict[str, dict[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(name, list(columns.items())) for name, columns in sorted(expected.items())]


@pytest.fixture
def tables(folder: Folder) -> dict[str, pa.Table]:
    return rules_tables(folder.load())


def test_columns_and_types_are_what_dbt_reads(tables: dict[str, pa.Table]) -> None:
    assert ordered(shape(tables)) == ordered(EXPECTED)


def test_tables_without_rows_keep_their_columns_and_types(folder: Folder) -> None:
    for name, text in FILES.items():
        if name.endswith(".csv"):
            folder.file(name).write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    for path in folder.kpi_path.iterdir():
        path.unlink()
    tables = rules_tables(folder.load())
    assert ordered(shape(tables)) == ordered(EXPECTED)
    empty = {name for name, table in tables.items() if table.num_rows == 0}
    scoring = {"score_cap", "fit_rule", "engagement_rule", "score_band"}
    files = {"channel_rule", "employee", "target", "cost", "experiment", "kpi_definition"}
    files.add("machine_address")
    pay = {name for name in EXPECTED if name.startswith("plan_")} | {"quota"}
    assert empty == files | scoring | pay | set(ATTRIBUTION_TABLES) | set(PAYROLL_TABLES)


def test_the_as_of_date_that_holds_is_apart_from_the_settings(folder: Folder) -> None:
    tables = rules_tables(folder.load(date(2025, 1, 1)))
    assert tables["as_of"].to_pylist() == [{"as_of_date": date(2025, 1, 1)}]
    (row,) = tables["settings"].to_pylist()
    assert row["company_name"] == "Test Company"


def test_business_hours_number_the_weekdays_from_monday(tables: dict[str, pa.Table]) -> None:
    assert tables["business_hour"].to_pylist() == [
        {"weekday": 1, "opens_at": "09:00", "closes_at": "17:00"},
        {"weekday": 5, "opens_at": "09:00", "closes_at": "15:30"},
    ]
    assert tables["internal_domain"]["domain"].to_pylist() == ["test.example"]


def test_stages_follow_the_chain_and_side_states_come_last(folder: Folder) -> None:
    last = "  - {stage: won, label: Won, owner_function: sales, after: accepted}\n"
    folder.replace("funnel.yml", last, "")
    folder.replace("funnel.yml", "stages:\n  - {stage: known", f"stages:\n{last}  - {{stage: known")
    rows = rules_tables(folder.load())["stage"].to_pylist()
    found = [(row["stage_order"], row["stage"], row["is_side_state"]) for row in rows]
    assert found == [
        (1, "known", False),
        (2, "mql", False),
        (3, "accepted", False),
        (4, "won", False),
        (5, "rejected", True),
    ]


def test_words_of_sources_are_lower_case(tables: dict[str, pa.Table]) -> None:
    statuses = [(r["source_name"], r["lead_status"]) for r in tables["lead_status"].to_pylist()]
    assert statuses == [("crm", "new"), ("*", "rejected")]
    assert tables["sales_stage_value"]["source_value"].to_pylist() == ["open"]
    rules = tables["channel_rule"].to_pylist()
    assert [(r["rule_order"], r["utm_source"], r["utm_medium"]) for r in rules] == [
        (10, None, "cpc"),
        (20, "google*", "<blank>"),
    ]


def test_a_sales_stage_says_what_it_is(tables: dict[str, pa.Table]) -> None:
    first, second = tables["sales_stage"].to_pylist()
    assert (first["is_open"], first["is_won"], first["is_assumed_open"]) == (True, False, True)
    assert (second["is_open"], second["is_won"], second["is_pipeline"]) == (False, True, True)
    assert first["probability"] == Decimal("0.250000")
    assert second["stalled_after_days"] is None


def test_promises_between_the_teams(tables: dict[str, pa.Table]) -> None:
    criteria = tables["qualification_criterion"].to_pylist()
    assert [(c["stage"], c["field"], c["operator"], c["value"]) for c in criteria] == [
        ("mql", "email", "is_present", "true"),
        ("mql", "score", "at_least", "50"),
        ("mql", "country", "in", "DE,NO"),
    ]
    promises = tables["handoff_sla"].to_pylist()
    assert [tuple(promise.values()) for promise in promises] == [
        ("*", Decimal("4.00"), 10),
        ("enterprise", Decimal("2.00"), 10),
    ]
    reasons = tables["reason"].to_pylist()
    assert [r["reason_type"] for r in reasons] == ["rejection", "loss"]


def test_what_a_load_is_may_be_left_to_the_defaults(folder: Folder) -> None:
    assert rules_tables(folder.load())["bulk_change"].to_pylist() == [
        {"at_least": 25, "times_usual": 5}
    ]
    funnel = folder.file("funnel.yml")
    funnel.write_text(funnel.read_text() + "bulk_changes: {at_least: 100}\n", encoding="utf-8")
    assert rules_tables(folder.load())["bulk_change"].to_pylist() == [
        {"at_least": 100, "times_usual": 5}
    ]


def test_without_a_rule_no_speed_is_a_machines(folder: Folder) -> None:
    tables = rules_tables(folder.load())
    nothing = dict.fromkeys(("seconds_after_send", "burst_clicks", "burst_seconds"))
    assert tables["machine_click"].to_pylist() == [nothing]
    assert tables["machine_click_type"].to_pylist() == [{"touch_type": "email_click"}]
    funnel = folder.file("funnel.yml")
    funnel.write_text(
        funnel.read_text()
        + "machine_clicks: {seconds_after_send: 9, touch_types: [Click, click]}\n",
        encoding="utf-8",
    )
    tables = rules_tables(folder.load())
    assert tables["machine_click"].to_pylist() == [{**nothing, "seconds_after_send": 9}]
    assert tables["machine_click_type"].to_pylist() == [{"touch_type": "click"}]


def test_touch_types_say_what_a_touch_is(tables: dict[str, pa.Table]) -> None:
    assert tables["touch_type"].to_pylist() == [
        {
            "touch_type": "form fill",
            "direction": "two_way",
            "is_attributable": True,
            "business_function": "marketing",
        },
        {
            "touch_type": "cold_call",
            "direction": "one_way",
            "is_attributable": False,
            "business_function": "sdr",
        },
    ]
    assert tables["bot_user_agent"]["user_agent_pattern"].to_pylist() == ["*bot*"]


def test_the_reporting_currency_is_always_there_once(folder: Folder) -> None:
    folder.append("fx_rates.csv", "EUR,2025-01-01,,1.0")
    rows = rules_tables(folder.load())["fx_rate"].to_pylist()
    assert rows[0] == {
        "currency_code": "EUR",
        "valid_from": date(1900, 1, 1),
        "valid_to": None,
        "rate": Decimal("1.000000000"),
    }
    assert [row["currency_code"] for row in rows] == ["EUR", "USD", "USD"]


def test_months_are_first_days_and_money_has_two_places(tables: dict[str, pa.Table]) -> None:
    assert tables["cost"]["cost_month"].to_pylist() == [date(2025, 1, 1), date(2025, 1, 1)]
    assert tables["cost"]["amount"].to_pylist() == [Decimal("1200.50"), Decimal("9000.00")]
    assert tables["target"]["target_month"].to_pylist() == [date(2025, 3, 1), date(2025, 3, 1)]
    assert tables["target"]["team"].to_pylist() == [None, "North"]


def test_every_delivered_entity_has_a_system_of_record(tables: dict[str, pa.Table]) -> None:
    assert tables["system_of_record"].to_pylist() == [
        {"entity": "opportunities", "source_name": "crm"},
        {"entity": "people", "source_name": "crm"},
    ]
    assert tables["source"].to_pylist() == [
        {"source_name": "crm", "loader": "file_drop", "source_rank": 1},
        {"source_name": "events", "loader": "file_drop", "source_rank": 2},
    ]


def test_kpis_are_named_like_their_files(tables: dict[str, pa.Table]) -> None:
    rows = tables["kpi_definition"].to_pylist()
    assert [(row["kpi"], row["dimensions"], row["headline_order"]) for row in rows] == [
        ("leads", "channel,team", 1),
        ("win_rate", "team", None),
    ]
