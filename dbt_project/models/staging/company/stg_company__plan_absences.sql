-- Grain: one row per kind of absence that a version of a plan does not pay for (plan, plan_version, absence_kind).
with source as (

    select * from {{ source('rules', 'plan_absence') }}

),

final as (

    select
        plan,
        version as plan_version,
        absence_kind
    from source

)

select * from final
