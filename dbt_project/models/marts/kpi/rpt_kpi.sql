-- Grain: one row per KPI, fiscal period and dimension member (kpi, period_grain, period_start, dimension, member).
-- Why: dense over periods and members, so that the row before is the period before.
with kpi_values as (

    select * from {{ ref('int_kpi_values') }}

),

targets as (

    select * from {{ ref('int_kpi_targets') }}

),

windows as (

    select * from {{ ref('int_kpi_windows') }}

),

products as (

    select * from {{ ref('int_kpi_products') }}

),

unioned as (

    select
        kpi_values.kpi,
        kpi_values.kpi_group,
        kpi_values.period_grain,
        kpi_values.dimension,
        kpi_values.member,
        kpi_values.value,
        kpi_values.numerator,
        kpi_values.denominator,
        coalesce(windows.window_days, 0) as window_days,
        kpi_values.period_start,
        kpi_values.period_end
    from kpi_values
    left join windows
        on kpi_values.numerator_component = windows.component
    union all
    select
        kpi,
        kpi_group,
        period_grain,
        dimension,
        member,
        value,
        numerator,
        denominator,
        window_days,
        period_start,
        period_end
    from products

),

final as (

    select
        unioned.kpi,

        unioned.kpi_group,
        unioned.period_grain,
        unioned.dimension,
        unioned.member,

        cast(unioned.value as decimal(38, 6)) as value,
        cast(unioned.numerator as decimal(38, 6)) as numerator,
        cast(unioned.denominator as decimal(38, 6)) as denominator,
        targets.target,
        cast(
            lag(unioned.value) over (
                partition by
                    unioned.kpi,
                    unioned.period_grain,
                    unioned.dimension,
                    unioned.member
                order by unioned.period_start
            ) as decimal(38, 6)
        ) as prior_value,

        {{ add_days('unioned.period_end', 'unioned.window_days') }}
        <= {{ as_of_date() }} as is_mature,

        unioned.period_start,
        cast(null as date) as stale_since
    from unioned
    left join targets
        on
            unioned.kpi = targets.kpi
            and unioned.period_grain = targets.period_grain
            and unioned.period_start = targets.period_start
            and unioned.dimension = targets.dimension
            and unioned.member = targets.member

)

select * from final
