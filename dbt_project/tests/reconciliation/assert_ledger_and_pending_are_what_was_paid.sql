-- Fails on every payee and pay run for which the ledger and what is still to be posted are not
-- together what payroll says it paid.
with payments as (

    select * from {{ ref('int_comp_payments') }}

),

ledger as (

    select * from {{ ref('comp_ledger') }}
    where entry_type = 'payment'

),

pending as (

    select * from {{ ref('comp_pending_posting') }}
    where entry_type = 'payment'

),

unioned as (

    select
        payee_key,
        currency_code,
        origin_period,
        paid_amount as amount
    from payments
    union all
    select
        payee_key,
        currency_code,
        origin_period,
        amount
    from ledger
    union all
    select
        payee_key,
        currency_code,
        origin_period,
        amount
    from pending

),

final as (

    select
        payee_key,
        currency_code,
        origin_period,
        sum(amount) as difference
    from unioned
    group by
        payee_key,
        currency_code,
        origin_period
    having sum(amount) <> 0

)

select * from final
