-- Fails on every entry of the general ledger whose debits are not its credits.
with journal as (

    select * from {{ ref('comp_accrual_journal') }}

),

final as (

    select
        period,
        legal_entity,
        journal_entry,
        currency_code,
        sum(debit_amount - credit_amount) as difference
    from journal
    group by
        period,
        legal_entity,
        journal_entry,
        currency_code
    having sum(debit_amount - credit_amount) <> 0

)

select * from final
