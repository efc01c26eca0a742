{#- True where a column holds a value outside a list; used by the generic test sound_table. -#}
{% macro sound_table_outside(column, allowed) -%}
    {{ column }} not in (
        {%- for value in allowed %}'{{ value }}'{{ ", " if not loop.last }}{% endfor -%}
    )
{%- endmacro %}
