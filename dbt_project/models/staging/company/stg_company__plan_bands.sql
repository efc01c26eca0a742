-- Grain: one row per band of a component (plan, plan_version, component, band_number).
with source as (

    select * from {{ source('rules', 'plan_band') }}

),

final as (

    select
        plan,
        version as plan_version,
        component,
        band_number,
        at_least,
        below,
        rate,
        start_value,
        end_value
    from source

)

select * from final
