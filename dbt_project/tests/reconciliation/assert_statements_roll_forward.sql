-- Fails on every statement that does not open as the one before closed, and on every payee whose
-- last closing is not the sum of all lines.
with statements as (

    select * from {{ ref('comp_statement') }}

),

lines as (

    select * from {{ ref('comp_statement_line') }}

),

followed as (

    select
        *,
        lag(closing) over payee_months as closing_before,
        row_number() over (
            partition by payee_key, currency_code order by period desc
        ) as months_back
    from statements
    window payee_months as (partition by payee_key, currency_code order by period)

),

entered as (

    select
        statement_key,
        sum(case when entry_type = 'opening_balance' then amount else 0 end) as amount
    from lines
    group by statement_key

),

summed as (

    select
        payee_key,
        currency_code,
        sum(amount) as amount
    from lines
    group by
        payee_key,
        currency_code

),

final as (

    select
        followed.statement_key,
        followed.opening,
        followed.closing_before,
        followed.closing,
        summed.amount
    from followed
    left join entered
        on followed.statement_key = entered.statement_key
    left join summed
        on
            followed.payee_key = summed.payee_key
            and followed.currency_code = summed.currency_code
    where
        followed.opening
        <> coalesce(followed.closing_before, 0) + coalesce(entered.amount, 0)
        or (followed.months_back = 1 and followed.closing <> coalesce(summed.amount, 0))

)

select * from final
