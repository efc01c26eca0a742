-- Grain: one row per campaign of a source (source_instance, campaign_id).
with source as (

    select * from {{ source('raw_file_drop', 'campaigns') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, campaign_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        campaign_id,
        campaign_name,
        campaign_group,
        campaign_type,
        source_field,
        objective,
        reach,
        owner_employee_id,
        budget_amount,
        currency_code,
        start_date,
        end_date,
        coalesce(is_deleted, false) as is_deleted,
        attributes
    from newest

)

select * from final
