{#- dbt asks the database here whether a table is there, for every Python model, and Concord's are
    compiled without one. No model is incremental (ADR 10), so the answer is known. -#}
{% macro is_incremental() -%}
    {{ return(false) }}
{%- endmacro %}
