-- Grain: one row per person whom only the address of a touch or message names (person_key).
-- Why: whoever left an address is known by it, also before the CRM has a record; people of an
-- internal domain are not reportable.
with people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

internal_domains as (

    select * from {{ ref('stg_company__internal_domains') }}

),

addressed as (

    select
        known_person_key as person_key,
        email_hash,
        email_domain,
        touched_date as seen_date
    from {{ ref('conformed_touches') }}
    where email_hash is not null
    union all
    select
        known_person_key as person_key,
        email_hash,
        email_domain,
        sent_date as seen_date
    from {{ ref('conformed_message_sends') }}
    where email_hash is not null

),

recorded as (

    select person_key from people
    union all
    select person_key from leads

),

summed as (

    select
        person_key,
        min(email_hash) as email_hash,
        min(email_domain) as email_domain,
        min(seen_date) as first_seen_date
    from addressed
    group by person_key

),

final as (

    select
        summed.person_key,

        summed.email_hash,

        internal_domains.domain is null as is_reportable,

        summed.first_seen_date
    from summed
    left join recorded
        on summed.person_key = recorded.person_key
    left join internal_domains
        on summed.email_domain = internal_domains.domain
    where recorded.person_key is null

)

select * from final
