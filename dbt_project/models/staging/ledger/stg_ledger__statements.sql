-- Grain: one row per payee, period and currency that was frozen (payee_key, period, currency_code).
with source as (

    select * from {{ source('ledger', 'statement') }}

),

final as (

    select
        payee_key,
        period,
        currency_code,
        opening_amount,
        posted_amount,
        closing_amount,
        line_count,
        content_hash
    from source

)

select * from final
