-- Grain: one row per listed reason (reason_type, reason).
with source as (

    select * from {{ source('rules', 'reason') }}

),

final as (

    select
        reason_type,
        reason,
        reason_label,
        reason_group
    from source

)

select * from final
