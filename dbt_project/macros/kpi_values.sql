{#- What sums and ratios come to, of the company, a member of a dimension or one employee. -#}

{#- A sum of nothing is 0; of a ratio only where anybody ever records the component. -#}
{% macro kpi_numerator(aggregation, cell, quantity, is_recorded) -%}
    case
        when {{ cell }} is not null then {{ quantity }}
        when {{ aggregation }} = 'sum' or {{ is_recorded }} then 0
    end
{%- endmacro %}

{#- Only ratios have one. -#}
{% macro kpi_denominator(aggregation, cell, quantity) -%}
    case
        when {{ cell }} is not null then {{ quantity }}
        when {{ aggregation }} = 'ratio' then 0
    end
{%- endmacro %}

{#- Unknown where the denominator of a ratio is 0. -#}
{% macro kpi_value(aggregation, numerator, denominator) -%}
    case
        when {{ aggregation }} = 'sum' then {{ numerator }}
        when {{ aggregation }} = 'ratio' then {{ safe_ratio(numerator, denominator) }}
    end
{%- endmacro %}
