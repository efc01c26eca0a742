-- Grain: one row per week, team and channel (handoff_week, team, channel_key).
-- Why: by the week of the hand-off; a promise that is not due yet is in no rate. Whoever
-- was not answered counts with the time waited so far: leaving them out would flatter.
with handoffs as (

    select * from {{ ref('fct_handoff') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

weekly as (

    select
        handoffs.*,
        case when handoffs.is_due then handoffs.waited_business_minutes end as due_minutes,
        days.week_start_date as handoff_week
    from handoffs
    inner join days
        on handoffs.assigned_date = days.date_day

),

counted as (

    select
        handoff_week,
        team,
        channel_key,
        count(*) as handoff_count,
        count(*) filter (where is_due) as due_count,
        count(*) filter (where is_due and not is_breached) as in_time_count,
        count(*) filter (where is_due and first_human_touch_at is null)
            as unanswered_count,
        {%- for decision in ['accepted', 'rejected', 'expired', 'open'] %}
        count(*) filter (where decision = '{{ decision }}') as {{ decision }}_count,
        {%- endfor %}
        percentile_cont(0.5) within group (order by due_minutes) as p50_minutes,
        percentile_cont(0.9) within group (order by due_minutes) as p90_minutes
    from weekly
    group by
        handoff_week,
        team,
        channel_key

),

final as (

    select
        counted.channel_key,

        counted.team,
        channels.channel_name,

        counted.handoff_count,
        counted.due_count,
        counted.in_time_count,
        {{ safe_ratio('counted.in_time_count', 'counted.due_count') }} as attainment_rate,
        counted.unanswered_count,
        cast(counted.p50_minutes as decimal(18, 6)) as p50_minutes,
        cast(counted.p90_minutes as decimal(18, 6)) as p90_minutes,
        counted.accepted_count,
        counted.rejected_count,
        counted.expired_count,
        counted.open_count,
        {{ safe_ratio(
            'counted.accepted_count', 'counted.handoff_count - counted.open_count'
        ) }} as acceptance_rate,

        counted.handoff_week
    from counted
    left join channels
        on counted.channel_key = channels.channel_key

)

select * from final
