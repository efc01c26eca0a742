{#- A date some months later (earlier when negative): the same day, or the month's last. -#}
{% macro add_months(date_expression, months) -%}
    cast({{ dbt.dateadd('month', months, date_expression) }} as date)
{%- endmacro %}

{#- The first day of the fiscal year in which a date lies. -#}
{% macro fiscal_year_start(date_expression, start_month) -%}
    {{ add_months(
        first_of_month(date_expression),
        '-1 * mod(extract(month from ' ~ date_expression ~ ') - ' ~ start_month ~ ' + 12, 12)'
    ) }}
{%- endmacro %}

{#- A query that gives the numbers from 1 to a limit, in the column generated_number. -#}
{% macro numbers_up_to(limit) -%}
    {{ dbt.generate_series(limit) }}
{%- endmacro %}

{#- Months from the first of one month to the first of another: second minus first. -#}
{% macro months_between(first_month, second_month) -%}
    {{ dbt.datediff(first_month, second_month, 'month') }}
{%- endmacro %}
