-- Grain: one row per component, period and dimension member with observations (component, period_grain, period_start, dimension, member).
{%- set dimensions = {
    'all': "'all'",
    'channel': 'channel_name',
    'team': 'team',
    'segment': 'segment',
    'region': 'region',
    'product': 'product_name',
    'persona': 'persona',
    'function': 'business_function',
    'reach': 'reach',
} %}
with observations as (

    select * from {{ ref('int_kpi_observations') }}

),

periods as (

    select * from {{ ref('int_kpi_periods') }}

),

by_dimension as (
    {% for dimension, member in dimensions.items() %}
    {{ "union all" if not loop.first }}
    select
        component,
        '{{ dimension }}' as dimension,
        {{ member }} as member,
        {{ first_of_month('component_date') }} as month_start_date,
        observation
    from observations
    {%- endfor %}

),

final as (

    select
        by_dimension.component,
        periods.period_grain,
        by_dimension.dimension,
        by_dimension.member,

        cast(median(by_dimension.observation) as decimal(38, 6)) as median_value,
        cast(
            percentile_cont(0.9) within group (order by by_dimension.observation)
            as decimal(38, 6)
        ) as p90_value,
        cast(count(*) as decimal(38, 6)) as observation_count,

        periods.period_start
    from by_dimension
    inner join periods
        on by_dimension.month_start_date = periods.month_start_date
    group by
        by_dimension.component,
        periods.period_grain,
        by_dimension.dimension,
        by_dimension.member,
        periods.period_start

)

select * from final
