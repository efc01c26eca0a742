-- Grain: one row per grain and month in the reported periods (period_grain, month_start_date).
-- Why: from the period of the first fact of any KPI to the one of the as-of date; the
-- months of a period are complete, those to come included, so that targets can be added
-- up.
with days as (

    select * from {{ ref('dim_date') }}

),

components as (

    select * from {{ ref('int_kpi_components') }}

),

observations as (

    select * from {{ ref('int_kpi_observations') }}

),

fact_dates as (

    select min(component_date) as first_date from components
    union all
    select min(component_date) as first_date from observations

),

bounds as (

    select coalesce(min(first_date), {{ as_of_date() }}) as first_date from fact_dates

),

months as (

    select
        month_start_date,
        fiscal_quarter_start_date,
        fiscal_year_start_date
    from days
    group by
        month_start_date,
        fiscal_quarter_start_date,
        fiscal_year_start_date

),

unpivoted as (
    {% for grain, column, months in [
        ('month', 'month_start_date', 1),
        ('quarter', 'fiscal_quarter_start_date', 3),
        ('year', 'fiscal_year_start_date', 12),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ grain }}' as period_grain,
        {{ months }} as month_count,
        {{ column }} as period_start,
        {{ add_days(add_months(column, months), -1) }} as period_end,
        month_start_date
    from months
    {%- endfor %}

),

final as (

    select
        unpivoted.period_grain,

        unpivoted.month_count,

        unpivoted.period_start,
        unpivoted.period_end,
        unpivoted.month_start_date
    from unpivoted
    cross join bounds
    where
        unpivoted.period_end >= bounds.first_date
        and unpivoted.period_start <= {{ as_of_date() }}

)

select * from final
