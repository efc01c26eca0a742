-- Grain: one row per line or override, payee, month that it belongs to and currency, as posted (due_key, payee_key, origin_period, currency_code).
-- Why: what was delivered may name another payee later. Payments are compared with what
-- payroll returned (int_comp_pending_payments).
with postings as (

    select * from {{ ref('stg_ledger__postings') }}
    where entry_type <> 'payment'

),

final as (

    select
        coalesce(earning_line_key, override_key) as due_key,
        payee_key,
        max(component_key) as component_key,
        max(earning_line_key) as earning_line_key,
        max(override_key) as override_key,
        max(root_event_key) as root_event_key,
        max(posting_key) as posting_key,

        currency_code,

        max(is_reversal) as is_reversal,
        cast(sum(amount) as decimal(18, 2)) as amount,

        origin_period,
        max(event_date) as event_date,
        min(posting_period) as first_posting_period
    from postings
    group by
        coalesce(earning_line_key, override_key),
        payee_key,
        currency_code,
        origin_period

)

select * from final
