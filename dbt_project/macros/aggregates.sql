{#- Of the values of a group that are known, the one whose row comes first by the columns named.
    One hash aggregate: a window would sort every row of the table. -#}
{% macro first_value_by(value, order_columns) -%}
    {{ return(adapter.dispatch('first_value_by')(value, order_columns)) }}
{%- endmacro %}

{% macro default__first_value_by(value, order_columns) -%}
    arg_min({{ value }}, row({{ order_columns | join(', ') }}))
        filter (where {{ value }} is not null)
{%- endmacro %}

{#- The numbers of a group as one whole number, number n being 2 to the power of n - 1: up to 62. -#}
{% macro number_set(number) -%}
    {{ return(adapter.dispatch('number_set')(number)) }}
{%- endmacro %}

{% macro default__number_set(number) -%}
    bit_or(cast(power(2, {{ number }} - 1) as bigint))
{%- endmacro %}
