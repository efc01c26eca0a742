{#- Of the values of a group that are known, the one whose row comes first by the columns named.
    One hash aggregate: a window would sort every row of the table. -#}
{% macro first_value_by(value, order_columns) -%}
    {{ return(adapter.dispatch('first_value_by')(value, order_columns)) }}
{%- endmacro %}

{% macro default__first_value_by(value, order_columns) -%}
    arg_min({{ value }}, row({{ order_columns | join(', ') }}))
        filter (where {{ value }} is not null)
{%- endmacro %}
