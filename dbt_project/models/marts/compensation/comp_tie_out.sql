-- Grain: one row per step from bookings to payroll, month and currency (step, period, currency_code).
-- Why: nothing is lost or made on the way. Where payroll paid other than was sent, the difference
-- has a name; what has none is unexplained, and there is none of it.
with events as (

    select * from {{ ref('comp_event') }}
    where amount is not null

),

credits as (

    select * from {{ ref('comp_credit') }}
    where is_exclusive and credited_amount is not null

),

due as (

    select * from {{ ref('int_comp_due_amounts') }}

),

lines as (

    select * from {{ ref('int_comp_pay_lines') }}

),

pending as (

    select * from {{ ref('comp_pending_posting') }}

),

ledger as (

    select * from {{ ref('comp_ledger') }}

),

statements as (

    select * from {{ ref('comp_statement') }}

),

-- A company without payroll.yml sends nothing.
entities as (

    select count(*) as entity_count from {{ ref('stg_company__legal_entities') }}

),

sent as (

    select * from {{ ref('comp_payroll_input') }}

),

confirmed as (

    select * from {{ ref('comp_payroll_confirmation') }}

),

entered as (

    select
        'bookings_to_credits' as step,
        1 as step_number,
        currency_code,
        amount as from_amount,
        0 as to_amount,
        0 as explained_amount,
        {{ first_of_month('credit_date') }} as period
    from events
    union all
    select
        'bookings_to_credits' as step,
        1 as step_number,
        currency_code,
        0 as from_amount,
        credited_amount as to_amount,
        0 as explained_amount,
        {{ first_of_month('credit_date') }} as period
    from credits
    union all
    select
        'earnings_to_ledger' as step,
        2 as step_number,
        currency_code,
        amount as from_amount,
        0 as to_amount,
        0 as explained_amount,
        origin_period as period
    from due
    union all
    select
        'earnings_to_ledger' as step,
        2 as step_number,
        currency_code,
        0 as from_amount,
        amount as to_amount,
        0 as explained_amount,
        origin_period as period
    from ledger
    where earning_line_key is not null or override_key is not null
    union all
    select
        'earnings_to_ledger' as step,
        2 as step_number,
        currency_code,
        0 as from_amount,
        amount as to_amount,
        0 as explained_amount,
        origin_period as period
    from pending
    where earning_line_key is not null or override_key is not null
    union all
    select
        'ledger_to_statements' as step,
        3 as step_number,
        currency_code,
        amount as from_amount,
        0 as to_amount,
        0 as explained_amount,
        posting_period as period
    from ledger
    union all
    select
        'ledger_to_statements' as step,
        3 as step_number,
        currency_code,
        0 as from_amount,
        earnings + adjustments + draws + holds + payments as to_amount,
        0 as explained_amount,
        period
    from statements
    where status = 'final'
    union all
    select
        'statements_to_payroll' as step,
        4 as step_number,
        lines.currency_code,
        lines.amount as from_amount,
        0 as to_amount,
        0 as explained_amount,
        lines.period
    from lines
    cross join entities
    where
        lines.is_posted
        and lines.entry_type <> 'payment'
        and entities.entity_count > 0
    union all
    select
        'statements_to_payroll' as step,
        4 as step_number,
        currency_code,
        0 as from_amount,
        amount as to_amount,
        0 as explained_amount,
        period
    from sent
    union all
    select
        'payroll_to_payments' as step,
        5 as step_number,
        currency_code,
        coalesce(amount, 0) as from_amount,
        coalesce(paid_amount, 0) as to_amount,
        case when status <> 'confirmed' then -1 * difference_amount else 0 end
            as explained_amount,
        {{ first_of_month('pay_run_date') }} as period
    from confirmed
    union all
    select
        'payments_to_ledger' as step,
        6 as step_number,
        currency_code,
        paid_amount as from_amount,
        0 as to_amount,
        0 as explained_amount,
        {{ first_of_month('pay_run_date') }} as period
    from confirmed
    where is_in_ledger
    union all
    select
        'payments_to_ledger' as step,
        6 as step_number,
        currency_code,
        0 as from_amount,
        -1 * amount as to_amount,
        0 as explained_amount,
        origin_period as period
    from ledger
    where entry_type = 'payment'
    union all
    select
        'payments_to_ledger' as step,
        6 as step_number,
        currency_code,
        0 as from_amount,
        -1 * amount as to_amount,
        0 as explained_amount,
        origin_period as period
    from pending
    where entry_type = 'payment'

),

final as (

    select
        {{ surrogate_key(['step', 'period', 'currency_code']) }} as tie_out_key,

        step,
        currency_code,

        step_number,
        cast(sum(from_amount) as decimal(18, 2)) as from_amount,
        cast(sum(to_amount) as decimal(18, 2)) as to_amount,
        cast(sum(explained_amount) as decimal(18, 2)) as explained_amount,
        cast(sum(from_amount - to_amount - explained_amount) as decimal(18, 2))
            as unexplained_amount,

        period
    from entered
    group by
        step,
        step_number,
        currency_code,
        period

)

select * from final
