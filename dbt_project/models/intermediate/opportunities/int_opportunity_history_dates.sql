-- Grain: one row per opportunity with a history (opportunity_key).
with history as (

    select * from {{ ref('conformed_opportunity_history') }}

),

sales_stages as (

    select * from {{ ref('stg_company__sales_stages') }}

),

final as (

    select
        history.opportunity_key,

        count(history.sales_stage) > 0 as has_stages,

        min(history.changed_date) as first_changed_date,
        max(history.changed_date) as last_changed_date,
        min(history.changed_date) filter (where sales_stages.is_pipeline)
            as first_pipeline_date,
        max(history.changed_date) filter (where not sales_stages.is_open)
            as last_closed_date
    from history
    left join sales_stages
        on history.sales_stage = sales_stages.sales_stage
    group by history.opportunity_key

)

select * from final
