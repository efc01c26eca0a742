"""The published tables the dashboard reads, and the columns it needs of each.

Here: names of tables and columns, and what stands in for a column that a mart does not carry.
Not here: queries (queries.py), reading (marts.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PublishedTable:
    """One published table as the dashboard sees it.

    Attributes:
        name: Qualified name, `schema.table`.
        required: Columns without which the page cannot be built.
        optional: Column -> SQL expression that stands in when the table does not carry it.
    """

    name: str
    required: tuple[str, ...]
    optional: Mapping[str, str] = field(default_factory=dict)

    @property
    def alias(self) -> str:
        """The name queries use for this table."""
        return self.name.split(".", maxsplit=1)[1]


NO_TEXT = "cast(null as varchar)"
NO_DATE = "cast(null as date)"
NO_NUMBER = "cast(null as decimal(18, 6))"

RUN = PublishedTable(
    "ops.ops_run",
    ("run_id", "as_of_date", "started_at"),
    {
        "code_version": NO_TEXT,
        "finished_at": "cast(null as timestamp)",
        "status": NO_TEXT,
    },
)
PUBLISH_LOG = PublishedTable(
    "ops.ops_publish_log",
    ("run_id", "kpi_group", "action"),
    {"publish_version": NO_TEXT, "folder_version": NO_TEXT, "stale_since": NO_DATE},
)
GUARD_RESULT = PublishedTable(
    "ops.ops_guard_result",
    ("run_id", "guard", "kpi_group", "severity", "status"),
    {
        "observed": NO_TEXT,
        "threshold": NO_TEXT,
        "sample": NO_TEXT,
        "table_name": NO_TEXT,
        "message": NO_TEXT,
    },
)
SOURCE_LOAD = PublishedTable(
    "ops.ops_source_load",
    ("source_system", "source_object", "run_id", "row_count"),
    {
        "source_instance": NO_TEXT,
        "quarantined_count": NO_NUMBER,
        "loaded_at": "cast(null as timestamp)",
    },
)
DATE = PublishedTable("core.dim_date", ("date_day", "fiscal_year", "fiscal_quarter"))
KPI = PublishedTable(
    "kpi.dim_kpi",
    ("kpi", "kpi_label", "unit"),
    {
        "description": NO_TEXT,
        "formula": NO_TEXT,
        "date_role": NO_TEXT,
        "owner": NO_TEXT,
        "kpi_group": NO_TEXT,
        "maturity_rule": NO_TEXT,
        "is_additive": "false",
        "headline_order": "cast(null as integer)",
        "reporting_currency": NO_TEXT,
        "contract_version": "1",
    },
)
KPI_VALUE = PublishedTable(
    "kpi.rpt_kpi",
    ("kpi", "period_grain", "period_start", "dimension", "member", "value"),
    {
        "numerator": NO_NUMBER,
        "denominator": NO_NUMBER,
        "target": NO_NUMBER,
        "prior_value": NO_NUMBER,
        "is_mature": "true",
        "stale_since": NO_DATE,
    },
)
STAGE = PublishedTable(
    "core.dim_stage",
    ("stage", "stage_name", "stage_order"),
    {"stage_group": NO_TEXT, "owner_function": NO_TEXT, "is_side_state": "false"},
)
FUNNEL_FLOW = PublishedTable(
    "funnel.rpt_funnel_flow", ("flow_month", "stage", "channel_name", "entered_count")
)
FUNNEL_COHORT = PublishedTable(
    "funnel.rpt_funnel_cohort",
    ("cohort_month", "channel_name", "from_stage", "to_stage", "entered_count", "converted_count"),
    {"window_days": "cast(null as integer)", "is_mature": "true"},
)
SALES_STAGE = PublishedTable(
    "core.dim_sales_stage",
    ("sales_stage", "sales_stage_name"),
    {"sales_stage_order": "cast(null as integer)", "is_pipeline": "true"},
)
PIPELINE = PublishedTable(
    "funnel.rpt_pipeline_daily",
    ("pipeline_date", "sales_stage", "open_amount"),
    {
        "open_count": NO_NUMBER,
        "weighted_amount": NO_NUMBER,
        "stalled_amount": NO_NUMBER,
        "past_due_amount": NO_NUMBER,
        "unknown_amount_count": "cast(open_amount is null as integer)",
    },
)

TOUCH = PublishedTable(
    "core.fct_touch", ("touched_date", "channel_key"), {"no_credit_reason": NO_TEXT}
)
CHANNEL = PublishedTable("core.dim_channel", ("channel_key", "channel_group"))
SUBSCRIPTION_MONTH = PublishedTable(
    "core.fct_subscription_month",
    ("subscription_month", "account_key", "recurring_amount"),
    {"is_reportable": "true"},
)
CHANNEL_PERFORMANCE = PublishedTable(
    "attribution.rpt_channel_performance",
    (
        "performance_month",
        "channel_name",
        "model",
        "date_role",
        "spend",
        "new_customer_count",
        "credited_revenue",
    ),
)
SPEND_MATURITY = PublishedTable(
    "attribution.rpt_spend_maturity",
    ("spend_month", "age_months", "channel_name", "model", "spend", "credited_revenue"),
    {"is_mature": "true"},
)

ALL_TABLES = (
    RUN,
    PUBLISH_LOG,
    GUARD_RESULT,
    SOURCE_LOAD,
    DATE,
    KPI,
    KPI_VALUE,
    STAGE,
    FUNNEL_FLOW,
    FUNNEL_COHORT,
    SALES_STAGE,
    PIPELINE,
    TOUCH,
    CHANNEL,
    SUBSCRIPTION_MONTH,
    CHANNEL_PERFORMANCE,
    SPEND_MATURITY,
)
