{#- What one unit of a currency is worth in the reporting currency, whose own rate is 1 on any day.
    `rate` is a column of int_exchange_rates, left joined on currency_code and rate_date. -#}
{% macro exchange_rate(rate, currency_code) -%}
    coalesce(
        {{ rate }},
        case
            when {{ currency_code }} = {{ company_setting('reporting_currency') }}
                then cast(1 as decimal(18, 9))
        end
    )
{%- endmacro %}

{#- An amount times a rate, not rounded. The amount is widened first: the product of two
    decimals of 18 digits has 18 digits again and would overflow at ten million. -#}
{% macro converted_exactly(amount_local, rate) -%}
    cast({{ amount_local }} as decimal(27, 2)) * {{ rate }}
{%- endmacro %}

{#- An amount in the reporting currency, to the cent; NULL when it or its rate is unknown. -#}
{% macro converted(amount_local, rate) -%}
    cast(round({{ converted_exactly(amount_local, rate) }}, 2) as decimal(18, 2))
{%- endmacro %}

{#- The list value of a line: unit price times quantity, one unit when no quantity is recorded. -#}
{% macro list_amount(unit_price_local, quantity, rate) -%}
    {{ converted(
        'round(cast(' ~ unit_price_local ~ ' as decimal(27, 2))'
        ~ ' * coalesce(' ~ quantity ~ ', 1), 2)',
        rate
    ) }}
{%- endmacro %}

{#- What an amount is expected to bring: amount times probability, to the cent. -#}
{% macro weighted(amount, probability) -%}
    cast(
        round(cast({{ amount }} as decimal(27, 2)) * {{ probability }}, 2)
        as decimal(18, 2)
    )
{%- endmacro %}

{#- How often one whole number goes into another, both not negative; what is left is mod(a, b). -#}
{% macro whole_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient(dividend, divisor) -%}
    ({{ dividend }} // {{ divisor }})
{%- endmacro %}
