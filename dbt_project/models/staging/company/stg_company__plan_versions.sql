-- Grain: one row per version of a pay plan (plan, plan_version).
with source as (

    select * from {{ source('rules', 'plan_version') }}

),

final as (

    select
        plan,
        version as plan_version,
        plan_label,
        approved_by,
        approved_date,
        author,
        approval_is_verified,
        valid_from,
        valid_to
    from source

)

select * from final
