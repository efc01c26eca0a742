{#- Schemas are called exactly as their folders say, in every environment: readers rely on the names. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
