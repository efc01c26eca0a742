-- Grain: one row per KPI, period and dimension member with a target (kpi, period_grain, period_start, dimension, member).
-- Why: a quarter or year has a target when the KPI adds up and each of its months has
-- one; a part of the months would be too small a target.
with targets as (

    select * from {{ ref('fct_target') }}

),

definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}

),

periods as (

    select * from {{ ref('int_kpi_periods') }}

),

summed as (

    select
        targets.kpi,
        periods.period_grain,
        periods.month_count,
        periods.period_start,
        targets.team as member,
        count(targets.target_value) as target_count,
        sum(targets.target_value) as target
    from targets
    inner join definitions
        on targets.kpi = definitions.kpi
    inner join periods
        on targets.target_month = periods.month_start_date
    where periods.period_grain = 'month' or definitions.is_additive
    group by all

),

final as (

    select
        kpi,
        period_grain,
        case when member = 'all' then 'all' else 'team' end as dimension,
        member,

        cast(target as decimal(38, 6)) as target,

        period_start
    from summed
    where target_count = month_count

)

select * from final
