-- Grain: one row per posting (posting_key).
with source as (

    select * from {{ source('ledger', 'posting') }}

),

final as (

    select
        posting_key,
        payee_key,
        component_key,
        earning_line_key,
        override_key,
        root_event_key,
        entry_type,
        reason,
        currency_code,
        explanation,
        amount,
        amount_reporting,
        is_reversal,
        posting_period,
        origin_period,
        event_date
    from source

)

select * from final
