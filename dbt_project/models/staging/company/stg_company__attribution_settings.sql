-- Grain: one row: how the company attributes; none for a company that attributes nothing.
with source as (

    select * from {{ source('rules', 'attribution_setting') }}

),

final as (

    select
        buying_group,
        platform_conversion_type,
        half_life_seconds,
        stops_at_previous_won,
        has_one_touch_per_session
    from source

)

select * from final
