-- Grain: one row per opportunity of a source (source_instance, opportunity_id).
with source as (

    select * from {{ source('raw_file_drop', 'opportunities') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, opportunity_id
        order by {{ newest_delivery_first('updated_at') }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        opportunity_id,
        opportunity_name,
        account_id,
        owner_employee_id,
        sdr_employee_id,
        lead_id,
        primary_person_id,
        campaign_id,
        product_id,
        opportunity_type,
        sales_stage,
        forecast_category,
        loss_reason,
        competitor,
        source_field,
        amount,
        quantity,
        probability,
        currency_code,
        close_date,
        coalesce(is_test, false) as is_test,
        coalesce(is_deleted, false) as is_deleted,
        created_at,
        pipeline_at,
        updated_at,
        attributes
    from newest

)

select * from final
