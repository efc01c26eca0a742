{#- The day in the company's zone on which a UTC timestamp falls. -#}
{% macro company_date(timestamp_expression) -%}
    {{ return(adapter.dispatch('company_date')(timestamp_expression)) }}
{%- endmacro %}

{% macro default__company_date(timestamp_expression) -%}
    cast(
        timezone(
            {{ company_setting('time_zone') }},
            timezone('UTC', {{ timestamp_expression }})
        ) as date
    )
{%- endmacro %}

{#- The UTC timestamp at which a day begins in the company's zone. -#}
{% macro start_of_company_day(date_expression) -%}
    {{ return(adapter.dispatch('start_of_company_day')(date_expression)) }}
{%- endmacro %}

{% macro default__start_of_company_day(date_expression) -%}
    timezone(
        'UTC',
        timezone(
            {{ company_setting('time_zone') }},
            cast({{ date_expression }} as timestamp)
        )
    )
{%- endmacro %}

{#- Whole days from the first date to the second: second minus first. -#}
{% macro days_between(first_date, second_date) -%}
    {{ return(adapter.dispatch('days_between')(first_date, second_date)) }}
{%- endmacro %}

{% macro default__days_between(first_date, second_date) -%}
    (cast({{ second_date }} as date) - cast({{ first_date }} as date))
{%- endmacro %}

{#- A date some days later. -#}
{% macro add_days(date_expression, days) -%}
    {{ return(adapter.dispatch('add_days')(date_expression, days)) }}
{%- endmacro %}

{% macro default__add_days(date_expression, days) -%}
    (cast({{ date_expression }} as date) + cast({{ days }} as integer))
{%- endmacro %}

{#- The first day of the month of a date. -#}
{% macro first_of_month(date_expression) -%}
    cast(date_trunc('month', {{ date_expression }}) as date)
{%- endmacro %}

{#- Hours from the first UTC timestamp to the second, as a decimal. -#}
{% macro hours_between(first_at, second_at) -%}
    {{ safe_ratio(dbt.datediff(first_at, second_at, 'second'), 3600) }}
{%- endmacro %}

{#- The day in a zone on which a UTC timestamp falls. -#}
{% macro local_date(timestamp_expression, zone_expression) -%}
    {{ return(adapter.dispatch('local_date')(timestamp_expression, zone_expression)) }}
{%- endmacro %}

{% macro default__local_date(timestamp_expression, zone_expression) -%}
    cast(
        timezone({{ zone_expression }}, timezone('UTC', {{ timestamp_expression }})) as date
    )
{%- endmacro %}

{#- The UTC timestamp of a day and a time of day (HH:MM) in a zone. -#}
{% macro utc_of_local(date_expression, time_expression, zone_expression) -%}
    {{ return(adapter.dispatch('utc_of_local')(
        date_expression, time_expression, zone_expression
    )) }}
{%- endmacro %}

{% macro default__utc_of_local(date_expression, time_expression, zone_expression) -%}
    timezone(
        'UTC',
        timezone(
            {{ zone_expression }},
            cast(
                cast({{ date_expression }} as varchar) || ' ' || {{ time_expression }}
                as timestamp
            )
        )
    )
{%- endmacro %}

{#- Whole seconds from the first UTC timestamp to the second. -#}
{% macro seconds_between(first_at, second_at) -%}
    {{ dbt.datediff(first_at, second_at, 'second') }}
{%- endmacro %}

{#- A UTC timestamp some seconds later. -#}
{% macro add_seconds(timestamp_expression, seconds) -%}
    cast({{ dbt.dateadd('second', seconds, timestamp_expression) }} as timestamp)
{%- endmacro %}

{#- The UTC timestamp at which the as-of date ends: nothing of the run is later. -#}
{% macro end_of_as_of_date() -%}
    {{ start_of_company_day(add_days(as_of_date(), 1)) }}
{%- endmacro %}
