-- Grain: one row per KPI and dimension that it is reported by (kpi, dimension).
-- Why: `all` is there for every KPI; the others as its definition names them.
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}

),

company_dimensions as (

    select dimension
    from {{ ref('int_kpi_dimensions_company') }}
    group by dimension

),

final as (
    {% for dimension in [
        'all', 'channel', 'team', 'segment', 'region', 'product', 'persona', 'function', 'reach'
    ] %}
    {{ "union all" if not loop.first }}
    select
        kpi,
        '{{ dimension }}' as dimension
    from definitions
    {%- if dimension != 'all' %}
    where concat(',', replace(dimensions, ' ', ''), ',') like '%,{{ dimension }},%'
    {%- endif %}
    {%- endfor %}
    union all
    select
        definitions.kpi,
        company_dimensions.dimension
    from definitions
    inner join company_dimensions
        on
            concat(',', replace(definitions.dimensions, ' ', ''), ',')
            like concat('%,', company_dimensions.dimension, ',%')

)

select * from final
