-- Grain: one row per clock of a hand-off (handoff_key, clock_number).
-- Why: the promise is the segment's, else everybody's (*). The moment it ends is found by
-- one sweep over days and promises, both in the order of seconds at work. What a load
-- handed off was handed off on another day that nobody knows: nothing is promised of it.
with clocks as (

    select * from {{ ref('int_handoff_clocks') }}

),

moments as (

    select * from {{ ref('int_handoff_moments') }}
    where moment = 'started'

),

handoffs as (

    select * from {{ ref('int_handoffs_described') }}

),

slas as (

    select * from {{ ref('stg_company__handoff_slas') }}

),

business_days as (

    select * from {{ ref('int_business_days') }}
    where work_seconds > 0

),

default_sla as (

    select max(business_hours) as business_hours from slas
    where segment = '*'

),

promised as (

    select
        moments.handoff_key,
        moments.clock_number,
        moments.time_zone,
        coalesce(slas.business_hours, default_sla.business_hours) as promised_hours,
        moments.position_seconds + cast(
            coalesce(slas.business_hours, default_sla.business_hours) * 3600 as bigint
        ) as due_seconds
    from moments
    inner join handoffs
        on moments.handoff_key = handoffs.handoff_key
    left join slas
        on handoffs.segment = slas.segment
    cross join default_sla
    where not coalesce(handoffs.is_bulk_load, false)

),

-- A promise that ends with a day's last second ends on that day: at the same second it
-- stands before the next day.
on_one_axis as (

    select
        time_zone,
        work_seconds_before as axis_seconds,
        2 as axis_order,
        cast(null as varchar) as handoff_key,
        cast(null as integer) as clock_number,
        cast(null as decimal(9, 2)) as promised_hours,
        opens_at,
        work_seconds_before
    from business_days
    union all
    select
        time_zone,
        due_seconds as axis_seconds,
        1 as axis_order,
        handoff_key,
        clock_number,
        promised_hours,
        cast(null as timestamp) as opens_at,
        cast(null as bigint) as work_seconds_before
    from promised
    where due_seconds is not null

),

swept as (

    select
        handoff_key,
        clock_number,
        promised_hours,
        axis_seconds as due_seconds,
        max(opens_at) over so_far as last_opens_at,
        max(work_seconds_before) over so_far as last_work_seconds_before
    from on_one_axis
    window so_far as (
        partition by time_zone
        order by axis_seconds, axis_order
        rows between unbounded preceding and current row
    )

),

final as (

    select
        clocks.handoff_key,

        clocks.clock_number,
        swept.promised_hours,

        {{ add_seconds(
            'swept.last_opens_at', 'swept.due_seconds - swept.last_work_seconds_before'
        ) }} as due_at
    from clocks
    left join swept
        on
            clocks.handoff_key = swept.handoff_key
            and clocks.clock_number = swept.clock_number

)

select * from final
