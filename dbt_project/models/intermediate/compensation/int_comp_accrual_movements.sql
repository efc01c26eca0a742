-- Grain: one row per month, legal entity, function, kind of pay and currency in which anything moved (period, legal_entity, business_function, component_kind, currency_code).
-- Why: what is earned is an expense of its month, whenever it is posted and paid. What is expected
-- of a bonus goes away in the month in which the bonus itself is known. What is held back or drawn
-- changes what is payable, and no expense.
with lines as (

    select * from {{ ref('int_comp_pay_lines') }}
    where legal_entity is not null

),

expected as (

    select * from {{ ref('int_comp_expected_bonuses') }}

),

entities as (

    select * from {{ ref('int_comp_paying_entities') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

months as (

    select * from {{ ref('int_comp_months') }}
    where has_begun

),

-- Each month adds its estimate, and the month after takes it back.
estimates as (

    select
        payee_key,
        component_key,
        currency_code,
        expected_amount as amount,
        period
    from expected
    union all
    select
        expected.payee_key,
        expected.component_key,
        expected.currency_code,
        -1 * expected.expected_amount as amount,
        months.period
    from expected
    inner join months
        on {{ add_months('expected.period', 1) }} = months.period

),

unioned as (

    select
        legal_entity,
        business_function,
        component_kind,
        currency_code,
        amount as accrued_amount,
        0 as posted_amount,
        0 as paid_amount,
        accrued_period as period
    from lines
    where entry_type not in ('payment', 'hold', 'release', 'draw_advance', 'draw_recovery')
    union all
    select
        legal_entity,
        business_function,
        component_kind,
        currency_code,
        0 as accrued_amount,
        case when entry_type <> 'payment' then amount else 0 end as posted_amount,
        case when entry_type = 'payment' then -1 * amount else 0 end as paid_amount,
        period
    from lines
    union all
    select
        entities.legal_entity,
        entities.business_function,
        components.component_kind,
        estimates.currency_code,
        estimates.amount as accrued_amount,
        0 as posted_amount,
        0 as paid_amount,
        estimates.period
    from estimates
    inner join entities
        on
            estimates.payee_key = entities.payee_key
            and estimates.currency_code = entities.currency_code
    inner join components
        on estimates.component_key = components.component_key

),

final as (

    select
        legal_entity,
        business_function,
        component_kind,
        currency_code,

        cast(sum(accrued_amount) as decimal(18, 2)) as accrued_amount,
        cast(sum(posted_amount) as decimal(18, 2)) as posted_amount,
        cast(sum(paid_amount) as decimal(18, 2)) as paid_amount,

        period
    from unioned
    group by
        legal_entity,
        business_function,
        component_kind,
        currency_code,
        period

)

select * from final
