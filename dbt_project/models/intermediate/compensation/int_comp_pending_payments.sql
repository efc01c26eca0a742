-- Grain: one row per payment of payroll that is to be posted, or changed (posting_key).
-- Why: what payroll paid lowers what is payable. A record that changes or goes away after it
-- was posted is posted as a difference, like pay itself.
with payments as (

    select * from {{ ref('int_comp_payments') }}

),

postings as (

    select * from {{ ref('stg_ledger__postings') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

posted as (

    select
        root_event_key as payroll_return_key,
        payee_key,
        currency_code,
        origin_period,
        max(component_key) as component_key,
        max(event_date) as pay_run_date,
        cast(-1 * sum(amount) as decimal(18, 2)) as paid_amount
    from postings
    where entry_type = 'payment'
    group by
        root_event_key,
        payee_key,
        currency_code,
        origin_period

),

compared as (

    select
        coalesce(payments.payroll_return_key, posted.payroll_return_key)
            as payroll_return_key,
        coalesce(payments.payee_key, posted.payee_key) as payee_key,
        coalesce(payments.component_key, posted.component_key) as component_key,
        coalesce(payments.currency_code, posted.currency_code) as currency_code,
        payments.explanation,
        payments.paid_amount,
        posted.paid_amount as posted_amount,
        coalesce(posted.paid_amount, 0) - coalesce(payments.paid_amount, 0) as amount,
        coalesce(payments.origin_period, posted.origin_period) as origin_period,
        coalesce(payments.pay_run_date, posted.pay_run_date) as pay_run_date
    from payments
    full join posted
        on
            payments.payroll_return_key = posted.payroll_return_key
            and payments.payee_key = posted.payee_key
            and payments.currency_code = posted.currency_code
            and payments.origin_period = posted.origin_period

),

final as (

    select
        {{ surrogate_key([
            "'payment'", 'compared.payroll_return_key', 'compared.payee_key',
            'compared.origin_period', 'compared.currency_code', 'months.posting_period'
        ]) }} as posting_key,

        compared.payee_key,
        compared.component_key,
        compared.payroll_return_key as root_event_key,

        case
            when compared.paid_amount is null then 'withdrawn'
            when compared.posted_amount is not null then 'changed'
            when compared.origin_period < months.posting_period then 'late'
            else 'paid'
        end as reason,
        compared.currency_code,
        case
            when compared.paid_amount is null
                then concat(
                    'Pay run ', cast(compared.pay_run_date as varchar), ': ',
                    cast(compared.posted_amount as varchar), ' ', compared.currency_code,
                    ' were posted as paid, and payroll no longer says so.'
                )
            when compared.posted_amount is not null
                then concat(
                    cast(compared.posted_amount as varchar), ' ', compared.currency_code,
                    ' were posted as paid before. ', compared.explanation
                )
            else compared.explanation
        end as explanation,

        cast(compared.amount as decimal(18, 2)) as amount,
        {{ converted(
            'compared.amount', exchange_rate('rates.rate', 'compared.currency_code')
        ) }} as amount_reporting,

        months.posting_period,
        compared.origin_period,
        compared.pay_run_date as event_date
    from compared
    inner join months
        on compared.origin_period = months.period
    inner join months as paying_months
        on months.posting_period = paying_months.period
    left join rates
        on
            compared.currency_code = rates.currency_code
            and paying_months.last_day = rates.rate_date
    where compared.amount <> 0

)

select * from final
