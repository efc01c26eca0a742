-- Grain: one row per KPI (kpi).
with source as (

    select * from {{ source('rules', 'kpi_definition') }}

),

final as (

    select
        kpi,
        kpi_label,
        description,
        formula,
        example,
        unit,
        aggregation,
        state,
        date_role,
        owner,
        kpi_group,
        is_additive,
        maturity_rule,
        numerator_component,
        denominator_component,
        factors,
        divisors,
        at_most,
        product_level,
        dimensions,
        contract_version,
        headline_order
    from source

)

select * from final
