-- Grain: one row per open weekday (weekday).
with source as (

    select * from {{ source('rules', 'business_hour') }}

),

final as (

    select
        weekday,
        opens_at,
        closes_at
    from source

)

select * from final
