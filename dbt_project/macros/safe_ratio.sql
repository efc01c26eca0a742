{#- A fraction with six decimals; NULL when the denominator is zero or unknown, never 0. -#}
{% macro safe_ratio(numerator, denominator) -%}
    cast(
        cast({{ numerator }} as double) / nullif({{ denominator }}, 0)
        as decimal(18, 6)
    )
{%- endmacro %}
