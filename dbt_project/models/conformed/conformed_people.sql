-- Grain: one row per known person of a source (person_record_key).
-- Why: records with the same e-mail address are one person; without one, a record is its own
-- person. A record that was merged is the person of the one that it was merged into.
with people as (

    select * from {{ ref('stg_file_drop__people') }}

),

account_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'accounts'

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

address_aliases as (

    select * from {{ ref('int_address_aliases') }}

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
        {{ surviving_key(
            'account_aliases', 'reference_origins.accounts_origin', 'people.account_id'
        ) }} as account_key,

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
            when merged_records.losing_key is not null then 'duplicate'
            when internal_domains.domain is not null then 'internal'
        end as exclusion_reason,

        {{ company_date('people.created_at') }} as created_date,

        people.created_at
    from people
    left join reference_origins
        on people.source_instance = reference_origins.source_name
    left join account_aliases
        on {{ merged_away(
            'account_aliases', 'reference_origins.accounts_origin', 'people.account_id'
        ) }}
    left join person_aliases as merged_records
        on
            {{ surrogate_key([
                'people.source_system', 'people.source_instance', 'people.person_id'
            ]) }} = merged_records.losing_key
    left join internal_domains
        on people.email_domain = internal_domains.domain

),

identified as (

    select
        keyed.person_record_key,
        coalesce(
            address_aliases.person_key,
            {{ address_person_key('keyed.email_hash') }},
            keyed.person_record_key
        ) as person_key
    from keyed
    left join address_aliases
        on {{ address_person_key('keyed.email_hash') }} = address_aliases.lost_person_key

),

final as (

    select
        keyed.*,
        coalesce(survivors.person_key, identified.person_key) as person_key,
        keyed.exclusion_reason is null as is_reportable
    from keyed
    inner join identified
        on keyed.person_record_key = identified.person_record_key
    left join person_aliases
        on keyed.person_record_key = person_aliases.losing_key
    left join identified as survivors
        on person_aliases.surviving_key = survivors.person_record_key

)

select * from final
