-- Grain: one row per sales stage (sales_stage).
with source as (

    select * from {{ source('rules', 'sales_stage') }}

),

final as (

    select
        sales_stage,
        sales_stage_label,
        sales_stage_order,
        kind,
        is_open,
        is_won,
        is_lost,
        is_pipeline,
        probability,
        forecast_category,
        stalled_after_days,
        is_assumed_open
    from source

)

select * from final
