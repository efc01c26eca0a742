-- Grain: one row per person of a source (source_instance, person_id).
with source as (

    select * from {{ source('raw_file_drop', 'people') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, person_id
        order by {{ newest_delivery_first('updated_at') }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        person_id,
        account_id,
        {{ email_hash('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        full_name is not null as has_full_name,
        job_title,
        persona,
        country,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer,
        click_id_type,
        source_field,
        has_consent,
        coalesce(is_test, false) as is_test,
        coalesce(is_deleted, false) as is_deleted,
        created_at,
        updated_at,
        attributes
    from newest

)

select * from final
