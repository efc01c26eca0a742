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

final as (

    select
        kpi_values.kpi,

        kpi_values.kpi_group,
        kpi_values.period_grain,
        kpi_values.dimension,
        kpi_values.member,

        cast(kpi_values.value as decimal(38, 6)) as value,
        cast(kpi_values.numerator as decimal(38, 6)) as numerator,
        cast(kpi_values.denominator as decimal(38, 6)) as denominator,
        targets.target,
        cast(
            lag(kpi_values.value) over (
                partition by
                    kpi_values.kpi,
                    kpi_values.period_grain,
                    kpi_values.dimension,
                    kpi_values.member
                order by kpi_values.period_start
            ) as decimal(38, 6)
        ) as prior_value,

        {{ add_days('kpi_values.period_end', 'coalesce(windows.window_days, 0)') }}
        <= {{ as_of_date() }} as is_mature,

        kpi_values.period_start,
        cast(null as date) as stale_since
    from kpi_values
    left join targets
        on
            kpi_values.kpi = targets.kpi
            and kpi_values.period_grain = targets.period_grain
            and kpi_values.period_start = targets.period_start
            and kpi_values.dimension = targets.dimension
            and kpi_values.member = targets.member
    left join windows
        on kpi_values.numerator_component = windows.component

)

select * from final
