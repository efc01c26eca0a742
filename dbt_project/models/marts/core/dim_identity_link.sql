-- Grain: one row per source record of a person or an account (identity_link_key).
-- Why: says for each source id who it is and how we know: its own id, an equal e-mail address or
-- a link in the source, which are exact, or what a visitor did under one anonymous id.
with accounts as (

    select * from {{ ref('conformed_accounts') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

anonymous_persons as (

    select * from {{ ref('int_anonymous_persons') }}

),

unioned as (

    select
        'account' as source_entity,
        source_system,
        source_instance,
        source_id,
        cast(null as varchar) as person_key,
        account_key,
        'own_id' as method,
        cast(1 as decimal(9, 6)) as confidence,
        created_date as known_from_date
    from accounts
    union all
    select
        'person' as source_entity,
        source_system,
        source_instance,
        source_id,
        person_key,
        cast(null as varchar) as account_key,
        case when email_hash is null then 'own_id' else 'email' end as method,
        cast(1 as decimal(9, 6)) as confidence,
        created_date as known_from_date
    from people
    union all
    select
        'lead' as source_entity,
        leads.source_system,
        leads.source_instance,
        leads.source_id,
        leads.person_key,
        cast(null as varchar) as account_key,
        case
            when people.person_record_key is not null then 'source_link'
            when leads.email_hash is not null then 'email'
            else 'own_id'
        end as method,
        cast(1 as decimal(9, 6)) as confidence,
        leads.created_date as known_from_date
    from leads
    left join people
        on leads.person_record_key = people.person_record_key
    union all
    select
        'visitor' as source_entity,
        source_system,
        source_instance,
        anonymous_id as source_id,
        person_key,
        cast(null as varchar) as account_key,
        case when is_known then 'anonymous_touch' else 'own_id' end as method,
        confidence,
        first_seen_date as known_from_date
    from anonymous_persons

),

final as (

    select
        {{ surrogate_key([
            'source_entity', 'source_system', 'source_instance', 'source_id'
        ]) }} as identity_link_key,
        person_key,
        account_key,

        source_entity,
        source_system,
        source_instance,
        source_id,
        method,

        confidence,

        coalesce(known_from_date, date '1900-01-01') as valid_from
    from unioned

)

select * from final
