-- Grain: one row per member of a component's pool who weighs more or less than 1 (plan, plan_version, component, employee_id).
with source as (

    select * from {{ source('rules', 'plan_pool_weight') }}

),

final as (

    select
        plan,
        version as plan_version,
        component,
        employee_id,
        weight
    from source

)

select * from final
