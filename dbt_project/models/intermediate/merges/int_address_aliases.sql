-- Grain: one row per e-mail address whose person merges made another one (lost_person_key).
-- Why: who is merged takes the address along, so that what names the address finds the survivor. An
-- address whose records were merged into several people is shared: it stays with its own person.
with people as (

    select * from {{ ref('stg_file_drop__people') }}

),

leads as (

    select * from {{ ref('stg_file_drop__leads') }}

),

person_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'people'

),

lead_aliases as (

    select * from {{ ref('int_record_aliases') }}
    where entity = 'leads'

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

person_records as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'person_id']) }} as record_key,
        {{ address_person_key('email_hash') }} as address_key
    from people

),

linked_leads as (

    select
        {{ surrogate_key([
            'leads.source_system', 'leads.source_instance', 'leads.lead_id'
        ]) }} as record_key,
        {{ address_person_key('leads.email_hash') }} as address_key,
        {{ surviving_key(
            'person_aliases', 'reference_origins.people_origin', 'leads.person_id'
        ) }} as person_record_key
    from leads
    left join reference_origins
        on leads.source_instance = reference_origins.source_name
    left join person_aliases
        on {{ merged_away(
            'person_aliases', 'reference_origins.people_origin', 'leads.person_id'
        ) }}

),

lead_records as (

    select
        linked_leads.record_key,
        linked_leads.address_key,
        coalesce(person_records.address_key, person_records.record_key) as linked_person_key
    from linked_leads
    left join person_records
        on linked_leads.person_record_key = person_records.record_key

),

moved as (

    select
        losers.address_key as losing_id,
        coalesce(survivors.address_key, survivors.record_key) as surviving_id,
        person_aliases.merged_date
    from person_aliases
    inner join person_records as losers
        on person_aliases.losing_key = losers.record_key
    inner join person_records as survivors
        on person_aliases.surviving_key = survivors.record_key
    union all
    -- A lead that has a contact is who the contact is.
    select
        losers.address_key as losing_id,
        coalesce(
            survivors.linked_person_key, survivors.address_key, survivors.record_key
        ) as surviving_id,
        lead_aliases.merged_date
    from lead_aliases
    inner join lead_records as losers
        on lead_aliases.losing_key = losers.record_key
    inner join lead_records as survivors
        on lead_aliases.surviving_key = survivors.record_key
    where losers.linked_person_key is null

),

pointed as (

    select
        losing_id,
        min(surviving_id) as surviving_id,
        min(merged_date) as merged_date
    from moved
    where losing_id <> surviving_id
    group by losing_id
    having min(surviving_id) = max(surviving_id)

),

{{ chain_ends('pointed') }},

final as (

    select
        ended.losing_id as lost_person_key,
        ended.end_id as person_key,

        pointed.merged_date
    from ended
    inner join pointed
        on ended.losing_id = pointed.losing_id
    where ended.losing_id <> ended.end_id

)

select * from final
