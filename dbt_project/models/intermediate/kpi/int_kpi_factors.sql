-- Grain: one row per KPI that is a product and KPI that it is made of (kpi, is_divisor, factor_order).
{%- set most_factors = 4 %}
with definitions as (

    select * from {{ ref('stg_company__kpi_definitions') }}
    where aggregation = 'product'

),

named as (
    {% for column, is_divisor in [('factors', 'false'), ('divisors', 'true')] %}
    {% set outer_loop = loop %}
    {% for number in range(1, most_factors + 1) %}
    {{ "union all" if not (loop.first and outer_loop.first) }}
    select
        kpi,
        split_part({{ column }}, ',', {{ number }}) as factor_kpi,

        product_level,
        {{ number }} as factor_order,

        {{ is_divisor }} as is_divisor
    from definitions
    where split_part({{ column }}, ',', {{ number }}) <> ''
    {%- endfor %}
    {%- endfor %}

),

final as (

    select
        *,
        count(*) over (partition by kpi) as factor_count
    from named

)

select * from final
