-- Grain: one row per what is held, released or drawn, payee, month that it belongs to and currency (due_key, payee_key, origin_period, currency_code).
-- Why: beside what is earned; added up, holds and draws say when it is paid.
with held as (

    select * from {{ ref('int_comp_held_amounts') }}

),

draws as (

    select * from {{ ref('int_comp_draw_months') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

told as (
    {% for kind, reason, words in [
        ('hold', 'held', 'held of what was earned for'),
        ('release', 'released', 'released of what is held for'),
    ] %}
    {{ "union all" if not loop.first }}
    select
        payee_key,
        component_key,
        root_event_key,
        currency_code,
        '{{ kind }}' as posting_kind,
        '{{ reason }}' as reason,
        concat(
            cast(abs({{ kind }}_amount) as varchar), ' ', currency_code,
            ' {{ words }} ', event_type, ' ', source_id, ' (',
            {{ plain_number('held_share * 100') }}, ' %; ',
            cast(held_balance as varchar), ' are held then); ', component_label, '.'
        ) as explanation,
        {{ kind }}_amount as amount,
        origin_period
    from held
    {%- endfor %}
    {% for kind, column, reason, words in [
        ('guarantee', 'guarantee_amount', 'guaranteed', 'come to what was earned'),
        ('draw_advance', 'advance_amount', 'drawn', 'are missing, paid before they are earned'),
        ('draw_recovery', 'recovery_amount', 'recovered', 'less is owed of draws'),
        ('forfeiture', 'forgiven_amount', 'forgiven', 'of draws were owed and are forgiven'),
    ] %}
    union all
    select
        payee_key,
        cast(null as varchar) as component_key,
        cast(null as varchar) as root_event_key,
        currency_code,
        '{{ kind }}' as posting_kind,
        '{{ reason }}' as reason,
        concat(
            'A draw of ', cast(draw_amount as varchar), ' ', currency_code, ' and ',
            cast(earned_amount as varchar), ' earned: ',
            cast(abs({{ column }}) as varchar), ' {{ words }}; ',
            cast(owed_amount as varchar), ' are owed then.'
        ) as explanation,
        {{ column }} as amount,
        origin_period
    from draws
    {%- endfor %}

),

final as (

    select
        {{ moved_due_key(
            'told.posting_kind', 'told.component_key', 'told.root_event_key'
        ) }} as due_key,
        told.payee_key,
        told.component_key,
        told.root_event_key,

        told.currency_code,
        told.posting_kind,
        told.reason,
        told.explanation,

        told.amount,

        told.origin_period,
        months.last_day as event_date
    from told
    inner join months
        on told.origin_period = months.period
    where told.amount <> 0

)

select * from final
