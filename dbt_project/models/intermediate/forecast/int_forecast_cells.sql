-- Grain: one row per period and team with a forecast or a won deal (period_grain, period_start, team).
-- Why: both sets of keys, so that a won deal that nobody forecast is not lost; what was
-- won is known when the period has ended.
with changes as (

    select * from {{ ref('int_forecast_changes') }}

),

opportunities as (

    select * from {{ ref('fct_opportunity') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

won as (
    {% for grain, column in [
        ('month', 'month_start_date'),
        ('quarter', 'fiscal_quarter_start_date'),
        ('year', 'fiscal_year_start_date'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ grain }}' as period_grain,
        days.{{ column }} as period_start,
        opportunities.team_at_close as team,
        coalesce(opportunities.amount, 0) as won_amount
    from opportunities
    inner join days
        on opportunities.close_date = days.date_day
    where
        opportunities.is_won
        and opportunities.is_reportable
        and opportunities.close_date <= {{ as_of_date() }}
    {%- endfor %}

),

unioned as (

    select
        period_grain,
        period_start,
        team,
        won_amount
    from won
    union all
    select
        period_grain,
        period_start,
        team,
        0 as won_amount
    from changes

),

final as (

    select
        unioned.period_grain,
        unioned.team,

        case
            when periods.has_ended then cast(sum(unioned.won_amount) as decimal(18, 2))
        end as actual_amount,

        periods.has_ended,

        unioned.period_start,
        periods.last_day
    from unioned
    inner join periods
        on
            unioned.period_grain = periods.period_grain
            and unioned.period_start = periods.period_start
    group by
        unioned.period_grain,
        unioned.period_start,
        unioned.team,
        periods.has_ended,
        periods.last_day

)

select * from final
