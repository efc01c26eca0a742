-- Grain: one row per opportunity, days with one state and team, and period it is due in (opportunity_key, day_from, period_grain).
-- Why: a state has one close date, so it is due in one month, quarter and year; with
-- none, or one outside the calendar, in none. What is neither pipeline nor decided has
-- no row.
with states as (

    select * from {{ ref('int_pipeline_state_days') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

due as (

    select
        states.*,
        days.month_start_date,
        days.fiscal_quarter_start_date,
        days.fiscal_year_start_date
    from states
    inner join days
        on states.close_date = days.date_day
    where states.is_in_pipeline or states.state_kind in ('won', 'lost')

),

by_grain as (
    {% for grain, column in [
        ('month', 'month_start_date'),
        ('quarter', 'fiscal_quarter_start_date'),
        ('year', 'fiscal_year_start_date'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        due.*,
        '{{ grain }}' as period_grain,
        due.{{ column }} as period_start
    from due
    {%- endfor %}

),

final as (

    select
        by_grain.opportunity_key,
        by_grain.owner_employee_key,

        by_grain.period_grain,
        by_grain.state_kind,
        by_grain.forecast_category,
        by_grain.team,

        by_grain.amount,
        by_grain.created_rate_amount,
        by_grain.weighted_amount,

        by_grain.is_in_pipeline,
        by_grain.is_decided_from_pipeline,
        periods.has_begun,

        by_grain.decided_date,
        by_grain.day_from,
        by_grain.day_to,
        by_grain.period_start,
        periods.period_end,
        periods.last_day
    from by_grain
    inner join periods
        on
            by_grain.period_grain = periods.period_grain
            and by_grain.period_start = periods.period_start

)

select * from final
