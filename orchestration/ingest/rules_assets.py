"""The company folder as assets: validated first, then one rules table each.

Belongs here: the first step of the job. Its asset carries the list of rules tables.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration import catalog
from orchestration.company import rules_tables
from orchestration.company.reference_origins import reference_origins
from orchestration.ingest.warehouse import warehouse, write_rules
from orchestration.progress import reporter
from orchestration.settings import Settings
from orchestration.steps import step

STAGE = "company"
RULES = (
    "settings", "as_of", "holiday", "business_hour", "internal_domain", "stage", "lead_status",
    "sales_stage", "sales_stage_value", "conversion", "qualification_criterion", "handoff_sla",
    "bulk_change", "reason", "touch_type", "score_cap", "fit_rule", "engagement_rule", "score_band",
    "attribution_setting", "attribution_lookback", "attribution_model", "attribution_exclusion",
    "attribution_source", "attribution_period", "attribution_campaign_period",
    "bot_user_agent", "machine_click",
    "machine_click_type", "machine_address", "channel_rule", "employee", "fx_rate", "target",
    "cost", "experiment", "plan_version", "plan_component", "plan_band", "plan_absence",
    "plan_condition", "plan_draw", "plan_opportunity_type", "plan_sold", "plan_instead",
    "plan_pool_weight",
    "legal_entity", "legal_entity_employee", "pay_run_rule", "pay_account", "payroll_setting",
    "contract_cost_rule",
    "plan_assignment", "quota", "source", "system_of_record",
    "kpi_definition", "reference_origin",
)  # fmt: skip


def build_rules_assets(settings: Settings) -> dg.AssetsDefinition:
    """The assets of schema rules."""
    specs = [
        dg.AssetSpec(
            catalog.rules_key(table),
            group_name=catalog.COMPANY_GROUP,
            owners=[catalog.DEFAULT_OWNER],
            description=f"The company's decisions: {table.replace('_', ' ')}.",
            kinds={"yaml", "duckdb"},
            freshness_policy=catalog.DAILY,
        )
        for table in RULES
    ]

    @dg.multi_asset(specs=specs, name="company_rules")
    def company_rules(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with step(settings, context.run_id, STAGE) as work:
            tables = {
                **rules_tables(work.company),
                "reference_origin": reference_origins(work.company),
            }
            with warehouse(settings) as connection:
                write_rules(connection, tables)
            counts = {name: table.num_rows for name, table in tables.items()}
            for table in RULES:
                yield dg.MaterializeResult(
                    asset_key=catalog.rules_key(table),
                    metadata={"dagster/row_count": counts[table]},
                )
            reporter().stage_finished(
                STAGE,
                f"{work.company.company.name}, as of {work.run.as_of_date}: "
                f"{sum(counts.values()):,} rules and rates",
                True,
            )

    return company_rules
