-- Grain: one row per month of the ledger, from the first that has anything to pay (period).
with months as (

    select * from {{ ref('int_comp_months') }}

),

locks as (

    select * from {{ ref('stg_ledger__period_locks') }}

),

pending as (

    select
        posting_period,
        cast(count(*) as integer) as posting_count
    from {{ ref('comp_pending_posting') }}
    group by posting_period

),

first_period as (

    select min(periods.period) as period
    from (
        select period from locks
        union all
        select posting_period as period from pending
    ) as periods

),

final as (

    select
        months.status,
        locks.previous_hash,
        locks.ledger_hash,

        locks.posting_count,
        locks.statement_count,
        coalesce(pending.posting_count, 0) as pending_count,

        months.period,
        months.period_end,
        locks.closed_as_of_date
    from months
    inner join first_period
        on months.period >= first_period.period
    left join locks
        on months.period = locks.period
    left join pending
        on months.period = pending.posting_period
    where months.has_begun or locks.period is not null

)

select * from final
