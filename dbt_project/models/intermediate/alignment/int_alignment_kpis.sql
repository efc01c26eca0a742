-- Grain: one row per month and aspect that the KPIs tell (aspect, period_start).
-- Why: acceptance and both promises are KPIs already; here they are only put side by side.
with report as (

    select * from {{ ref('rpt_kpi') }}
    where period_grain = 'month' and dimension = 'all'

),

promised as (

    select
        'acceptance' as aspect,
        numerator,
        denominator,
        period_start
    from report
    where kpi = 'acceptance_rate'
    union all
    select
        'sales_promise_kept' as aspect,
        numerator,
        denominator,
        period_start
    from report
    where kpi = 'sla_attainment'
    union all
    select
        'marketing_promise_kept' as aspect,
        value as numerator,
        target as denominator,
        period_start
    from report
    where kpi = 'mqls' and target is not null

),

targets_met as (

    select
        marketing.period_start,
        marketing.value >= marketing.target as is_met_by_marketing,
        sales.value >= sales.target as is_met_by_sales
    from report as marketing
    inner join report as sales
        on marketing.period_start = sales.period_start
    where
        marketing.kpi = 'mqls'
        and sales.kpi = 'bookings'
        and marketing.target is not null
        and sales.target is not null
        and marketing.is_mature
        and sales.is_mature

),

final as (

    select
        aspect,

        numerator,
        denominator,

        period_start
    from promised
    union all
    select
        'one_team_met_its_target' as aspect,

        cast(
            case when is_met_by_marketing <> is_met_by_sales then 1 else 0 end
            as decimal(38, 6)
        ) as numerator,
        cast(1 as decimal(38, 6)) as denominator,

        period_start
    from targets_met

)

select * from final
