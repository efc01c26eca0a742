-- Grain: one row per component, period and dimension member with rows (component, period_grain, period_start, dimension, member).
-- Why: by month first, so that ten million records become some thousand rows before
-- they are spread over grains and dimensions. All quantities unknown is NULL; no rows
-- is no cell. Of a state the last month begun counts, never their sum.
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
with components as (

    select * from {{ ref('int_kpi_components') }}

),

periods as (

    select
        *,
        max(
            case when month_start_date <= {{ as_of_date() }} then month_start_date end
        ) over (partition by period_grain, period_start) as last_month_start_date
    from {{ ref('int_kpi_periods') }}

),

states as (

    select * from {{ ref('int_kpi_states') }}

),

company_dimensions as (

    select * from {{ ref('int_kpi_dimensions_company') }}

),

monthly as (

    select
        component,
        channel_name,
        team,
        segment,
        region,
        product_name,
        persona,
        business_function,
        reach,
        {{ first_of_month('component_date') }} as month_start_date,
        sum(quantity) as quantity
    from components
    group by all

),

by_dimension as (
    {% for dimension, member in dimensions.items() %}
    {{ "union all" if not loop.first }}
    select
        component,
        '{{ dimension }}' as dimension,
        {{ member }} as member,
        month_start_date,
        sum(quantity) as quantity
    from monthly
    group by all
    {%- endfor %}
    union all
    select
        component,
        dimension,
        member,
        {{ first_of_month('component_date') }} as month_start_date,
        sum(quantity) as quantity
    from company_dimensions
    group by all

),

final as (

    select
        by_dimension.component,
        periods.period_grain,
        by_dimension.dimension,
        by_dimension.member,

        cast(sum(by_dimension.quantity) as decimal(38, 6)) as quantity,

        periods.period_start
    from by_dimension
    inner join periods
        on by_dimension.month_start_date = periods.month_start_date
    left join states
        on by_dimension.component = states.component
    where
        states.component is null
        or by_dimension.month_start_date = periods.last_month_start_date
    group by
        by_dimension.component,
        periods.period_grain,
        by_dimension.dimension,
        by_dimension.member,
        periods.period_start

)

select * from final
