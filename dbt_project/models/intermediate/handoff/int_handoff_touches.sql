-- Grain: one row per hand-off that a human answered (handoff_key).
-- Why: somebody of Sales or Sales Development turned to the lead, or to its person where
-- the act names no lead; a machine's mail answers nothing, nor does Marketing's.
with handoffs as (

    select * from {{ ref('int_handoffs_decided') }}

),

leads as (

    select * from {{ ref('conformed_leads') }}

),

activities as (

    select * from {{ ref('conformed_activities') }}
    where is_human and occurred_date <= {{ as_of_date() }}

),

employees as (

    select * from {{ ref('int_employee_teams') }}

),

answers as (

    select
        activities.lead_key,
        activities.person_key,
        activities.occurred_at
    from activities
    left join employees
        on
            activities.employee_key = employees.employee_key
            and activities.occurred_date >= employees.team_from
            and activities.occurred_date < coalesce(employees.team_to, date '9999-12-31')
    where coalesce(employees.business_function, 'sales') in ('sales', 'sdr')

),

windows as (

    select
        handoffs.handoff_key,
        handoffs.lead_key,
        leads.person_key,
        handoffs.assigned_at,
        coalesce(
            handoffs.returned_at, handoffs.next_assigned_at, timestamp '9999-12-31'
        ) as ends_at
    from handoffs
    inner join leads
        on handoffs.lead_key = leads.lead_key

),

matched as (

    select
        windows.handoff_key,
        answers.occurred_at
    from windows
    inner join answers
        on
            windows.lead_key = answers.lead_key
            and answers.occurred_at between windows.assigned_at and windows.ends_at
    union all
    select
        windows.handoff_key,
        answers.occurred_at
    from windows
    inner join answers
        on
            windows.person_key = answers.person_key
            and answers.lead_key is null
            and answers.occurred_at between windows.assigned_at and windows.ends_at

),

final as (

    select
        handoff_key,

        min(occurred_at) as first_human_touch_at
    from matched
    group by handoff_key

)

select * from final
