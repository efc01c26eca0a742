-- Grain: one row per currency and validity (currency_code, valid_from).
with source as (

    select * from {{ source('rules', 'fx_rate') }}

),

final as (

    select
        currency_code,
        valid_from,
        valid_to,
        rate
    from source

)

select * from final
