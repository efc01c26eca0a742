-- Grain: one row per KPI, day and lowest dimensions (kpi, component_date, channel_name, team, segment, region, product_name, persona, business_function, reach).
-- Why: sum both columns over any rows, then divide: so a ratio is right at every level.
-- A dimension that the KPI is not reported by reads `all`. Medians do not add up and
-- are not here.
{%- set dimensions = {
    'channel': 'channel_name',
    'team': 'team',
    'segment': 'segment',
    'region': 'region',
    'product': 'product_name',
    'persona': 'persona',
    'function': 'business_function',
    'reach': 'reach',
} %}
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}
    where aggregation in ('sum', 'ratio')

),

dimensions as (

    select * from {{ ref('int_kpi_dimensions') }}

),

components as (

    select * from {{ ref('int_kpi_components') }}

),

recorded_components as (

    select * from {{ ref('int_kpi_recorded_components') }}

),

offered as (

    select
        definitions.kpi,
        definitions.kpi_group,
        definitions.numerator_component,
        definitions.denominator_component,
        recorded_components.component is not null as is_recorded,
        {%- for dimension in dimensions %}
        bool_or(dimensions.dimension = '{{ dimension }}') as has_{{ dimension }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from definitions
    inner join dimensions
        on definitions.kpi = dimensions.kpi
    left join recorded_components
        on definitions.numerator_component = recorded_components.component
    group by
        definitions.kpi,
        definitions.kpi_group,
        definitions.numerator_component,
        definitions.denominator_component,
        recorded_components.component

),

parts as (
    {% for part in ['numerator', 'denominator'] %}
    {{ "union all" if not loop.first }}
    select
        offered.kpi,
        offered.kpi_group,
        offered.is_recorded,
        offered.denominator_component is not null as is_ratio,
        components.component_date,
        {%- for dimension, column in dimensions.items() %}
        case when offered.has_{{ dimension }} then components.{{ column }} else 'all' end
            as {{ column }},
        {%- endfor %}
        '{{ part }}' as part,
        components.quantity
    from offered
    inner join components
        on offered.{{ part }}_component = components.component
    {%- endfor %}

),

summed as (

    select
        kpi,
        kpi_group,
        is_recorded,
        is_ratio,
        component_date,
        channel_name,
        team,
        segment,
        region,
        product_name,
        persona,
        business_function,
        reach,
        count(*) filter (where part = 'numerator') as numerator_rows,
        count(*) filter (where part = 'denominator') as denominator_rows,
        sum(quantity) filter (where part = 'numerator') as numerator,
        sum(quantity) filter (where part = 'denominator') as denominator
    from parts
    group by all

),

final as (

    select
        kpi,

        kpi_group,
        channel_name,
        team,
        segment,
        region,
        product_name,
        persona,
        business_function,
        reach,

        cast(
            case
                when numerator_rows > 0 then numerator
                when is_recorded then 0
            end as decimal(38, 6)
        ) as numerator,
        cast(
            case
                when denominator_rows > 0 then denominator
                when is_ratio then 0
            end as decimal(38, 6)
        ) as denominator,

        component_date
    from summed

)

select * from final
