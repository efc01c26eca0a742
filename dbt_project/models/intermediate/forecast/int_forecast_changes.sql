-- Grain: one row per period, team, category and week with a change (period_grain, period_start, team, forecast_category, week_start_date).
-- Why: a state is added in the week it begins and taken off in the week it ends; sums of
-- these few rows are the forecast at the end of any week. Open ones count under their
-- category, won ones as closed; what changed before the first week counts in it.
with due_states as (

    select * from {{ ref('int_pipeline_due_states') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

-- A mistyped date may lie before the calendar: it counts from the first day on.
first_day as (

    select min(date_day) as calendar_start from days

),

placed as (

    select
        due_states.*,
        case
            when state_kind = 'won' then 'closed'
            when forecast_category in ('best_case', 'commit') then forecast_category
            when forecast_category = 'closed' then 'commit'
            else 'pipeline'
        end as category,
        case when state_kind = 'won' then amount else weighted_amount end
            as expected_amount,
        greatest(
            {{ add_days('due_states.period_start', '-7 * ' ~ var('forecast_weeks_ahead')) }},
            first_day.calendar_start
        ) as first_day
    from due_states
    cross join first_day
    where is_in_pipeline or state_kind = 'won'

),

changes as (
    {% for day, direction in [('day_from', 1), ('day_to', -1)] %}
    {{ "union all" if not loop.first }}
    select
        period_grain,
        period_start,
        team,
        category,
        {{ direction }} as direction,
        {{ direction }} * amount as amount,
        {{ direction }} * expected_amount as expected_amount,
        greatest({{ day }}, first_day) as change_date
    from placed
    where {{ day }} <= last_day
    {%- endfor %}

),

final as (

    select
        changes.period_grain,
        changes.team,
        changes.category as forecast_category,

        cast(sum(changes.direction) as bigint) as count_change,
        cast(coalesce(sum(changes.amount), 0) as decimal(18, 2)) as amount_change,
        cast(coalesce(sum(changes.expected_amount), 0) as decimal(18, 2))
            as expected_change,

        changes.period_start,
        days.week_start_date
    from changes
    inner join days
        on changes.change_date = days.date_day
    group by
        changes.period_grain,
        changes.period_start,
        changes.team,
        changes.category,
        days.week_start_date

)

select * from final
