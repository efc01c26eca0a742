-- Fails on every month, legal entity and currency whose accrued liability is not what statements
-- say is payable, and what was earned or is expected and is posted by a later month, is held back or
-- was drawn.
with accruals as (

    select * from {{ ref('comp_accrual') }}

),

statements as (

    select * from {{ ref('comp_statement') }}

),

lines as (

    select * from {{ ref('int_comp_pay_lines') }}

),

expected as (

    select * from {{ ref('int_comp_expected_bonuses') }}

),

entities as (

    select * from {{ ref('int_comp_paying_entities') }}

),

accrued_months as (

    select
        legal_entity,
        currency_code,
        period
    from accruals
    group by
        legal_entity,
        currency_code,
        period

),

unioned as (

    select
        legal_entity,
        currency_code,
        period,
        payable_amount,
        unposted_amount
    from accruals
    union all
    select
        entities.legal_entity,
        entities.currency_code,
        statements.period,
        -1 * statements.closing as payable_amount,
        0 as unposted_amount
    from statements
    inner join entities
        on
            statements.payee_key = entities.payee_key
            and statements.currency_code = entities.currency_code
    union all
    select
        lines.legal_entity,
        lines.currency_code,
        accrued_months.period,
        0 as payable_amount,
        -1 * lines.amount as unposted_amount
    from lines
    inner join accrued_months
        on
            lines.legal_entity = accrued_months.legal_entity
            and lines.currency_code = accrued_months.currency_code
            and lines.accrued_period <= accrued_months.period
            and lines.period > accrued_months.period
    where lines.entry_type not in ('payment', 'hold', 'release', 'draw_advance', 'draw_recovery')
    union all
    select
        lines.legal_entity,
        lines.currency_code,
        accrued_months.period,
        0 as payable_amount,
        lines.amount as unposted_amount
    from lines
    inner join accrued_months
        on
            lines.legal_entity = accrued_months.legal_entity
            and lines.currency_code = accrued_months.currency_code
            and lines.period <= accrued_months.period
    where
        lines.entry_type in ('hold', 'release', 'draw_advance', 'draw_recovery')
    union all
    select
        entities.legal_entity,
        entities.currency_code,
        expected.period,
        0 as payable_amount,
        -1 * expected.expected_amount as unposted_amount
    from expected
    inner join entities
        on
            expected.payee_key = entities.payee_key
            and expected.currency_code = entities.currency_code

),

final as (

    select
        legal_entity,
        currency_code,
        period,
        sum(payable_amount) as payable_difference,
        sum(unposted_amount) as unposted_difference
    from unioned
    group by
        legal_entity,
        currency_code,
        period
    having sum(payable_amount) <> 0 or sum(unposted_amount) <> 0

)

select * from final
