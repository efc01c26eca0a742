-- Grain: one row per sales stage, and one for unmapped values (sales_stage_key).
-- Why: an unmapped stage counts as open and outside pipeline until somebody maps it.
with sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

unioned as (

    select
        sales_stage,
        sales_stage_label as sales_stage_name,
        kind as sales_stage_group,
        forecast_category,
        sales_stage_order,
        probability,
        stalled_after_days,
        is_open,
        is_won,
        is_lost,
        is_pipeline,
        is_assumed_open
    from sales_stages
    union all
    select
        'unmapped' as sales_stage,
        'Unmapped' as sales_stage_name,
        'open' as sales_stage_group,
        cast(null as varchar) as forecast_category,
        cast(null as integer) as sales_stage_order,
        cast(null as decimal(9, 6)) as probability,
        cast(null as integer) as stalled_after_days,
        true as is_open,
        false as is_won,
        false as is_lost,
        false as is_pipeline,
        false as is_assumed_open

),

final as (

    select
        {{ surrogate_key(['sales_stage']) }} as sales_stage_key,

        sales_stage,
        sales_stage_name,
        sales_stage_group,
        forecast_category,

        sales_stage_order,
        probability,
        stalled_after_days,

        is_open,
        is_won,
        is_lost,
        is_pipeline,
        is_assumed_open
    from unioned

)

select * from final
