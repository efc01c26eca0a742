-- Fails on every line, override and what is held or drawn for which the ledger and what is still to be posted are not
-- together what it comes to now: every cent of the ledger traces to one of them.
with due as (

    select * from {{ ref('int_comp_due_amounts') }}

),

moved as (

    select * from {{ ref('int_comp_moved_amounts') }}

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
        due_key,
        currency_code,
        amount
    from moved
    union all
    select
        {{ posted_due_key('ledger') }} as due_key,
        currency_code,
        -1 * amount as amount
    from ledger
    where
        earning_line_key is not null
        or override_key is not null
        or {{ moved_kind('ledger') }} is not null
    union all
    select
        {{ posted_due_key('pending') }} as due_key,
        currency_code,
        -1 * amount as amount
    from pending
    where
        earning_line_key is not null
        or override_key is not null
        or {{ moved_kind('pending') }} is not null

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
