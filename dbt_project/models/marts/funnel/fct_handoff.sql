-- Grain: one row per hand-off of a lead to Sales (handoff_key).
-- Why: six steps of one row, each tested by itself; this one only puts them side by side.
with described as (

    select * from {{ ref('int_handoffs_described') }}

),

decided as (

    select * from {{ ref('int_handoffs_decided') }}

),

answered as (

    select * from {{ ref('int_handoffs_answered') }}

),

passes as (

    select * from {{ ref('int_person_passes') }}
    where entity = 'lead'

),

scores as (

    select * from {{ ref('int_scores') }}

),

outcomes as (

    select * from {{ ref('int_handoff_outcomes') }}

),

final as (

    select
        described.handoff_key,
        described.person_key,
        described.lead_key,
        described.channel_key,
        answered.owner_employee_key,
        case
            when decided.returned_at is null or decided.decision = 'expired' then null
            when decided.reason is null then {{ unknown_key('reason') }}
            else {{ surrogate_key(["'rejection'", 'decided.reason']) }}
        end as reason_key,

        described.source_system,
        described.source_instance,
        described.source_id,
        described.segment,
        described.region,
        answered.team,
        answered.time_zone,
        decided.decision,
        outcomes.outcome_after_return,
        scores.score_band as score_band_at_handoff,

        passes.cycle_number,
        decided.handoff_number,
        answered.reassignment_count,
        answered.promised_hours,
        cast(
            {{ safe_ratio(
                seconds_between('decided.assigned_at', 'answered.first_human_touch_at'), 60
            ) }} as decimal(18, 6)
        ) as response_minutes,
        case
            when answered.first_human_touch_at is not null
                then {{ safe_ratio('answered.waited_seconds', 60) }}
        end as response_business_minutes,
        {{ safe_ratio('answered.waited_seconds', 60) }} as waited_business_minutes,
        {{ safe_ratio('answered.waited_seconds_from_mql', 60) }}
            as waited_business_minutes_from_mql,
        scores.fit_score as fit_score_at_handoff,
        scores.engagement_score as engagement_score_at_handoff,
        scores.score as score_at_handoff,

        answered.is_due,
        answered.is_breached,
        described.is_bulk_load,

        {{ company_date('decided.assigned_at') }} as assigned_date,
        {{ company_date('answered.due_at') }} as due_date,
        {{ company_date('decided.decided_at') }} as decided_date,
        {{ company_date('decided.returned_at') }} as returned_date,

        decided.mql_at,
        decided.assigned_at,
        answered.clock_started_at,
        answered.first_human_touch_at,
        answered.due_at,
        decided.decided_at,
        decided.returned_at
    from described
    inner join decided
        on described.handoff_key = decided.handoff_key
    inner join answered
        on described.handoff_key = answered.handoff_key
    inner join passes
        on
            described.lead_key = passes.record_key
            and decided.handoff_number = passes.pass_number
    left join outcomes
        on described.handoff_key = outcomes.handoff_key
    left join scores
        on described.handoff_key = scores.moment_key

)

select * from final
