-- Grain: one row per component and one that does not count what it counts (plan, plan_version, component, instead_of).
with source as (

    select * from {{ source('rules', 'plan_instead') }}

),

final as (

    select
        plan,
        version as plan_version,
        component,
        instead_of
    from source

)

select * from final
