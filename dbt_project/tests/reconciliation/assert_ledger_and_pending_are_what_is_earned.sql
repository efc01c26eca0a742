-- Fails on every line and override for which the ledger and what is still to be posted are not
-- together what it comes to now: every cent of the ledger traces to one of them.
with due as (

    select * from {{ ref('int_comp_due_amounts') }}

),

ledger as (

    select * from {{ ref('comp_ledger') }}
    where entry_type <> 'payment'

),

pending as (

    select * from {{ ref('comp_pending_posting') }}
    where entry_type <> 'payment'

),

unioned as (

    select
        due_key,
        currency_code,
        amount
    from due
    union all
    select
        coalesce(earning_line_key, override_key) as due_key,
        currency_code,
        -1 * amount as amount
    from ledger
    union all
    select
        coalesce(earning_line_key, override_key) as due_key,
        currency_code,
        -1 * amount as amount
    from pending

),

final as (

    select
        due_key,
        currency_code,
        sum(amount) as difference
    from unioned
    group by
        due_key,
        currency_code
    having sum(amount) <> 0

)

select * from final
