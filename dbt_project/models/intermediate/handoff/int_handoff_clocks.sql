-- Grain: one row per hand-off and owner who had to answer it (handoff_key, clock_number).
-- Why: who gets a lead that nobody answered yet has the whole time to do so; an owner who
-- gets it afterwards owes nothing.
with handoffs as (

    select * from {{ ref('int_handoffs_decided') }}

),

touches as (

    select * from {{ ref('int_handoff_touches') }}

),

owners as (

    select * from {{ ref('int_lead_owners') }}

),

employees as (

    select * from {{ ref('int_employee_teams') }}

),

running as (

    select
        handoffs.handoff_key,
        handoffs.lead_key,
        handoffs.assigned_at,
        least(
            coalesce(touches.first_human_touch_at, timestamp '9999-12-31'),
            coalesce(handoffs.decided_at, timestamp '9999-12-31'),
            coalesce(handoffs.next_assigned_at, timestamp '9999-12-31')
        ) as ends_at
    from handoffs
    left join touches
        on handoffs.handoff_key = touches.handoff_key

),

started as (

    select
        running.handoff_key,
        owners.owner_employee_key,
        greatest(running.assigned_at, coalesce(owners.owned_from, running.assigned_at))
            as started_at
    from running
    left join owners
        on
            running.lead_key = owners.lead_key
            and coalesce(owners.owned_to, timestamp '9999-12-31') > running.assigned_at
            and (
                running.assigned_at >= owners.owned_from
                or running.ends_at > owners.owned_from
            )

),

-- The time between the hand-off and a first owner who came later is nobody's clock, but
-- the hand-off's.
unowned as (

    select
        running.handoff_key,
        cast(null as varchar) as owner_employee_key,
        running.assigned_at as started_at
    from running
    inner join started
        on running.handoff_key = started.handoff_key
    group by
        running.handoff_key,
        running.assigned_at
    having min(started.started_at) > running.assigned_at

),

unioned as (

    select * from started
    union all
    select * from unowned

),

final as (

    select
        unioned.handoff_key,
        employees.employee_key as owner_employee_key,

        employees.team,
        coalesce(employees.time_zone, {{ company_setting('time_zone') }}) as time_zone,

        cast(
            row_number() over (
                partition by unioned.handoff_key order by unioned.started_at
            ) as integer
        ) as clock_number,

        unioned.started_at,
        lead(unioned.started_at) over (
            partition by unioned.handoff_key order by unioned.started_at
        ) as handed_on_at
    from unioned
    left join employees
        on
            unioned.owner_employee_key = employees.employee_key
            and {{ company_date('unioned.started_at') }} >= employees.team_from
            and {{ company_date('unioned.started_at') }}
            < coalesce(employees.team_to, date '9999-12-31')

)

select * from final
