-- Grain: one row per KPI, closed period and day on which its published total changed (kpi, period_grain, period_start, restated_date).
-- Why: a closed period is what reports and pay were made from; whoever changes it is told of.
with history as (

    select * from {{ ref('rpt_kpi_history') }}
    where dimension = 'all'

),

definitions as (

    select * from {{ ref('dim_kpi') }}

),

windows as (

    select * from {{ ref('int_kpi_windows') }}

),

periods as (

    select
        period_grain,
        period_start,
        period_end
    from {{ ref('int_kpi_periods') }}
    group by
        period_grain,
        period_start,
        period_end

),

closed as (

    select
        history.kpi,
        history.period_grain,
        history.period_start,
        history.value as old_value,
        history.known_to as restated_date,
        definitions.kpi is null as is_given_up
    from history
    inner join periods
        on
            history.period_grain = periods.period_grain
            and history.period_start = periods.period_start
    left join definitions
        on history.kpi = definitions.kpi
    left join windows
        on definitions.numerator_component = windows.component
    where
        history.known_to
        > {{ add_days('periods.period_end', 'coalesce(windows.window_days, 0)') }}

),

final as (

    select
        closed.kpi,

        closed.period_grain,

        closed.old_value,
        restated.value as new_value,

        case
            when closed.is_given_up then 'kpi_given_up'
            when restated.kpi is null then 'no_longer_known'
            else 'records_or_rules_changed'
        end as reason,

        closed.period_start,
        closed.restated_date
    from closed
    left join history as restated
        on
            closed.kpi = restated.kpi
            and closed.period_grain = restated.period_grain
            and closed.period_start = restated.period_start
            and closed.restated_date = restated.known_from

)

select * from final
