-- Grain: one row per click in a message that a machine made, by its speed (touch_key).
-- Why: filters of the recipients' mail open every link as soon as a message comes. Nobody reads it
-- within seconds of its sending, nor clicks several links at once. Each click is compared with the
-- last message before it and with the click so many places after it, so that a mailbox with any
-- number of clicks costs one sort.
with touches as (

    select * from {{ ref('conformed_touches') }}

),

message_sends as (

    select * from {{ ref('conformed_message_sends') }}

),

machine_clicks as (

    select * from {{ ref('stg_company__machine_clicks') }}

),

click_types as (

    select {{ normalised('touch_type') }} as touch_type
    from {{ ref('stg_company__machine_click_types') }}

),

clicks as (

    select
        touches.touch_key,
        touches.known_person_key,
        coalesce(
            touches.known_person_key,
            {{ surrogate_key([
                'touches.source_system', 'touches.source_instance', 'touches.anonymous_id'
            ]) }}
        ) as clicker_key,
        touches.touched_at
    from touches
    inner join click_types
        on touches.touch_type = click_types.touch_type
    where coalesce(touches.known_person_key, touches.anonymous_id) is not null

),

events as (

    select
        known_person_key as person_key,
        sent_at as happened_at,
        1 as event_rank,
        cast(null as varchar) as touch_key
    from message_sends
    where known_person_key is not null
    union all
    select
        known_person_key as person_key,
        touched_at as happened_at,
        2 as event_rank,
        touch_key
    from clicks
    where known_person_key is not null

),

after_sending as (

    select
        touch_key,
        happened_at,
        max(case when event_rank = 1 then happened_at end) over (
            partition by person_key
            order by happened_at, event_rank, touch_key
            rows between unbounded preceding and current row
        ) as last_sent_at
    from events

),

numbered as (

    select
        touch_key,
        clicker_key,
        touched_at,
        row_number() over (partition by clicker_key order by touched_at, touch_key)
            as click_number
    from clicks

),

-- A click that so many others follow within the time begins a burst.
begun as (

    select
        numbered.touch_key,
        numbered.clicker_key,
        numbered.click_number,
        machine_clicks.burst_clicks,
        sum(
            case
                when
                    {{ seconds_between('numbered.touched_at', 'later.touched_at') }}
                    <= machine_clicks.burst_seconds
                    then 1
                else 0
            end
        ) over (
            partition by numbered.clicker_key
            order by numbered.click_number
            rows between unbounded preceding and current row
        ) as begun_count
    from numbered
    cross join machine_clicks
    left join numbered as later
        on
            numbered.clicker_key = later.clicker_key
            and later.click_number
            = numbered.click_number + machine_clicks.burst_clicks - 1

),

-- It reaches as many clicks as a burst has at least.
bursts as (

    select
        begun.touch_key,
        begun.begun_count > coalesce(earlier.begun_count, 0) as is_in_burst
    from begun
    left join begun as earlier
        on
            begun.clicker_key = earlier.clicker_key
            and earlier.click_number = begun.click_number - begun.burst_clicks

),

judged as (

    select
        bursts.touch_key,
        case
            when
                {{ seconds_between('after_sending.last_sent_at', 'after_sending.happened_at') }}
                <= machine_clicks.seconds_after_send
                then 'click_after_sending'
            when bursts.is_in_burst then 'burst_of_clicks'
        end as machine_reason
    from bursts
    cross join machine_clicks
    left join after_sending
        on bursts.touch_key = after_sending.touch_key

),

final as (

    select
        touch_key,
        machine_reason
    from judged
    where machine_reason is not null

)

select * from final
