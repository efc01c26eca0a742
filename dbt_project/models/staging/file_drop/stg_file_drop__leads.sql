-- Grain: one row per lead of a source (source_instance, lead_id).
with source as (

    select * from {{ source('raw_file_drop', 'leads') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, lead_id
        order by {{ newest_delivery_first('updated_at') }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        lead_id,
        person_id,
        account_id,
        {{ email_hash('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        full_name is not null as has_full_name,
        company_name,
        lead_status,
        owner_employee_id,
        campaign_id,
        content_asset_id,
        segment,
        region,
        country,
        job_title,
        persona,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer,
        click_id_type,
        source_field,
        score,
        rejection_reason,
        converted_opportunity_id,
        coalesce(is_test, false) as is_test,
        coalesce(is_duplicate, false) as is_duplicate,
        coalesce(is_deleted, false) as is_deleted,
        created_at,
        mql_at,
        handed_off_at,
        accepted_at,
        rejected_at,
        qualified_at,
        updated_at,
        attributes
    from newest

)

select * from final
