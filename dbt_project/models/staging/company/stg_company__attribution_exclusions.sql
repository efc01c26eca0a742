-- Grain: one row per excluded or direct value (field_name, field_value).
with source as (

    select * from {{ source('rules', 'attribution_exclusion') }}

),

final as (

    select
        field_name,
        field_value
    from source

)

select * from final
