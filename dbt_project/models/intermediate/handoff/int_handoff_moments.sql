-- Grain: one row per clock of a hand-off and moment that is measured (handoff_key, clock_number, moment).
-- Why: where a moment lies on its owner's axis of seconds at work: outside the hours it
-- lies where they end or begin.
with clocks as (

    select * from {{ ref('int_handoff_clocks') }}

),

handoffs as (

    select * from {{ ref('int_handoffs_decided') }}

),

touches as (

    select * from {{ ref('int_handoff_touches') }}

),

business_days as (

    select * from {{ ref('int_business_days') }}

),

described as (

    select
        clocks.handoff_key,
        clocks.clock_number,
        clocks.time_zone,
        clocks.started_at,
        clocks.handed_on_at,
        least(handoffs.mql_at, handoffs.assigned_at) as qualified_at,
        handoffs.assigned_at,
        coalesce(
            touches.first_human_touch_at, handoffs.returned_at, {{ end_of_as_of_date() }}
        ) as waited_until
    from clocks
    inner join handoffs
        on clocks.handoff_key = handoffs.handoff_key
    left join touches
        on clocks.handoff_key = touches.handoff_key

),

moments as (
    {% for moment, column in [
        ('started', 'started_at'),
        ('assigned', 'assigned_at'),
        ('qualified', 'coalesce(qualified_at, assigned_at)'),
        ('waited', 'waited_until'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        handoff_key,
        clock_number,
        time_zone,
        '{{ moment }}' as moment,
        {{ column }} as moment_at
    from described
    where handed_on_at is null or '{{ moment }}' = 'started'
    {%- endfor %}

),

placed as (

    select
        *,
        {{ local_date('moment_at', 'time_zone') }} as business_date
    from moments

),

final as (

    select
        placed.handoff_key,

        placed.moment,
        placed.time_zone,

        placed.clock_number,
        business_days.work_seconds_before + case
            when placed.moment_at <= business_days.opens_at then 0
            when placed.moment_at >= business_days.closes_at then business_days.work_seconds
            when business_days.opens_at is null then 0
            else {{ seconds_between('business_days.opens_at', 'placed.moment_at') }}
        end as position_seconds,

        placed.moment_at
    from placed
    left join business_days
        on
            placed.time_zone = business_days.time_zone
            and placed.business_date = business_days.business_date

)

select * from final
