-- Grain: one row per segment, * being the default (segment).
with source as (

    select * from {{ source('rules', 'handoff_sla') }}

),

final as (

    select
        segment,
        business_hours
    from source

)

select * from final
