-- Grain: one row per model and type of conversion that it suits (model, conversion_type).
with source as (

    select * from {{ source('rules', 'attribution_model') }}

),

final as (

    select
        model,
        conversion_type,
        first_weight,
        lead_weight,
        opportunity_weight,
        last_weight,
        middle_weight
    from source

)

select * from final
