-- Grain: one row per month of the calendar, as a period of the ledger (period).
-- Why: what belongs to a locked month is posted in the first month that is not locked.
with periods as (

    select * from {{ ref('int_reporting_periods') }}
    where period_grain = 'month'

),

locks as (

    select * from {{ ref('stg_ledger__period_locks') }}

),

last_lock as (

    select max(period) as period
    from locks

),

final as (

    select
        case
            when locks.period is not null then 'locked'
            when periods.has_ended then 'calculated'
            else 'open'
        end as status,

        periods.has_begun,

        periods.period_start as period,
        periods.period_end,
        periods.last_day,
        case
            when periods.period_start <= last_lock.period
                then {{ add_months('last_lock.period', 1) }}
            else periods.period_start
        end as posting_period
    from periods
    cross join last_lock
    left join locks
        on periods.period_start = locks.period

)

select * from final
