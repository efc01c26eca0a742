{#- Keys and exact arithmetic of pay: nothing here goes through floating-point numbers. -#}

{#- The key of a payee, who is an employee under another name; the house account without one. -#}
{% macro payee_key(employee_key) -%}
    case
        when {{ employee_key }} is not null
            then md5(concat_ws(chr(31), 'payee', {{ employee_key }}))
        else {{ house_payee_key() }}
    end
{%- endmacro %}

{#- The payee that is credited with what is nobody's. -#}
{% macro house_payee_key() -%}
    md5(concat_ws(chr(31), 'company', '<house>', 'payee'))
{%- endmacro %}

{#- amount x part / whole to nine decimals, half away from zero; NULL when the whole is 0. Each has at
    most nine decimals, and amount x part stays below 8 x 10^19, else the database says so. -#}
{% macro exact_share(amount, part, whole) -%}
    {{ return(adapter.dispatch('exact_share')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__exact_share(amount, part, whole) -%}
    cast(
        sign(cast({{ amount }} as decimal(38, 9))) * sign(cast({{ part }} as decimal(38, 9)))
        * sign(cast({{ whole }} as decimal(38, 9)))
        * {{ whole_quotient(
            '(2 * ' ~ billionths(amount) ~ ' * ' ~ billionths(part)
            ~ ' + ' ~ billionths(whole) ~ ')',
            'nullif(2 * ' ~ billionths(whole) ~ ', 0)'
        ) }} as decimal(38, 0)
    ) * cast(0.000000001 as decimal(9, 9))
{%- endmacro %}

{#- The size of a number in whole billionths. -#}
{% macro billionths(number) -%}
    cast(
        abs(cast({{ number }} as decimal(38, 9))) * cast(1000000000 as decimal(10, 0))
        as hugeint
    )
{%- endmacro %}

{#- A decimal as people write it: without zeros that say nothing. -#}
{% macro plain_number(number) -%}
    rtrim(rtrim(cast({{ number }} as varchar), '0'), '.')
{%- endmacro %}

{#- Whether what a measure counts is money; else it is pieces. -#}
{% macro is_money(measure) -%}
    {{ measure }} in ('bookings', 'margin', 'cash_received')
{%- endmacro %}

{#- What conditions leave of pay, for a sentence; nothing where they leave it as it is. -#}
{% macro told_factor(factor) -%}
    case
        when {{ factor }} <> 1 then concat(
            ' x ', {{ plain_number(factor) }}, ' (by gates and multipliers)'
        )
        else ''
    end
{%- endmacro %}

{#- What a posting moves that is no line and no override: holds, releases, draws, guarantees. -#}
{% macro moved_kind(postings) -%}
    case
        when
            {{ postings }}.entry_type in (
                'hold', 'release', 'draw_advance', 'draw_recovery', 'forfeiture'
            )
            then {{ postings }}.entry_type
        when
            {{ postings }}.earning_line_key is null and {{ postings }}.override_key is null
            and {{ postings }}.entry_type in ('earning', 'adjustment')
            then 'guarantee'
    end
{%- endmacro %}

{#- The key of what is due, as its postings tell it; payee, month and currency stand beside. -#}
{% macro posted_due_key(postings) -%}
    coalesce(
        {{ postings }}.earning_line_key,
        {{ postings }}.override_key,
        {{ moved_due_key(
            moved_kind(postings), postings ~ '.component_key', postings ~ '.root_event_key'
        ) }}
    )
{%- endmacro %}

{% macro moved_due_key(kind, component_key, root_event_key) -%}
    {{ surrogate_key([kind, component_key, root_event_key]) }}
{%- endmacro %}

{#- The first month that the ledger pays, of CTEs settings and first_lock: that of company.yml, or the
    first that is locked where that is earlier. -#}
{% macro first_paid_period() -%}
    case
        when settings.first_pay_period is null then date '0001-01-01'
        when first_lock.period < settings.first_pay_period then first_lock.period
        else settings.first_pay_period
    end
{%- endmacro %}

{#- A part of whole cents, to the cent, half away from zero; NULL when the whole is 0. All of it are
    whole numbers that are not negative. -#}
{% macro rounded_share(cents, part, whole) -%}
    {{ whole_quotient(
        '(2 * ' ~ cents ~ ' * ' ~ part ~ ' + ' ~ whole ~ ')', 'nullif(2 * ' ~ whole ~ ', 0)'
    ) }}
{%- endmacro %}

{#- The same where the parts of a partition make the whole, and so do their cents: those that are
    left go to the largest remainders, then in the order given. -#}
{% macro apportioned(cents, part, whole, partition, order) -%}
    {%- set exact = cents ~ ' * ' ~ part -%}
    {%- set floored = whole_quotient('(' ~ exact ~ ')', 'nullif(' ~ whole ~ ', 0)') -%}
    (
        {{ floored }} + case
            when
                row_number() over (
                    partition by {{ partition }}
                    order by mod({{ exact }}, nullif({{ whole }}, 0)) desc, {{ order }}
                ) <= {{ cents }} - sum({{ floored }}) over (partition by {{ partition }})
                then 1
            else 0
        end
    )
{%- endmacro %}
