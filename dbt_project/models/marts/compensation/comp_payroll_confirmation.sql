-- Grain: one row per payee, pay run, component and currency that was sent to payroll or returned by it (payee_key, pay_run_date, component, currency_code).
-- Why: what was paid beside what was sent; nothing that payroll returned is left out.
with sent as (

    select * from {{ ref('comp_payroll_input') }}

),

returns as (

    select * from {{ ref('conformed_payroll_returns') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

payments as (

    select * from {{ ref('int_comp_payments') }}

),

returned as (

    select
        {{ payee_key('returns.employee_key') }} as payee_key,
        returns.component,
        coalesce(returns.currency_code, payees.currency_code, 'XXX') as currency_code,
        max(payees.payee_key) is not null as is_payee_known,
        count(payments.payroll_return_key) > 0 as is_in_ledger,
        count(*) as return_count,
        sum(returns.paid_amount_local) as paid_amount,
        returns.pay_run_date
    from returns
    left join payees
        on returns.employee_key = payees.employee_key
    left join payments
        on returns.payroll_return_key = payments.payroll_return_key
    where returns.pay_run_date <= {{ as_of_date() }}
    group by
        {{ payee_key('returns.employee_key') }},
        returns.component,
        coalesce(returns.currency_code, payees.currency_code, 'XXX'),
        returns.pay_run_date

),

compared as (

    select
        coalesce(sent.payee_key, returned.payee_key) as payee_key,
        sent.payroll_input_key,
        sent.legal_entity,
        coalesce(sent.component, returned.component) as component,
        coalesce(sent.currency_code, returned.currency_code) as currency_code,
        coalesce(returned.is_payee_known, true) as is_payee_known,
        coalesce(returned.is_in_ledger, false) as is_in_ledger,
        coalesce(returned.return_count, 0) as return_count,
        sent.amount,
        returned.paid_amount,
        coalesce(returned.paid_amount, 0) - coalesce(sent.amount, 0) as difference_amount,
        coalesce(sent.pay_run_date, returned.pay_run_date) as pay_run_date
    from sent
    full join returned
        on
            sent.payee_key = returned.payee_key
            and sent.pay_run_date = returned.pay_run_date
            and sent.component = returned.component
            and sent.currency_code = returned.currency_code

),

final as (

    select
        {{ surrogate_key([
            'payee_key', 'pay_run_date', 'component', 'currency_code'
        ]) }} as payroll_confirmation_key,

        payroll_input_key,
        payee_key,

        legal_entity,
        component,
        currency_code,
        case
            when not is_payee_known then 'unknown_payee'
            when return_count > 0 and not is_in_ledger then 'before_ledger'
            when return_count = 0 and amount = 0 then 'nothing_to_pay'
            when return_count = 0 and pay_run_date > {{ as_of_date() }} then 'awaited'
            when return_count = 0 then 'missing'
            when amount is null then 'not_sent'
            when difference_amount = 0 then 'confirmed'
            when return_count > 1 then 'paid_more_than_once'
            else 'differs'
        end as status,

        cast(return_count as integer) as return_count,
        cast(amount as decimal(18, 2)) as amount,
        cast(paid_amount as decimal(18, 2)) as paid_amount,
        cast(difference_amount as decimal(18, 2)) as difference_amount,

        is_in_ledger,

        pay_run_date
    from compared

)

select * from final
