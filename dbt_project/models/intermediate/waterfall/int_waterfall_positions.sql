-- Grain: one row per opportunity and period with a part in its waterfall (opportunity_key, period_grain, period_start).
-- Why: what was pipeline due in the period on the eve of it, on its last day (or the
-- as-of date), or was won or lost in between; beside it the states of these two days.
with due_states as (

    select * from {{ ref('int_pipeline_due_states') }}

),

states as (

    select * from {{ ref('int_pipeline_state_days') }}

),

placed as (

    select
        *,
        is_in_pipeline and day_from < period_start and day_to >= period_start
            as is_begin,
        is_in_pipeline and day_from <= last_day and day_to > last_day as is_end,
        is_decided_from_pipeline
        and decided_date between period_start and last_day
        and day_from <= last_day
        and day_to > last_day as is_decided
    from due_states

),

positions as (

    select
        opportunity_key,
        period_grain,
        period_start,
        last_day,
        bool_or(is_begin) as has_begin,
        bool_or(is_end) as has_end,
        max(case when is_begin then team end) as begin_team,
        max(case when is_begin then created_rate_amount end) as begin_amount
    from placed
    where has_begun and (is_begin or is_end or is_decided)
    group by
        opportunity_key,
        period_grain,
        period_start,
        last_day

),

final as (

    select
        positions.opportunity_key,

        positions.period_grain,
        positions.begin_team,
        last_states.team as last_team,
        first_states.state_kind as first_state_kind,
        last_states.state_kind as last_state_kind,

        positions.begin_amount,
        last_states.created_rate_amount as last_amount,
        last_states.last_open_amount,

        positions.has_begin,
        positions.has_end,
        coalesce(first_states.is_in_pipeline, false) as was_in_pipeline,
        coalesce(first_states.has_been_pipeline, false) as had_been_pipeline,
        last_states.is_in_pipeline,

        positions.period_start
    from positions
    left join states as first_states
        on
            positions.opportunity_key = first_states.opportunity_key
            and positions.period_start > first_states.day_from
            and positions.period_start <= first_states.day_to
    inner join states as last_states
        on
            positions.opportunity_key = last_states.opportunity_key
            and positions.last_day >= last_states.day_from
            and positions.last_day < last_states.day_to

)

select * from final
