-- Grain: one row per holiday (holiday_date).
with source as (

    select * from {{ source('rules', 'holiday') }}

),

final as (

    select
        holiday_date,
        holiday_name
    from source

)

select * from final
