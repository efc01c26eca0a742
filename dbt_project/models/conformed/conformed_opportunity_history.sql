-- Grain: one row per change of an opportunity (opportunity_key, changed_at).
with opportunity_history as (

    select * from {{ ref('stg_file_drop__opportunity_history') }}

),

stages_mapped as (

    select * from {{ ref('int_sales_stages_mapped') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ reference_key(
            'reference_origins.opportunities_origin', 'opportunity_history.opportunity_id'
        ) }} as opportunity_key,
        {{ employee_key('opportunity_history.owner_employee_id') }} as owner_employee_key,

        opportunity_history.source_system,
        opportunity_history.source_instance,
        stages_mapped.sales_stage,
        opportunity_history.forecast_category,
        opportunity_history.currency_code,
        opportunity_history.changed_by,

        opportunity_history.amount as amount_local,

        opportunity_history.close_date,
        {{ company_date('opportunity_history.changed_at') }} as changed_date,

        opportunity_history.changed_at
    from opportunity_history
    left join reference_origins
        on opportunity_history.source_instance = reference_origins.source_name
    left join stages_mapped
        on
            opportunity_history.source_instance = stages_mapped.source_instance
            and opportunity_history.sales_stage = stages_mapped.source_sales_stage

)

select * from final
