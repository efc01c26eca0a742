-- Grain: one row per fiscal month, quarter or year of the calendar (period_grain, period_start).
with days as (

    select * from {{ ref('dim_date') }}

),

starts as (
    {% for grain, column, months in [
        ('month', 'month_start_date', 1),
        ('quarter', 'fiscal_quarter_start_date', 3),
        ('year', 'fiscal_year_start_date', 12),
    ] %}
    {{ "union all" if not loop.first }}
    select
        '{{ grain }}' as period_grain,
        {{ column }} as period_start,
        {{ add_days(add_months(column, months), -1) }} as period_end
    from days
    group by {{ column }}
    {%- endfor %}

),

final as (

    select
        period_grain,

        period_start <= {{ as_of_date() }} as has_begun,
        period_end <= {{ as_of_date() }} as has_ended,

        period_start,
        period_end,
        least(period_end, {{ as_of_date() }}) as last_day
    from starts

)

select * from final
