-- Grain: one row per type of touches that is a click in a message (touch_type).
with source as (

    select * from {{ source('rules', 'machine_click_type') }}

),

final as (

    select touch_type
    from source

)

select * from final
