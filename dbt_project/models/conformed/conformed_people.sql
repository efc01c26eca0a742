-- Grain: one row per known person of a source (person_record_key).
-- Why: records with the same e-mail address are one person; without one, a record is its own person.
with people as (

    select * from {{ ref('stg_file_drop__people') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

internal_domains as (

    select * from {{ ref('stg_company__internal_domains') }}

),

keyed as (

    select
        {{ surrogate_key([
            'people.source_system', 'people.source_instance', 'people.person_id'
        ]) }} as person_record_key,
        {{ reference_key('reference_origins.accounts_origin', 'people.account_id') }}
            as account_key,

        people.source_system,
        people.source_instance,
        people.person_id as source_id,
        people.job_title,
        people.persona,
        people.country,
        people.email_hash,
        people.email_domain,
        people.utm_source,
        people.utm_medium,
        people.utm_campaign,
        people.referrer,
        people.click_id_type,
        people.source_field,
        people.attributes,

        people.has_full_name,
        people.has_consent,
        case
            when people.is_deleted then 'deleted'
            when people.is_test then 'test'
            when internal_domains.domain is not null then 'internal'
        end as exclusion_reason,

        {{ company_date('people.created_at') }} as created_date,

        people.created_at
    from people
    left join reference_origins
        on people.source_instance = reference_origins.source_name
    left join internal_domains
        on people.email_domain = internal_domains.domain

),

final as (

    select
        *,
        coalesce({{ address_person_key('email_hash') }}, person_record_key) as person_key,
        exclusion_reason is null as is_reportable
    from keyed

)

select * from final
