-- Grain: one row per state of an opportunity of a source (source_instance, opportunity_id, changed_at).
with source as (

    select * from {{ source('raw_file_drop', 'opportunity_history') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, opportunity_id, changed_at
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        opportunity_id,
        changed_at,
        sales_stage,
        amount,
        currency_code,
        close_date,
        forecast_category,
        owner_employee_id,
        changed_by,
        attributes
    from newest

)

select * from final
