-- Grain: one row per hand-off (handoff_key).
-- Why: the last owner's clock is shown; a promise that an earlier owner broke stays
-- broken. Who was never answered waited until the lead came back, or waits still.
with clocks as (

    select * from {{ ref('int_handoff_clocks') }}

),

promises as (

    select * from {{ ref('int_handoff_promises') }}

),

touches as (

    select * from {{ ref('int_handoff_touches') }}

),

moments as (

    select * from {{ ref('int_handoff_moments') }}

),

ended as (

    select
        clocks.handoff_key,
        clocks.clock_number,
        clocks.owner_employee_key,
        clocks.team,
        clocks.time_zone,
        clocks.started_at,
        clocks.handed_on_at,
        promises.promised_hours,
        promises.due_at,
        touches.first_human_touch_at,
        coalesce(
            clocks.handed_on_at, touches.first_human_touch_at, {{ end_of_as_of_date() }}
        ) > promises.due_at as is_breached
    from clocks
    left join promises
        on
            clocks.handoff_key = promises.handoff_key
            and clocks.clock_number = promises.clock_number
    left join touches
        on clocks.handoff_key = touches.handoff_key

),

summed as (

    select
        handoff_key,
        count(*) - 1 as reassignment_count,
        coalesce(bool_or(is_breached), false) as is_breached
    from ended
    group by handoff_key

),

waited as (

    select
        handoff_key,
        max(position_seconds) filter (where moment = 'waited')
        - max(position_seconds) filter (where moment = 'assigned') as waited_seconds,
        max(position_seconds) filter (where moment = 'waited')
        - max(position_seconds) filter (where moment = 'qualified') as waited_seconds_from_mql
    from moments
    where moment <> 'started'
    group by handoff_key

),

final as (

    select
        ended.handoff_key,
        ended.owner_employee_key,

        coalesce(ended.team, 'unknown') as team,
        ended.time_zone,

        cast(summed.reassignment_count as integer) as reassignment_count,
        ended.promised_hours,
        waited.waited_seconds,
        waited.waited_seconds_from_mql,

        summed.is_breached,
        ended.due_at is not null
        and (
            ended.first_human_touch_at is not null
            or summed.is_breached
        ) as is_due,

        ended.started_at as clock_started_at,
        ended.first_human_touch_at,
        ended.due_at
    from ended
    inner join summed
        on ended.handoff_key = summed.handoff_key
    left join waited
        on ended.handoff_key = waited.handoff_key
    where ended.handed_on_at is null

)

select * from final
