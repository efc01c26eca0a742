-- Grain: one row per week, team, channel and reason (handoff_week, team, channel_key, reason_key).
-- Why: by the week of the hand-off, so that a reason is a share of the hand-offs it ended.
with handoffs as (

    select * from {{ ref('fct_handoff') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

reasons as (

    select * from {{ ref('dim_reason') }}

),

weekly as (

    select
        handoffs.team,
        handoffs.channel_key,
        handoffs.reason_key,
        handoffs.decision,
        days.week_start_date as handoff_week
    from handoffs
    inner join days
        on handoffs.assigned_date = days.date_day

),

decided as (

    select
        handoff_week,
        team,
        channel_key,
        count(*) as decided_count
    from weekly
    where decision <> 'open'
    group by
        handoff_week,
        team,
        channel_key

),

counted as (

    select
        handoff_week,
        team,
        channel_key,
        reason_key,
        count(*) filter (where decision = 'rejected') as rejected_count,
        count(*) filter (where decision = 'accepted') as recycled_count
    from weekly
    where reason_key is not null
    group by
        handoff_week,
        team,
        channel_key,
        reason_key

),

final as (

    select
        counted.channel_key,
        counted.reason_key,

        counted.team,
        channels.channel_name,
        reasons.reason_name,
        reasons.reason_group,

        counted.rejected_count,
        counted.recycled_count,
        decided.decided_count,
        {{ safe_ratio('counted.rejected_count', 'decided.decided_count') }}
            as rejection_rate,
        {{ safe_ratio('counted.recycled_count', 'decided.decided_count') }}
            as recycle_rate,

        counted.handoff_week
    from counted
    inner join decided
        on
            counted.handoff_week = decided.handoff_week
            and counted.team = decided.team
            and counted.channel_key = decided.channel_key
    left join channels
        on counted.channel_key = channels.channel_key
    left join reasons
        on counted.reason_key = reasons.reason_key

)

select * from final
