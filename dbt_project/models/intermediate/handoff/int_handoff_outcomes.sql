-- Grain: one row per hand-off that was returned to Marketing (handoff_key).
-- Why: the furthest that its person came afterwards, whatever record shows it.
with handoffs as (

    select * from {{ ref('int_handoffs_decided') }}
    where returned_at is not null

),

passes as (

    select * from {{ ref('int_person_passes') }}

),

members as (

    select * from {{ ref('int_person_cycle_members') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

message_sends as (

    select * from {{ ref('fct_message_send') }}
    where delivered and sent_date <= {{ as_of_date() }}

),

returned as (

    select
        handoffs.handoff_key,
        members.person_key,
        handoffs.returned_at
    from handoffs
    inner join members
        on handoffs.lead_key = members.record_key and members.entity = 'lead'

),

later_events as (

    select
        person_key,
        2 as event_rank,
        starts_at as happened_at
    from passes
    union all
    select
        members.person_key,
        3 as event_rank,
        all_handoffs.assigned_at as happened_at
    from {{ ref('int_handoffs_decided') }} as all_handoffs
    inner join members
        on all_handoffs.lead_key = members.record_key and members.entity = 'lead'
    union all
    select
        members.person_key,
        case when opportunities.is_won then 5 else 4 end as event_rank,
        members.happened_at
    from members
    inner join opportunities
        on members.record_key = opportunities.opportunity_key
    where members.entity = 'opportunity'
    union all
    select
        person_key,
        1 as event_rank,
        sent_at as happened_at
    from message_sends

),

furthest as (

    select
        returned.handoff_key,
        coalesce(max(later_events.event_rank), 0) as event_rank
    from returned
    left join later_events
        on
            returned.person_key = later_events.person_key
            and returned.returned_at < later_events.happened_at
            and {{ company_date('later_events.happened_at') }} <= {{ as_of_date() }}
    group by returned.handoff_key

),

final as (

    select
        handoff_key,

        case event_rank
            when 5 then 'won'
            when 4 then 'opportunity'
            when 3 then 'handed_off_again'
            when 2 then 're_entered'
            when 1 then 'nurtured'
            else 'none'
        end as outcome_after_return
    from furthest

)

select * from final
