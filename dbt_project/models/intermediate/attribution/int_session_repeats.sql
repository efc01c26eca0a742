-- Grain: one row per touch that is not the first of its web session (touch_key).
-- Why: one visit is one touch, whatever was looked at and filled in on it. Only sessions of several
-- touches are sorted. Without attribution.yml, or where it says so, nothing repeats.
with creditable as (

    select * from {{ ref('int_creditable_touches') }}
    where session_key is not null

),

settings as (

    select * from {{ ref('stg_company__attribution_settings') }}
    where has_one_touch_per_session

),

sessions as (

    select creditable.session_key
    from creditable
    cross join settings
    group by creditable.session_key
    having count(*) > 1

),

ordered as (

    select
        creditable.touch_key,
        row_number() over (
            partition by creditable.session_key
            order by
                creditable.touched_at,
                creditable.source_priority nulls last,
                creditable.touch_key
        ) as number_in_session
    from creditable
    inner join sessions
        on creditable.session_key = sessions.session_key

),

final as (

    select touch_key
    from ordered
    where number_in_session > 1

)

select * from final
