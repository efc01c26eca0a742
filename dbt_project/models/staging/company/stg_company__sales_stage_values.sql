-- Grain: one row per source and value of its stage field (source_name, source_value).
with source as (

    select * from {{ source('rules', 'sales_stage_value') }}

),

final as (

    select
        source_name,
        source_value,
        sales_stage
    from source

)

select * from final
