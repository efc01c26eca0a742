-- Grain: one row per type of deal that a component counts, of those that count some only (plan, plan_version, component, opportunity_type).
with source as (

    select * from {{ source('rules', 'plan_opportunity_type') }}

),

final as (

    select
        plan,
        version as plan_version,
        component,
        opportunity_type
    from source

)

select * from final
