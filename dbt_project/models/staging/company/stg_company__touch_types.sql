-- Grain: one row per listed type of touches (touch_type).
with source as (

    select * from {{ source('rules', 'touch_type') }}

),

final as (

    select
        touch_type,
        direction,
        is_attributable,
        business_function
    from source

)

select * from final
