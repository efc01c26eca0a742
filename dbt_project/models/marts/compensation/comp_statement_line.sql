-- Grain: one row per line of a statement (statement_key, line_number).
-- Why: a final statement has the ledger's postings; a draft what the next closes would post.
with ledger as (

    select * from {{ ref('comp_ledger') }}

),

pending as (

    select * from {{ ref('comp_pending_posting') }}

),

periods as (

    select * from {{ ref('comp_period') }}

),

unioned as (

    select
        posting_key,
        payee_key,
        component_key,
        earning_line_key,
        override_key,
        root_event_key,
        entry_type,
        reason,
        currency_code,
        explanation,
        'final' as status,
        amount,
        posting_period,
        origin_period,
        event_date
    from ledger
    union all
    select
        pending.posting_key,
        pending.payee_key,
        pending.component_key,
        pending.earning_line_key,
        pending.override_key,
        pending.root_event_key,
        pending.entry_type,
        pending.reason,
        pending.currency_code,
        pending.explanation,
        'draft' as status,
        pending.amount,
        pending.posting_period,
        pending.origin_period,
        pending.event_date
    from pending
    inner join periods
        on pending.posting_period = periods.period

),

final as (

    select
        {{ surrogate_key(['payee_key', 'posting_period', 'currency_code']) }}
            as statement_key,
        payee_key,
        posting_key,
        component_key,
        earning_line_key,
        override_key,
        root_event_key,

        entry_type,
        reason,
        currency_code,
        explanation,
        status,

        cast(row_number() over (
            partition by payee_key, posting_period, currency_code
            order by origin_period, event_date, posting_key
        ) as integer) as line_number,
        amount,

        posting_period as period,
        origin_period,
        event_date
    from unioned

)

select * from final
