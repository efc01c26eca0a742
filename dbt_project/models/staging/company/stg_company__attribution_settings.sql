-- Grain: one row where the company attributes anything, else none.
with source as (

    select * from {{ source('rules', 'attribution_setting') }}

),

final as (

    select
        buying_group,
        half_life_seconds,
        stops_at_previous_won
    from source

)

select * from final
