"""The invented company of the dashboard's tests: its tables, KPIs, members and stages.

Here: shapes and names. Not here: the rows made of them (dashboard_rows.py).
"""

from dataclasses import dataclass
from datetime import date

AS_OF = date(2026, 11, 21)
FIRST_MONTH = date(2024, 1, 1)
RUN_ID = "20261121T060003-7f3a"
VERSION = "000042"

TABLES = {
    "ops.ops_run": """run_id text, as_of_date date, code_version text, started_at timestamp,
        finished_at timestamp, status text""",
    "ops.ops_publish_log": """run_id text, kpi_group text, action text, publish_version text,
        folder_version text, stale_since date""",
    "ops.ops_guard_result": """run_id text, guard text, kpi_group text, severity text, status text,
        observed text, threshold text, sample text, table_name text, message text""",
    "ops.ops_source_load": """source_system text, source_instance text, source_object text,
        run_id text, row_count bigint, quarantined_count bigint, loaded_at timestamp""",
    "core.dim_date": "date_day date, fiscal_year int, fiscal_quarter int, fiscal_month int",
    "core.dim_stage": """stage_key text, stage text, stage_name text, stage_group text,
        stage_order integer, owner_function text, is_side_state boolean""",
    "core.dim_sales_stage": """sales_stage_key text, sales_stage text, sales_stage_name text,
        sales_stage_order integer, is_pipeline boolean""",
    "kpi.dim_kpi": """kpi text, kpi_label text, description text, formula text, unit text,
        aggregation text, date_role text, owner text, kpi_group text, is_additive boolean,
        maturity_rule text, contract_version integer, headline_order integer,
        reporting_currency text, publish_version text""",
    "kpi.rpt_kpi": """kpi text, kpi_group text, period_grain text, period_start date,
        dimension text, member text, value decimal(24, 6), numerator decimal(24, 6),
        denominator decimal(24, 6), target decimal(24, 6), prior_value decimal(24, 6),
        is_mature boolean, stale_since date, publish_version text""",
    "funnel.rpt_funnel_flow": """flow_month date, stage text, channel_name text, segment text,
        entered_count bigint, flow_rate decimal(18, 6)""",
    "funnel.rpt_funnel_cohort": """cohort_month date, channel_key text, channel_name text,
        segment text, from_stage text, to_stage text, entered_count bigint,
        converted_count bigint, conversion_rate decimal(18, 6), window_days integer,
        is_mature boolean, p50_days decimal(9, 2), p75_days decimal(9, 2)""",
    "funnel.rpt_pipeline_daily": """pipeline_date date, team text, sales_stage text,
        open_count bigint, open_amount decimal(18, 2), weighted_amount decimal(18, 2),
        stalled_amount decimal(18, 2), past_due_amount decimal(18, 2),
        unknown_amount_count bigint""",
    "core.dim_channel": "channel_key text, channel_name text, channel_group text",
    "core.fct_touch": """touch_key text, touched_date date, channel_key text,
        no_credit_reason text""",
    "core.fct_subscription_month": """subscription_month_key text, subscription_month date,
        account_key text, recurring_amount decimal(18, 2), is_reportable boolean""",
    "attribution.rpt_channel_performance": """performance_month date, channel_key text,
        channel_name text, model text, date_role text, spend decimal(18, 2),
        new_customer_count decimal(18, 6), credited_revenue decimal(18, 2)""",
    "attribution.rpt_spend_maturity": """spend_month date, age_months integer, channel_key text,
        channel_name text, model text, spend decimal(18, 2), credited_revenue decimal(18, 2),
        is_mature boolean""",
}

CHANNEL_GROUPS = (
    *("paid_search", "paid_social", "display", "organic", "email", "event", "partner"),
    *("referral", "press", "direct"),
)


@dataclass(frozen=True)
class Kpi:
    """A KPI; `size` is a usual month, `days` how long after its end a period matures."""

    kpi: str
    label: str
    unit: str
    owner: str
    group: str
    size: float
    has_target: bool = False
    days: int = 0
    dimensions: tuple[str, ...] = ()
    is_headline: bool = True

    @property
    def adds_up(self) -> bool:
        """Whether months sum to a quarter."""
        return self.unit in ("count", "currency") and self.kpi not in OF_ONE


# What one customer or lead costs or brings: amounts that do not add up.
OF_ONE = ("cost_per_mql", "cac_paid", "cac_blended", "cac_loaded", "cac_loaded_lagged", "ltv")


COST = ("function", "reach")
DEMAND = ("channel", "segment", "region")
DEAL = ("channel", "team", "segment", "region")
KPIS = (
    Kpi("leads", "Leads", "count", "marketing", "demand", 620, True, 0, DEMAND),
    Kpi("mqls", "MQLs", "count", "marketing", "demand", 236, True, 0, DEMAND),
    Kpi("mql_rate", "Lead to MQL rate", "ratio", "marketing", "demand", 0.38, False, 60),
    Kpi("acceptance_rate", "MQL acceptance rate", "ratio", "sales", "demand", 0.71, True, 30),
    Kpi("opportunities_created", "Opportunities created", "count", "sales", "pipeline", 96, False,
        0, DEAL),
    Kpi("pipeline_created", "Pipeline created", "currency", "sales", "pipeline", 1_840_000, True,
        0, DEAL),
    Kpi("bookings", "Bookings", "currency", "sales", "pipeline", 486_000, True, 0,
        (*DEAL, "product")),
    Kpi("won_deals", "Deals won", "count", "sales", "pipeline", 27, False, 0, ("team",)),
    Kpi("win_rate", "Win rate", "ratio", "sales", "pipeline", 0.284, True, 90, ("team",)),
    Kpi("sales_cycle_days", "Sales cycle", "days", "sales", "pipeline", 47, False, 0, ("team",)),
    Kpi("spend", "Marketing spend", "currency", "marketing", "unit_economics", 94_500, True, 0,
        ("channel",)),
    Kpi("cost_per_mql", "Cost per MQL", "currency", "marketing", "unit_economics", 400, False, 60),
    *(
        Kpi(name, label, unit, "finance", "unit_economics", size, is_headline=False)
        for name, label, unit, size in (
            ("cac_paid", "Paid CAC", "currency", 9_000),
            ("cac_blended", "Blended CAC", "currency", 4_000),
            ("cac_loaded", "Loaded CAC", "currency", 21_000),
            ("cac_loaded_lagged", "Loaded CAC, lagged", "currency", 19_000),
            ("cac_payback_months", "Payback", "months", 14),
            ("ltv", "Lifetime value", "currency", 80_000),
            ("nrr", "NRR", "ratio", 1.12),
            ("grr", "GRR", "ratio", 0.93),
            ("budget_use", "Budget use", "ratio", 0.98),
        )
    ),
    Kpi("costs", "Costs", "currency", "finance", "unit_economics", 210_000, False, 0, COST, False),
    Kpi("cost_budget", "Budget", "currency", "finance", "unit_economics", 214_000, False, 0, COST,
        False),
    Kpi("refund_count", "Refunds", "count", "finance", "pipeline", 3, is_headline=False),
)  # fmt: skip

MEMBERS = {
    "channel": (
        *("organic_search", "paid_search", "partner_referral", "paid_social", "email", "event"),
        *("direct", "review_site", "display", "unmapped", "not_recorded"),
    ),
    "team": ("Enterprise North", "Enterprise South", "Mid-market", "Velocity", "Partner desk"),
    "segment": ("Enterprise", "Mid-market", "Small business", "unknown"),
    "region": ("DACH", "Nordics", "UK & Ireland", "Benelux", "France", "Iberia"),
    "function": ("marketing", "sdr", "sales"),
    "reach": ("broad", "account", "individual"),
    "product": ("Atlas Pro", "Atlas Core", "Atlas Sense", "Support plan", "unallocated"),
}

# stage, label, owner, share of leads that reach it
STAGES = (
    ("aware", "Aware", "marketing", 0.0),
    ("known", "Lead", "marketing", 1.0),
    ("mql", "MQL", "marketing", 0.38),
    ("handed_off", "Handed to Sales", "sdr", 0.33),
    ("accepted", "Accepted", "sdr", 0.24),
    ("opportunity", "Opportunity", "sales", 0.15),
    ("won", "Won", "sales", 0.043),
)
SIDE_STATES = (("rejected", "Rejected", "sdr", 0.07), ("lost", "Lost", "sales", 0.09))

# from, to, window in days
STEPS = (
    ("known", "mql", 60),
    ("mql", "handed_off", 14),
    ("handed_off", "accepted", 30),
    ("accepted", "opportunity", 60),
    ("opportunity", "won", 180),
    ("known", "won", 240),
)

# sales stage, label, probability
SALES_STAGES = (
    ("discovery", "Discovery", 0.1),
    ("evaluation", "Evaluation", 0.3),
    ("proposal", "Proposal", 0.55),
    ("negotiation", "Negotiation", 0.8),
)

# guard, group, table
GUARDS = (
    ("row_count_is_near_last_run", "core", "core.dim_account"),
    ("account_key_is_unique", "core", "core.dim_account"),
    ("as_of_date_moves_forward", "core", "ops.ops_run"),
    ("quarantine_share", "core", "ops.ops_quarantine"),
    ("lead_count_is_plausible", "demand", "kpi.rpt_kpi"),
    ("channel_unmapped_share", "demand", "core.fct_opportunity"),
    ("no_stage_before_its_predecessor", "demand", "funnel.fct_person_stage"),
    ("every_booking_has_a_team", "pipeline", "core.fct_booking"),
    ("lines_sum_to_opportunity", "pipeline", "core.fct_booking"),
    ("win_rate_is_between_0_and_1", "pipeline", "kpi.rpt_kpi"),
    ("spend_matches_sources", "unit_economics", "core.fct_ad_performance_daily"),
    ("costs_have_a_rate", "unit_economics", "core.fct_cost_monthly"),
)

# object, rows, quarantined
SOURCE_OBJECTS = (
    ("accounts", 1842, 0),
    ("opportunities", 8800, 3),
    ("opportunity_history", 41_207, 0),
    ("leads", 18_655, 12),
    ("employees", 48, 0),
    ("ad_spend", 12_410, 0),
)
