-- Grain: one row per source whose touches come before others (source_name).
with source as (

    select * from {{ source('rules', 'attribution_source') }}

),

final as (

    select
        source_name,
        priority
    from source

)

select * from final
