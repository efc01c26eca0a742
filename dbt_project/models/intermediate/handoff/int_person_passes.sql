-- Grain: one row per way of a lead or opportunity through the funnel (entity, record_key, pass_number).
-- Why: a cycle ends when Sales gives the person back; whatever begins after that opens the
-- next. A lost deal ends no cycle, and the deal of a lead is in the lead's.
with members as (

    select * from {{ ref('int_person_cycle_members') }}

),

handoffs as (

    select * from {{ ref('int_handoffs_decided') }}

),

events as (

    select * from {{ ref('int_lead_stage_events') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

first_events as (

    select
        lead_key,
        min(happened_at) as first_event_at
    from events
    group by lead_key

),

lead_members as (

    select * from members
    where entity = 'lead'

),

first_passes as (

    select
        members.person_key,
        members.entity,
        members.record_key,
        1 as pass_number,
        handoffs.mql_at,
        coalesce(members.happened_at, first_events.first_event_at) as starts_at,
        handoffs.returned_at
    from members
    left join first_events
        on members.record_key = first_events.lead_key
    left join handoffs
        on members.record_key = handoffs.lead_key and handoffs.handoff_number = 1
    left join opportunities
        on members.record_key = opportunities.opportunity_key
    left join lead_members
        on opportunities.lead_key = lead_members.record_key
    where members.entity = 'lead' or lead_members.record_key is null

),

unioned as (

    select * from first_passes
    union all
    select
        members.person_key,
        members.entity,
        members.record_key,
        handoffs.handoff_number as pass_number,
        handoffs.mql_at,
        case
            when handoffs.mql_at < previous.returned_at then handoffs.assigned_at
            else coalesce(handoffs.mql_at, handoffs.assigned_at)
        end as starts_at,
        handoffs.returned_at
    from members
    inner join handoffs
        on members.record_key = handoffs.lead_key
    left join handoffs as previous
        on
            handoffs.lead_key = previous.lead_key
            and handoffs.handoff_number = previous.handoff_number + 1
    where handoffs.handoff_number > 1

),

looked_back as (

    select
        *,
        max(returned_at) over (
            partition by person_key
            order by starts_at asc nulls first, record_key asc, pass_number asc
            rows between unbounded preceding and 1 preceding
        ) as last_returned_at
    from unioned

),

-- Several things that begin after one return are in one cycle.
compared as (

    select
        *,
        coalesce(last_returned_at < starts_at, false) as is_after_return,
        max(case when last_returned_at < starts_at then last_returned_at end) over (
            partition by person_key
            order by starts_at asc nulls first, record_key asc, pass_number asc
            rows between unbounded preceding and 1 preceding
        ) as last_opening_return_at
    from looked_back

),

final as (

    select
        person_key,
        record_key,

        entity,

        cast(pass_number as integer) as pass_number,
        cast(
            1 + sum(
                case
                    when
                        is_after_return
                        and last_returned_at is distinct from last_opening_return_at
                        then 1
                    else 0
                end
            ) over (
                partition by person_key
                order by starts_at asc nulls first, record_key asc, pass_number asc
                rows between unbounded preceding and current row
            ) as integer
        ) as cycle_number,

        starts_at,
        lead(starts_at) over (
            partition by entity, record_key order by pass_number
        ) as next_starts_at,
        mql_at,
        returned_at
    from compared

)

select * from final
