-- Grain: one row per hand-off of a lead (handoff_key).
-- Why: the first answer counts; none within the days of funnel.yml is an expiry, which an
-- answer that comes later all the same takes back. Whatever is not accepted is returned.
with handoffs as (

    select * from {{ ref('int_handoffs_assigned') }}

),

events as (

    select * from {{ ref('int_lead_stage_events') }}
    where event_type in ('taken', 'returned')

),

promise as (

    select max(expires_after_days) as expires_after_days
    from {{ ref('stg_company__handoff_slas') }}

),

answered as (

    select
        handoffs.handoff_key,
        handoffs.lead_key,
        handoffs.handoff_number,
        handoffs.is_bulk_load,
        handoffs.mql_at,
        handoffs.assigned_at,
        handoffs.next_assigned_at,
        min(events.happened_at) filter (where events.event_type = 'taken') as taken_at,
        min(events.happened_at) filter (where events.event_type = 'returned') as given_back_at,
        {{ first_value_by('events.reason', ['events.happened_at', 'events.stage']) }} as reason
    from handoffs
    left join events
        on
            handoffs.lead_key = events.lead_key
            and handoffs.assigned_at <= events.happened_at
            and events.happened_at < coalesce(
                handoffs.next_assigned_at, timestamp '9999-12-31'
            )
    group by
        handoffs.handoff_key,
        handoffs.lead_key,
        handoffs.handoff_number,
        handoffs.is_bulk_load,
        handoffs.mql_at,
        handoffs.assigned_at,
        handoffs.next_assigned_at

),

dated as (

    select
        answered.*,
        {{ add_seconds('answered.assigned_at', 'promise.expires_after_days * 86400') }}
            as expires_at
    from answered
    cross join promise

),

decided as (

    select
        *,
        case
            when taken_at <= coalesce(given_back_at, taken_at) then 'accepted'
            when given_back_at is not null then 'rejected'
            when expires_at < {{ end_of_as_of_date() }} then 'expired'
            else 'open'
        end as decision
    from dated

),

final as (

    select
        handoff_key,
        lead_key,

        decision,
        case when given_back_at is not null then reason end as reason,

        handoff_number,

        is_bulk_load,

        mql_at,
        assigned_at,
        next_assigned_at,
        expires_at,
        case decision
            when 'accepted' then taken_at
            when 'rejected' then given_back_at
            when 'expired' then expires_at
        end as decided_at,
        case when decision = 'expired' then expires_at else given_back_at end as returned_at
    from decided

)

select * from final
