-- Grain: one row per segment, * being the default (segment).
with source as (

    select * from {{ source('rules', 'handoff_sla') }}

),

final as (

    select
        segment,
        business_hours,
        expires_after_days
    from source

)

select * from final
