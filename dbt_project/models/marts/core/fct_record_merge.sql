-- Grain: one row per merge of two records of a source (record_merge_key).
-- Why: a merge is an event; its outcome says whether what named the lost id leads to the survivor,
-- and if not, why.
with record_merges as (

    select * from {{ ref('int_record_merges') }}

),

record_aliases as (

    select * from {{ ref('int_record_aliases') }}

),

people as (

    select * from {{ ref('conformed_people') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

keyed as (

    select
        {{ surrogate_key([
            'record_merges.source_system',
            'record_merges.source_instance',
            'record_merges.merge_id',
        ]) }} as record_merge_key,
        record_aliases.surviving_key,

        record_merges.source_system,
        record_merges.source_instance,
        record_merges.merge_id as source_id,
        case record_merges.entity
            when 'accounts' then 'account'
            when 'people' then 'person'
            when 'leads' then 'lead'
            else 'other'
        end as source_entity,
        record_merges.losing_id,
        record_merges.surviving_id,
        case
            when record_merges.outcome <> 'counts' then record_merges.outcome
            when coalesce(record_aliases.is_end_delivered, false) then 'applied'
            else 'unknown_survivor'
        end as outcome,

        record_merges.merged_date,

        record_merges.merged_at
    from record_merges
    left join record_aliases
        on
            record_merges.entity = record_aliases.entity
            and record_merges.origin = record_aliases.origin
            and record_merges.losing_id = record_aliases.losing_id
            and record_merges.end_id is not null

),

final as (

    select
        keyed.record_merge_key,
        case
            when keyed.source_entity = 'person' then people.person_key
            when keyed.source_entity = 'lead' then leads.person_key
        end as person_key,
        case when keyed.source_entity = 'account' then keyed.surviving_key end as account_key,

        keyed.source_system,
        keyed.source_instance,
        keyed.source_id,
        keyed.source_entity,
        keyed.losing_id,
        keyed.surviving_id,
        keyed.outcome,

        keyed.merged_date,

        keyed.merged_at
    from keyed
    left join people
        on keyed.surviving_key = people.person_record_key
    left join leads
        on keyed.surviving_key = leads.lead_key

)

select * from final
