"""Every query of the dashboard, over the tables named in tables.py.

Here: selections, orderings and sums of additive columns. Not here: KPI formulas; a rate or a median
is read as published, and where cohorts are pooled the page gets both sums.
A query names a table by its alias; marts.py puts the published table behind it.
Dates leave as ISO text, so that the page's data are plain JSON.
"""

from dataclasses import dataclass

from dashboards import tables
from dashboards.tables import PublishedTable


@dataclass(frozen=True)
class Query:
    """One SQL query and the tables it reads."""

    tables: tuple[PublishedTable, ...]
    sql: str


# $run_id NULL means the newest run.
RUN = Query(
    (tables.RUN,),
    """
    select
        run_id,
        cast(as_of_date as varchar) as as_of_date,
        code_version,
        cast(date_trunc('minute', started_at) as varchar) as started_at,
        status
    from ops_run
    where cast($run_id as varchar) is null or run_id = cast($run_id as varchar)
    order by ops_run.started_at desc, run_id desc
    limit 1
    """,
)

GROUPS = Query(
    (tables.PUBLISH_LOG,),
    """
    select
        kpi_group,
        action,
        cast(publish_version as varchar) as publish_version,
        cast(folder_version as varchar) as folder_version,
        cast(cast(stale_since as date) as varchar) as stale_since
    from ops_publish_log
    where run_id = cast($run_id as varchar)
    order by kpi_group
    """,
)

GUARDS = Query(
    (tables.GUARD_RESULT,),
    """
    select guard, kpi_group, severity, status, observed, threshold, sample, table_name, message
    from ops_guard_result
    where run_id = cast($run_id as varchar)
    order by kpi_group, guard, table_name
    """,
)

# The newest load of each source object: an unchanged file is not loaded again by every run.
SOURCE_LOADS = Query(
    (tables.SOURCE_LOAD,),
    """
    select
        source_system,
        source_instance,
        source_object,
        row_count,
        quarantined_count,
        cast(date_trunc('minute', loaded_at) as varchar) as loaded_at
    from ops_source_load
    qualify row_number() over (
        partition by source_system, source_instance, source_object
        order by ops_source_load.loaded_at desc nulls last, run_id desc
    ) = 1
    order by source_system, source_instance, source_object
    """,
)

KPIS = Query(
    (tables.KPI,),
    """
    select
        kpi,
        kpi_label,
        description,
        formula,
        unit,
        date_role,
        owner,
        kpi_group,
        maturity_rule,
        coalesce(is_additive, false) as is_additive,
        headline_order,
        reporting_currency
    from dim_kpi
    qualify row_number() over (partition by kpi order by contract_version desc) = 1
    order by headline_order nulls last, kpi
    """,
)

# Periods that begin after the as-of date carry targets only; the page shows what has begun.
KPI_TOTALS = Query(
    (tables.KPI_VALUE,),
    """
    select
        kpi,
        period_grain,
        cast(cast(period_start as date) as varchar) as period_start,
        value,
        numerator,
        denominator,
        target,
        prior_value,
        coalesce(is_mature, false) as is_mature,
        cast(cast(stale_since as date) as varchar) as stale_since
    from rpt_kpi
    where
        dimension = 'all'
        and (cast($as_of_date as date) is null or rpt_kpi.period_start <= cast($as_of_date as date))
    order by kpi, period_grain, period_start
    """,
)

# The newest periods of each grain, the largest members of each cell; member_count counts all.
KPI_BREAKDOWNS = Query(
    (tables.KPI_VALUE,),
    """
    with recent as (
        select *
        from rpt_kpi
        where cast($as_of_date as date) is null or period_start <= cast($as_of_date as date)
        qualify dense_rank() over (partition by period_grain order by period_start desc)
            <= case period_grain when 'month' then 25 when 'quarter' then 9 else 6 end
    )
    select
        kpi,
        dimension,
        period_grain,
        cast(cast(period_start as date) as varchar) as period_start,
        coalesce(member, 'unknown') as member,
        value,
        target,
        prior_value,
        coalesce(is_mature, false) as is_mature,
        count(*) over (partition by kpi, dimension, period_grain, period_start) as member_count
    from recent
    where dimension <> 'all'
    qualify row_number() over (
        partition by kpi, dimension, period_grain, recent.period_start
        order by value desc nulls last, member
    ) <= 40
    order by kpi, dimension, period_grain, recent.period_start, value desc nulls last, member
    """,
)

FISCAL_DATES = Query(
    (tables.DATE, tables.KPI_VALUE),
    """
    select distinct
        cast(cast(dim_date.date_day as date) as varchar) as date_day,
        cast(dim_date.fiscal_year as varchar) as fiscal_year,
        cast(dim_date.fiscal_quarter as varchar) as fiscal_quarter
    from dim_date
    inner join rpt_kpi on cast(dim_date.date_day as date) = cast(rpt_kpi.period_start as date)
    where rpt_kpi.dimension = 'all' and rpt_kpi.period_grain in ('quarter', 'year')
    order by date_day
    """,
)

STAGES = Query(
    (tables.STAGE,),
    """
    select
        stage,
        coalesce(stage_name, stage) as stage_name,
        owner_function,
        is_side_state or coalesce(stage_group, '') = 'unmapped' as is_side_state
    from dim_stage
    order by dim_stage.is_side_state, stage_order nulls last, stage
    """,
)

FUNNEL_FLOW = Query(
    (tables.FUNNEL_FLOW,),
    """
    select
        cast(cast(flow_month as date) as varchar) as flow_month,
        stage,
        coalesce(channel_name, 'unknown') as channel_name,
        cast(sum(entered_count) as bigint) as entered_count
    from rpt_funnel_flow
    group by all
    order by flow_month, stage, channel_name
    """,
)

FUNNEL_COHORTS = Query(
    (tables.FUNNEL_COHORT,),
    """
    select
        cast(cast(cohort_month as date) as varchar) as cohort_month,
        coalesce(channel_name, 'unknown') as channel_name,
        from_stage,
        to_stage,
        window_days,
        cast(sum(entered_count) as bigint) as entered_count,
        cast(sum(converted_count) as bigint) as converted_count
    from rpt_funnel_cohort
    where is_mature
    group by all
    order by cohort_month, channel_name, from_stage, to_stage
    """,
)

SALES_STAGES = Query(
    (tables.SALES_STAGE,),
    """
    select sales_stage, coalesce(sales_stage_name, sales_stage) as sales_stage_name, is_pipeline
    from dim_sales_stage
    order by sales_stage_order nulls last, sales_stage
    """,
)

# Thirteen months of days. sum() leaves unknown amounts out; where no open deal has a known one, the
# amounts are unknown, although a team without open deals carries 0.
PIPELINE = Query(
    (tables.PIPELINE,),
    """
    with recent as (
        select *
        from rpt_pipeline_daily
        where
            (
                cast($as_of_date as date) is null
                or pipeline_date <= cast($as_of_date as date)
            )
            and pipeline_date > coalesce(
                cast($as_of_date as date),
                (select max(newest.pipeline_date) from rpt_pipeline_daily as newest)
            ) - interval 396 day
    ),
    summed as (
        select
            pipeline_date,
            coalesce(sales_stage, 'unknown') as sales_stage,
            cast(sum(open_count) as bigint) as open_count,
            sum(open_amount) as open_amount,
            sum(weighted_amount) as weighted_amount,
            sum(stalled_amount) as stalled_amount,
            sum(past_due_amount) as past_due_amount,
            cast(sum(unknown_amount_count) as bigint) as unknown_count,
            coalesce(sum(open_count) > 0 and sum(unknown_amount_count) >= sum(open_count), false)
                as is_unknown
        from recent
        group by all
    )
    select
        cast(cast(pipeline_date as date) as varchar) as pipeline_date,
        sales_stage,
        open_count,
        case when not is_unknown then open_amount end as open_amount,
        case when not is_unknown then weighted_amount end as weighted_amount,
        case when not is_unknown then stalled_amount end as stalled_amount,
        case when not is_unknown then past_due_amount end as past_due_amount,
        unknown_count
    from summed
    order by summed.pipeline_date, sales_stage
    """,
)

# What machines did is no reach.
TOUCHES = Query(
    (tables.TOUCH, tables.CHANNEL),
    """
    select
        cast(cast(date_trunc('month', fct_touch.touched_date) as date) as varchar) as month,
        coalesce(dim_channel.channel_group, 'unknown') as channel_group,
        cast(count(*) as bigint) as touch_count
    from fct_touch
    left join dim_channel on fct_touch.channel_key = dim_channel.channel_key
    where
        fct_touch.no_credit_reason is distinct from 'bot'
        and (
            cast($as_of_date as date) is null
            or fct_touch.touched_date <= cast($as_of_date as date)
        )
    group by all
    order by month, channel_group
    """,
)

# An amount without a rate is unknown, and so is the sum that it belongs to.
RECURRING = Query(
    (tables.SUBSCRIPTION_MONTH,),
    """
    select
        cast(cast(subscription_month as date) as varchar) as month,
        case when bool_and(recurring_amount is not null) then sum(recurring_amount) end
            as recurring_amount,
        cast(count(distinct account_key) as bigint) as customer_count
    from fct_subscription_month
    where
        is_reportable
        and (
            cast($as_of_date as date) is null
            or subscription_month <= cast($as_of_date as date)
        )
    group by all
    order by month
    """,
)

# Three years; the page adds months of one model and date role, and divides what it added.
CHANNEL_PERFORMANCE = Query(
    (tables.CHANNEL_PERFORMANCE,),
    """
    select
        cast(cast(performance_month as date) as varchar) as performance_month,
        coalesce(channel_name, 'unknown') as channel_name,
        model,
        date_role,
        sum(spend) as spend,
        sum(new_customer_count) as new_customer_count,
        sum(credited_revenue) as credited_revenue
    from rpt_channel_performance
    where
        cast($as_of_date as date) is null
        or (
            performance_month <= cast($as_of_date as date)
            and performance_month > cast($as_of_date as date) - interval 37 month
        )
    group by all
    order by performance_month, channel_name, date_role, model
    """,
)

# Of what was spent: channels without spend have nothing to bring back.
SPEND_MATURITY = Query(
    (tables.SPEND_MATURITY,),
    """
    select
        cast(cast(spend_month as date) as varchar) as spend_month,
        model,
        age_months,
        sum(spend) as spend,
        sum(credited_revenue) as credited_revenue,
        bool_and(is_mature) as is_mature
    from rpt_spend_maturity
    where
        spend > 0
        and age_months <= 18
        and (
            cast($as_of_date as date) is null
            or spend_month > cast($as_of_date as date) - interval 37 month
        )
    group by all
    order by model, spend_month, age_months
    """,
)
