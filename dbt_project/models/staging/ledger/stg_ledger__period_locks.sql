-- Grain: one row per locked period (period).
with source as (

    select * from {{ source('ledger', 'period_lock') }}

),

final as (

    select
        period,
        period_end,
        closed_as_of_date,
        posting_count,
        statement_count,
        previous_hash,
        ledger_hash,
        publish_version
    from source

)

select * from final
