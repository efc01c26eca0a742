-- Grain: one row per id of an account, person or lead that merges gave up (entity, origin, losing_id).
-- Why: says which delivered record stands for it now. Merges into a record that nobody delivered
-- still make one of those that led to it: the smallest delivered id stands for them.
with record_merges as (

    select * from {{ ref('int_record_merges') }}
    where end_id is not null

),

accounts as (

    select * from {{ ref('stg_file_drop__accounts') }}

),

people as (

    select * from {{ ref('stg_file_drop__people') }}

),

leads as (

    select * from {{ ref('stg_file_drop__leads') }}

),

delivered as (

    {% for entity, id in {'accounts': 'account_id', 'people': 'person_id', 'leads': 'lead_id'}.items() -%}
    {{ "union all" if not loop.first }}
    select
        '{{ entity }}' as entity,
        concat_ws(chr(31), source_system, source_instance) as origin,
        {{ id }} as record_id,
        is_deleted
    from {{ entity }}
    {% endfor %}

),

named as (

    select
        entity,
        origin,
        end_id,
        losing_id as record_id,
        min(merged_at) as merged_at
    from record_merges
    group by entity, origin, end_id, losing_id
    union all
    select
        entity,
        origin,
        end_id,
        end_id as record_id,
        min(merged_at) as merged_at
    from record_merges
    group by entity, origin, end_id

),

-- Of a ring the end is one of those that were merged.
members as (

    select
        named.entity,
        named.origin,
        named.end_id,
        named.record_id,
        min(named.merged_at) as merged_at,
        min(delivered.record_id) as delivered_id,
        coalesce(bool_or(not delivered.is_deleted), false) as is_standing
    from named
    left join delivered
        on
            named.entity = delivered.entity
            and named.origin = delivered.origin
            and named.record_id = delivered.record_id
    group by named.entity, named.origin, named.end_id, named.record_id

),

chosen as (

    select
        entity,
        origin,
        end_id,
        coalesce(
            min(case when delivered_id = end_id then delivered_id end), min(delivered_id)
        ) as surviving_id
    from members
    group by entity, origin, end_id

),

final as (

    select
        members.entity,
        members.origin,
        members.record_id as losing_id,
        chosen.surviving_id,
        {{ reference_key('members.origin', 'members.record_id') }} as losing_key,
        {{ reference_key('members.origin', 'chosen.surviving_id') }} as surviving_key,

        members.delivered_id is not null as is_delivered,
        members.is_standing,
        chosen.surviving_id = chosen.end_id as is_end_delivered,

        {{ company_date('members.merged_at') }} as merged_date,

        members.merged_at
    from members
    inner join chosen
        on
            members.entity = chosen.entity
            and members.origin = chosen.origin
            and members.end_id = chosen.end_id
    where members.record_id <> chosen.surviving_id

)

select * from final
