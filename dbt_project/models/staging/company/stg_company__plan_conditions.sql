-- Grain: one row per band of a condition of a component (plan, plan_version, component, condition_number, band_number).
with source as (

    select * from {{ source('rules', 'plan_condition') }}

),

final as (

    select
        plan,
        version as plan_version,
        component,
        condition_number,
        kind as condition_kind,
        of_component,
        of_kpi,
        kpi_of,
        goal,
        band_number,
        at_least,
        below,
        factor
    from source

)

select * from final
