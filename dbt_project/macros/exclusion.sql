{#- Why a row is out because a record that it belongs to is. A deleted or duplicate record takes
    nothing with it: what was sold to it was sold. -#}
{% macro inherited_exclusion(exclusion_reason) -%}
    case
        when {{ exclusion_reason }} in ('test', 'internal', 'competitor')
            then {{ exclusion_reason }}
    end
{%- endmacro %}
