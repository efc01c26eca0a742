-- Grain: one row per product, product family or type of line that a component counts, of those that count some only (plan, plan_version, component, sold_by, sold_value).
with source as (

    select * from {{ source('rules', 'plan_sold') }}

),

final as (

    select
        plan,
        version as plan_version,
        component,
        sold_by,
        sold_value
    from source

)

select * from final
