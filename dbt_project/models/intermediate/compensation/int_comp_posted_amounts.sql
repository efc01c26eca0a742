-- Grain: one row per line, override or what is held or drawn, payee, month that it belongs to and currency, as posted (due_key, payee_key, origin_period, currency_code).
-- Why: what was delivered may name another payee later. Payments are compared with what
-- payroll returned (int_comp_pending_payments).
with postings as (

    select * from {{ ref('stg_ledger__postings') }}

),

keyed as (

    select
        postings.*,
        {{ posted_due_key('postings') }} as due_key,
        {{ moved_kind('postings') }} as posting_kind
    from postings
    where
        postings.earning_line_key is not null
        or postings.override_key is not null
        or {{ moved_kind('postings') }} is not null

),

final as (

    select
        due_key,
        payee_key,
        max(component_key) as component_key,
        max(earning_line_key) as earning_line_key,
        max(override_key) as override_key,
        max(root_event_key) as root_event_key,
        max(posting_key) as posting_key,

        max(posting_kind) as posting_kind,
        currency_code,

        max(is_reversal) as is_reversal,
        cast(sum(amount) as decimal(18, 2)) as amount,

        origin_period,
        max(event_date) as event_date,
        min(posting_period) as first_posting_period
    from keyed
    group by
        due_key,
        payee_key,
        currency_code,
        origin_period

)

select * from final
