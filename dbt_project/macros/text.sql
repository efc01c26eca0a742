{#- A text as it is compared with a listed value: lower case, trimmed, blank is NULL. -#}
{% macro normalised(text_expression) -%}
    nullif(lower(trim({{ text_expression }})), '')
{%- endmacro %}
