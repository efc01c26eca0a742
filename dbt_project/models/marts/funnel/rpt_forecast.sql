-- Grain: one row per fiscal period, team, week and category (period_grain, period_start, team, snapshot_week, forecast_category).
-- Why: categories are cumulative: commit holds what is closed, best_case what is commit,
-- pipeline everything. The snapshot is the end of the week, or the period's or as-of's
-- last day within it.
{% set categories = ['closed', 'commit', 'best_case', 'pipeline'] %}
with changes as (

    select * from {{ ref('int_forecast_changes') }}

),

cells as (

    select * from {{ ref('int_forecast_cells') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

weeks as (

    select
        week_start_date,
        {{ add_days('week_start_date', 6) }} as week_end_date
    from days
    group by week_start_date

),

categories as (
    {% for category in categories %}
    {{ "union all" if not loop.first }}
    select
        '{{ category }}' as forecast_category,
        {{ loop.index }} as category_order
    {%- endfor %}

),

dense as (

    select
        cells.*,
        weeks.week_start_date as snapshot_week,
        least(weeks.week_end_date, cells.last_day) as snapshot_date,
        categories.forecast_category,
        categories.category_order,
        coalesce(changes.count_change, 0) as count_change,
        coalesce(changes.amount_change, 0) as amount_change,
        coalesce(changes.expected_change, 0) as expected_change
    from cells
    inner join weeks
        on
            cells.last_day >= weeks.week_start_date
            and weeks.week_end_date
            >= {{ add_days('cells.period_start', '-7 * ' ~ var('forecast_weeks_ahead')) }}
    cross join categories
    left join changes
        on
            cells.period_grain = changes.period_grain
            and cells.period_start = changes.period_start
            and cells.team = changes.team
            and categories.forecast_category = changes.forecast_category
            and weeks.week_start_date = changes.week_start_date

),

held as (

    select
        *,
        sum(count_change) over so_far as own_count,
        sum(amount_change) over so_far as own_amount,
        sum(expected_change) over so_far as own_expected
    from dense
    window
        so_far as (
            partition by period_grain, period_start, team, forecast_category
            order by snapshot_week
            rows between unbounded preceding and current row
        )

),

rolled_up as (

    select
        *,
        cast(sum(own_count) over up_to_here as bigint) as opportunity_count,
        cast(sum(own_amount) over up_to_here as decimal(18, 2)) as amount,
        cast(sum(own_expected) over up_to_here as decimal(18, 2)) as weighted_amount
    from held
    window
        up_to_here as (
            partition by period_grain, period_start, team, snapshot_week
            order by category_order
            rows between unbounded preceding and current row
        )

),

final as (

    select
        period_grain,
        team,
        forecast_category,

        cast(category_order as integer) as category_order,
        opportunity_count,
        amount,
        cast(own_amount as decimal(18, 2)) as own_amount,
        weighted_amount,
        actual_amount,
        cast(abs(amount - actual_amount) as decimal(18, 2)) as error_amount,
        {{ safe_ratio('actual_amount - abs(amount - actual_amount)', 'actual_amount') }}
            as accuracy,
        {{ safe_ratio('amount - actual_amount', 'actual_amount') }} as bias,

        has_ended,

        period_start,
        snapshot_week,
        snapshot_date
    from rolled_up

)

select * from final
