{#- The dimension columns of a family of KPI components; what it does not have reads `unknown`. -#}
{% macro kpi_dimension_columns(available) -%}
    {% for column in [
        'channel_name',
        'team',
        'segment',
        'region',
        'product_name',
        'persona',
        'business_function',
        'reach',
    ] -%}
    {% if column in available %}{{ column }}{% else %}'unknown' as {{ column }}{% endif %}
    {{- "," if not loop.last }}
    {% endfor %}
{%- endmacro %}
