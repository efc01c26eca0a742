-- Grain: one row per account of a source (source_instance, account_id).
with source as (

    select * from {{ source('raw_file_drop', 'accounts') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, account_id
        order by {{ newest_delivery_first('updated_at') }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        account_id,
        account_name,
        parent_account_id,
        domain,
        industry,
        segment,
        region,
        country,
        icp_tier,
        coalesce(is_target_account, false) as is_target_account,
        employee_count,
        annual_revenue,
        owner_employee_id,
        customer_since_date,
        coalesce(is_test, false) as is_test,
        coalesce(is_competitor, false) as is_competitor,
        coalesce(is_deleted, false) as is_deleted,
        created_at,
        updated_at,
        attributes
    from newest

)

select * from final
