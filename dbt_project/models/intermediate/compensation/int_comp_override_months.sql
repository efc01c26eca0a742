-- Grain: one row per override (override_key).
-- Why: it is paid with the shortest period of the payee's plans that begins on its day, in
-- that period's last month; without one in the month of its day.
with overrides as (

    select * from {{ ref('conformed_compensation_overrides') }}

),

assigned as (

    select * from {{ ref('int_comp_assigned_components') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

keyed as (

    select
        *,
        {{ payee_key('employee_key') }} as payee_key
    from overrides

),

shortest as (

    select
        keyed.override_key,
        min(periods.period_end) as period_end
    from keyed
    inner join assigned
        on
            keyed.payee_key = assigned.payee_key
            and keyed.period_start >= assigned.valid_from
            and keyed.period_start < assigned.valid_to
    inner join periods
        on
            assigned.period_grain = periods.period_grain
            and keyed.period_start = periods.period_start
    group by keyed.override_key

),

final as (

    select
        keyed.override_key,
        keyed.payee_key,

        {{ first_of_month('coalesce(shortest.period_end, keyed.period_start)') }}
            as origin_period
    from keyed
    left join shortest
        on keyed.override_key = shortest.override_key

)

select * from final
