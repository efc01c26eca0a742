-- Grain: one row per kind of pay and type of deal that is capitalised (component_kind, opportunity_type).
with source as (

    select * from {{ source('rules', 'contract_cost_rule') }}

),

final as (

    select
        kind as component_kind,
        opportunity_type,
        benefit_months
    from source

)

select * from final
