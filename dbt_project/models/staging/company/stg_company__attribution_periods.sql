-- Grain: one row per period of algorithmic attribution (period_grain).
with source as (

    select * from {{ source('rules', 'attribution_period') }}

),

final as (

    select period_grain
    from source

)

select * from final
