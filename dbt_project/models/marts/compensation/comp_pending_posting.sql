-- Grain: one row per posting that the close of its month will make (posting_key).
-- Why: what has been earned, held or drawn less what is posted for the month that it belongs to. A locked
-- month never changes: its difference is posted in the first month that is not locked. What
-- payroll paid stands beside.
with earned as (

    select * from {{ ref('int_comp_due_amounts') }}

),

moved as (

    select * from {{ ref('int_comp_moved_amounts') }}

),

posted as (

    select * from {{ ref('int_comp_posted_amounts') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

payments as (

    select * from {{ ref('int_comp_pending_payments') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

due as (

    select
        due_key,
        payee_key,
        component_key,
        earning_line_key,
        override_key,
        root_event_key,
        cast(null as varchar) as posting_kind,
        cast(null as varchar) as reason,
        currency_code,
        explanation,
        is_reversal,
        amount,
        origin_period,
        event_date
    from earned
    union all
    select
        due_key,
        payee_key,
        component_key,
        cast(null as varchar) as earning_line_key,
        cast(null as varchar) as override_key,
        root_event_key,
        posting_kind,
        reason,
        currency_code,
        explanation,
        false as is_reversal,
        amount,
        origin_period,
        event_date
    from moved

),

compared as (

    select
        coalesce(due.due_key, posted.due_key) as due_key,
        coalesce(due.payee_key, posted.payee_key) as payee_key,
        coalesce(due.component_key, posted.component_key) as component_key,
        coalesce(due.earning_line_key, posted.earning_line_key) as earning_line_key,
        coalesce(due.override_key, posted.override_key) as override_key,
        coalesce(due.root_event_key, posted.root_event_key) as root_event_key,
        coalesce(due.posting_kind, posted.posting_kind) as posting_kind,
        due.reason as moved_reason,
        coalesce(due.currency_code, posted.currency_code) as currency_code,
        due.explanation,
        coalesce(due.is_reversal, posted.is_reversal) as is_reversal,
        due.amount as due_amount,
        posted.amount as posted_amount,
        coalesce(due.amount, 0) - coalesce(posted.amount, 0) as amount,
        coalesce(due.origin_period, posted.origin_period) as origin_period,
        coalesce(due.event_date, posted.event_date) as event_date,
        posted.first_posting_period
    from due
    full join posted
        on
            due.due_key = posted.due_key
            and due.payee_key = posted.payee_key
            and due.origin_period = posted.origin_period
            and due.currency_code = posted.currency_code

),

placed as (

    select
        compared.*,
        months.posting_period
    from compared
    inner join months
        on compared.origin_period = months.period

),

-- When what is taken back was posted, or will be: in an earlier month it was paid before.
first_paid as (

    select
        payee_key,
        component_key,
        root_event_key,
        min(coalesce(first_posting_period, posting_period)) as posting_period
    from placed
    where not is_reversal and root_event_key is not null and posting_kind is null
    group by
        payee_key,
        component_key,
        root_event_key

),

due_postings as (

    select
        {{ surrogate_key([
            'placed.due_key', 'placed.payee_key', 'placed.origin_period',
            'placed.currency_code', 'placed.posting_period'
        ]) }} as posting_key,

        placed.payee_key,
        placed.component_key,
        placed.earning_line_key,
        placed.override_key,
        placed.root_event_key,

        case
            when placed.posting_kind <> 'guarantee' then placed.posting_kind
            when placed.override_key is not null then 'adjustment'
            when placed.is_reversal and first_paid.posting_period < placed.posting_period
                then 'clawback'
            when placed.origin_period < placed.posting_period then 'adjustment'
            else 'earning'
        end as entry_type,
        case
            when placed.due_amount is null then 'withdrawn'
            when placed.posted_amount is not null then 'changed'
            when placed.override_key is not null then 'override'
            when placed.origin_period < placed.posting_period then 'late'
            when placed.posting_kind is not null then placed.moved_reason
            when placed.is_reversal then 'taken_back'
            else 'earned'
        end as reason,
        placed.currency_code,
        case
            when placed.due_amount is null
                then concat(
                    'Of ', cast(placed.origin_period as varchar), ': ',
                    cast(placed.posted_amount as varchar), ' ', placed.currency_code,
                    ' were posted, and what they were posted for is no longer there.'
                )
            when placed.posted_amount is not null
                then concat(
                    'Of ', cast(placed.origin_period as varchar), ': ',
                    cast(placed.posted_amount as varchar), ' ', placed.currency_code,
                    ' were posted, and now it is ', cast(placed.due_amount as varchar), '. ',
                    placed.explanation
                )
            when placed.origin_period < placed.posting_period
                then concat(
                    'Of ', cast(placed.origin_period as varchar), ', known late. ',
                    placed.explanation
                )
            else placed.explanation
        end as explanation,

        cast(placed.amount as decimal(18, 2)) as amount,
        {{ converted(
            'placed.amount', exchange_rate('rates.rate', 'placed.currency_code')
        ) }} as amount_reporting,
        placed.is_reversal,

        placed.posting_period,
        placed.origin_period,
        placed.event_date
    from placed
    inner join months
        on placed.posting_period = months.period
    left join first_paid
        on
            placed.payee_key = first_paid.payee_key
            and placed.component_key = first_paid.component_key
            and placed.root_event_key = first_paid.root_event_key
    left join rates
        on
            placed.currency_code = rates.currency_code
            and months.last_day = rates.rate_date
    where placed.amount <> 0

),

final as (

    select * from due_postings
    union all
    select
        posting_key,
        payee_key,
        component_key,
        cast(null as varchar) as earning_line_key,
        cast(null as varchar) as override_key,
        root_event_key,
        'payment' as entry_type,
        reason,
        currency_code,
        explanation,
        amount,
        amount_reporting,
        false as is_reversal,
        posting_period,
        origin_period,
        event_date
    from payments

)

select * from final
