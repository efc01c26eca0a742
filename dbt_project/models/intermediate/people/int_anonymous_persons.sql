-- Grain: one row per anonymous id of a source (source_system, source_instance, anonymous_id).
-- Why: it stands for the person of its earliest identified touch, and for itself without one. The
-- confidence is the share of its identified touches that name this person. The touches are read
-- twice because a CTE that is read twice is written out first, and there are millions of them.
with seen as (

    select
        source_system,
        source_instance,
        anonymous_id,
        count(*) as touch_count,
        min(touched_date) as first_seen_date
    from {{ ref('conformed_touches') }}
    where anonymous_id is not null
    group by source_system, source_instance, anonymous_id

),

named as (

    select
        source_system,
        source_instance,
        anonymous_id,
        known_person_key,
        count(*) as touch_count,
        min(touched_at) as first_touched_at,
        {{ first_value_by('source_id', ['touched_at', 'source_id']) }} as first_source_id
    from {{ ref('conformed_touches') }}
    where anonymous_id is not null and known_person_key is not null
    group by source_system, source_instance, anonymous_id, known_person_key

),

chosen as (

    select
        source_system,
        source_instance,
        anonymous_id,
        {{ first_value_by('known_person_key', ['first_touched_at', 'first_source_id']) }}
            as known_person_key,
        {{ first_value_by('touch_count', ['first_touched_at', 'first_source_id']) }}
            as person_touch_count,
        sum(touch_count) as identified_touch_count
    from named
    group by source_system, source_instance, anonymous_id

),

final as (

    select
        coalesce(
            chosen.known_person_key,
            {{ surrogate_key([
                "'anonymous'",
                'seen.source_system',
                'seen.source_instance',
                'seen.anonymous_id',
            ]) }}
        ) as person_key,

        seen.source_system,
        seen.source_instance,
        seen.anonymous_id,

        seen.touch_count,
        case
            when chosen.known_person_key is null then cast(1 as decimal(9, 6))
            else cast(
                {{ safe_ratio('chosen.person_touch_count', 'chosen.identified_touch_count') }}
                as decimal(9, 6)
            )
        end as confidence,

        chosen.known_person_key is not null as is_known,

        seen.first_seen_date
    from seen
    left join chosen
        on
            seen.source_system = chosen.source_system
            and seen.source_instance = chosen.source_instance
            and seen.anonymous_id = chosen.anonymous_id

)

select * from final
