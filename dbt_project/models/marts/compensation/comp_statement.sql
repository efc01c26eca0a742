-- Grain: one row per payee, period and currency, from the payee's first posting (payee_key, period, currency_code).
-- Why: what was payable before, what moved, what is payable now. Hashes are those that were
-- frozen when the period was locked.
with lines as (

    select * from {{ ref('comp_statement_line') }}

),

periods as (

    select * from {{ ref('comp_period') }}

),

frozen as (

    select * from {{ ref('stg_ledger__statements') }}

),

payees as (

    select
        payee_key,
        currency_code,
        min(period) as first_period
    from lines
    group by
        payee_key,
        currency_code

),

summed as (

    select
        payee_key,
        period,
        currency_code,
        count(*) as line_count,
        sum(amount) as amount,
        sum(case when entry_type = 'opening_balance' then amount else 0 end)
            as opening_entries,
        sum(case when entry_type = 'earning' then amount else 0 end) as earnings,
        sum(
            case
                when
                    entry_type in ('adjustment', 'clawback', 'forfeiture', 'fx_revaluation')
                    then amount
                else 0
            end
        ) as adjustments,
        sum(
            case when entry_type in ('draw_advance', 'draw_recovery') then amount else 0 end
        ) as draws,
        sum(case when entry_type in ('hold', 'release') then amount else 0 end) as holds,
        sum(case when entry_type = 'payment' then amount else 0 end) as payments
    from lines
    group by
        payee_key,
        period,
        currency_code

),

told as (

    select
        payees.payee_key,
        payees.currency_code,
        periods.period,
        periods.status as period_status,
        coalesce(summed.line_count, 0) as line_count,
        coalesce(summed.amount, 0) as amount,
        coalesce(summed.opening_entries, 0) as opening_entries,
        coalesce(summed.earnings, 0) as earnings,
        coalesce(summed.adjustments, 0) as adjustments,
        coalesce(summed.draws, 0) as draws,
        coalesce(summed.holds, 0) as holds,
        coalesce(summed.payments, 0) as payments
    from payees
    inner join periods
        on payees.first_period <= periods.period
    left join summed
        on
            payees.payee_key = summed.payee_key
            and payees.currency_code = summed.currency_code
            and periods.period = summed.period

),

added as (

    select
        *,
        sum(amount) over so_far as closing,
        sum(draws) over so_far as owed_balance,
        sum(holds) over so_far as holds_so_far
    from told
    window so_far as (
        partition by payee_key, currency_code
        order by period
        rows between unbounded preceding and current row
    )

),

final as (

    select
        {{ surrogate_key(['added.payee_key', 'added.period', 'added.currency_code']) }}
            as statement_key,
        added.payee_key,

        added.currency_code,
        case when added.period_status = 'locked' then 'final' else 'draft' end as status,
        frozen.content_hash,

        cast(added.line_count as integer) as line_count,
        cast(added.closing - added.amount + added.opening_entries as decimal(18, 2))
            as opening,
        cast(added.earnings as decimal(18, 2)) as earnings,
        cast(added.adjustments as decimal(18, 2)) as adjustments,
        cast(added.draws as decimal(18, 2)) as draws,
        cast(added.holds as decimal(18, 2)) as holds,
        cast(added.payments as decimal(18, 2)) as payments,
        cast(added.closing as decimal(18, 2)) as closing,
        cast(added.owed_balance as decimal(18, 2)) as owed_balance,
        cast(-1 * added.holds_so_far as decimal(18, 2)) as held_balance,
        frozen.closing_amount as frozen_closing,

        added.period
    from added
    left join frozen
        on
            added.payee_key = frozen.payee_key
            and added.period = frozen.period
            and added.currency_code = frozen.currency_code

)

select * from final
