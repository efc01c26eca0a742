-- Grain: one row per type of conversion (conversion_type).
with source as (

    select * from {{ source('rules', 'attribution_lookback') }}

),

final as (

    select
        conversion_type,
        lookback_seconds
    from source

)

select * from final
