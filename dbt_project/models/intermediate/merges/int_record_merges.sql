-- Grain: one row per merge of two records of a source (source_instance, merge_id).
-- Why: says whose id each merge leads to in the end, and whether it counts: of several merges of
-- one id the newest. Of records that were merged in a ring the smallest id stands for all.
with record_merges as (

    select * from {{ ref('stg_file_drop__record_merges') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

dated as (

    select
        record_merges.source_system,
        record_merges.source_instance,
        record_merges.merge_id,
        record_merges.entity,
        case
            when record_merges.entity = 'accounts' then reference_origins.accounts_origin
            when record_merges.entity = 'people' then reference_origins.people_origin
            when record_merges.entity = 'leads' then reference_origins.leads_origin
        end as origin,
        record_merges.losing_id,
        record_merges.surviving_id,
        {{ company_date('record_merges.merged_at') }} as merged_date,
        record_merges.merged_at
    from record_merges
    left join reference_origins
        on record_merges.source_instance = reference_origins.source_name

),

judged as (

    select
        *,
        case
            when origin is null then 'unknown_entity'
            when losing_id = surviving_id then 'into_itself'
            when merged_date > {{ as_of_date() }} then 'not_yet'
        end as obstacle
    from dated

),

ranked as (

    select
        *,
        row_number() over (
            partition by entity, origin, losing_id, obstacle
            order by merged_at desc, merge_id desc, source_instance asc
        ) as merge_rank
    from judged

),

counted as (

    select
        entity,
        origin,
        losing_id,
        surviving_id
    from ranked
    where obstacle is null and merge_rank = 1

),

{{ chain_ends('counted', within=['entity', 'origin']) }},

final as (

    select
        ranked.source_system,
        ranked.source_instance,
        ranked.merge_id,
        ranked.entity,
        ranked.origin,
        ranked.losing_id,
        ranked.surviving_id,
        ended.end_id,
        coalesce(
            ranked.obstacle,
            case
                when ended.losing_id is null then 'superseded'
                when ended.is_in_ring then 'ring'
                else 'counts'
            end
        ) as outcome,

        ranked.merged_date,

        ranked.merged_at
    from ranked
    left join ended
        on
            ranked.entity = ended.entity
            and ranked.origin = ended.origin
            and ranked.losing_id = ended.losing_id
            and ranked.obstacle is null
            and ranked.merge_rank = 1

)

select * from final
