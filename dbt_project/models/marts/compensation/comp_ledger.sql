-- Grain: one row per posting (posting_key).
-- Why: append-only. Everything that is paid is a sum of these rows, and no run changes one.
with postings as (

    select * from {{ ref('stg_ledger__postings') }}

),

locks as (

    select * from {{ ref('stg_ledger__period_locks') }}

),

final as (

    select
        postings.posting_key,
        postings.payee_key,
        postings.component_key,
        postings.earning_line_key,
        postings.override_key,
        postings.root_event_key,

        postings.entry_type,
        postings.reason,
        postings.currency_code,
        postings.explanation,

        postings.amount,
        postings.amount_reporting,

        postings.is_reversal,

        postings.posting_period,
        postings.origin_period,
        postings.event_date,
        locks.closed_as_of_date as posted_date
    from postings
    inner join locks
        on postings.posting_period = locks.period

)

select * from final
