-- Grain: one row per source record of a person or an account (identity_link_key).
-- Why: says for each source id who it is and how we know: its own id, an equal e-mail address, a
-- link in the source or a merge there, which are exact, or what a visitor did under one anonymous
-- id. An id that was merged away has its row, whether its record is still delivered or not.
with accounts as (

    select * from {{ ref('conformed_accounts') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

record_aliases as (

    select * from {{ ref('int_record_aliases') }}

),

anonymous_persons as (

    select * from {{ ref('int_anonymous_persons') }}

),

-- A lead that has a contact is who the contact is, merged or not.
linked_leads as (

    select
        leads.lead_key,
        people.person_record_key is not null as is_linked
    from leads
    left join people
        on leads.person_record_key = people.person_record_key

),

merged as (

    select
        'account' as source_entity,
        accounts.source_system,
        accounts.source_instance,
        record_aliases.losing_id as source_id,
        record_aliases.losing_key as record_key,
        cast(null as varchar) as person_key,
        accounts.account_key,
        record_aliases.merged_date
    from record_aliases
    inner join accounts
        on record_aliases.surviving_key = accounts.account_key
    where record_aliases.entity = 'accounts'
    union all
    select
        'person' as source_entity,
        people.source_system,
        people.source_instance,
        record_aliases.losing_id as source_id,
        record_aliases.losing_key as record_key,
        people.person_key,
        cast(null as varchar) as account_key,
        record_aliases.merged_date
    from record_aliases
    inner join people
        on record_aliases.surviving_key = people.person_record_key
    where record_aliases.entity = 'people'
    union all
    select
        'lead' as source_entity,
        leads.source_system,
        leads.source_instance,
        record_aliases.losing_id as source_id,
        record_aliases.losing_key as record_key,
        leads.person_key,
        cast(null as varchar) as account_key,
        record_aliases.merged_date
    from record_aliases
    inner join leads
        on record_aliases.surviving_key = leads.lead_key
    left join linked_leads
        on record_aliases.losing_key = linked_leads.lead_key
    where record_aliases.entity = 'leads' and not coalesce(linked_leads.is_linked, false)

),

unioned as (

    select
        'account' as source_entity,
        accounts.source_system,
        accounts.source_instance,
        accounts.source_id,
        cast(null as varchar) as person_key,
        accounts.account_key,
        'own_id' as method,
        cast(1 as decimal(9, 6)) as confidence,
        accounts.created_date as known_from_date
    from accounts
    left join merged
        on accounts.account_key = merged.record_key and merged.source_entity = 'account'
    where merged.record_key is null
    union all
    select
        'person' as source_entity,
        people.source_system,
        people.source_instance,
        people.source_id,
        people.person_key,
        cast(null as varchar) as account_key,
        case when people.email_hash is null then 'own_id' else 'email' end as method,
        cast(1 as decimal(9, 6)) as confidence,
        people.created_date as known_from_date
    from people
    left join merged
        on people.person_record_key = merged.record_key and merged.source_entity = 'person'
    where merged.record_key is null
    union all
    select
        'lead' as source_entity,
        leads.source_system,
        leads.source_instance,
        leads.source_id,
        leads.person_key,
        cast(null as varchar) as account_key,
        case
            when linked_leads.is_linked then 'source_link'
            when leads.email_hash is not null then 'email'
            else 'own_id'
        end as method,
        cast(1 as decimal(9, 6)) as confidence,
        leads.created_date as known_from_date
    from leads
    left join linked_leads
        on leads.lead_key = linked_leads.lead_key
    left join merged
        on leads.lead_key = merged.record_key and merged.source_entity = 'lead'
    where merged.record_key is null
    union all
    select
        source_entity,
        source_system,
        source_instance,
        source_id,
        person_key,
        account_key,
        'crm_merge' as method,
        cast(1 as decimal(9, 6)) as confidence,
        merged_date as known_from_date
    from merged
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
