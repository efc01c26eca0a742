-- Grain: one row per conversion that is measured (from_stage, to_stage).
with source as (

    select * from {{ source('rules', 'conversion') }}

),

final as (

    select
        from_stage,
        to_stage,
        window_days,
        conversion_order
    from source

)

select * from final
