-- Grain: one row per month, legal entity, liability account and currency, from its first movement (period, legal_entity, liability_account, currency_code).
-- Why: what is owed to people at the month's end: earned and not yet paid, posted or not.
with movements as (

    select * from {{ ref('int_comp_accrual_movements') }}

),

accounts as (

    select * from {{ ref('stg_company__pay_accounts') }}

),

ledger_months as (

    select * from {{ ref('comp_period') }}

),

months as (

    select * from {{ ref('int_comp_months') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

moved as (

    select
        movements.legal_entity,
        accounts.liability_account,
        movements.currency_code,
        sum(movements.accrued_amount) as accrued_amount,
        sum(movements.posted_amount) as posted_amount,
        sum(movements.paid_amount) as paid_amount,
        movements.period
    from movements
    inner join accounts
        on movements.component_kind = accounts.component_kind
    group by
        movements.legal_entity,
        accounts.liability_account,
        movements.currency_code,
        movements.period

),

opened as (

    select
        legal_entity,
        liability_account,
        currency_code,
        min(period) as first_period
    from moved
    group by
        legal_entity,
        liability_account,
        currency_code

),

monthly as (

    select
        opened.legal_entity,
        opened.liability_account,
        opened.currency_code,
        coalesce(moved.accrued_amount, 0) as accrued_amount,
        coalesce(moved.posted_amount, 0) as posted_amount,
        coalesce(moved.paid_amount, 0) as paid_amount,
        months.period,
        months.last_day
    from opened
    inner join months
        on
            opened.first_period <= months.period
            and months.has_begun
    left join moved
        on
            opened.legal_entity = moved.legal_entity
            and opened.liability_account = moved.liability_account
            and opened.currency_code = moved.currency_code
            and months.period = moved.period

),

added as (

    select
        *,
        sum(accrued_amount - paid_amount) over so_far as closing_amount,
        sum(posted_amount - paid_amount) over so_far as payable_amount
    from monthly
    window so_far as (
        partition by legal_entity, liability_account, currency_code
        order by period
        rows between unbounded preceding and current row
    )

),

final as (

    select
        {{ surrogate_key([
            'added.period', 'added.legal_entity', 'added.liability_account',
            'added.currency_code'
        ]) }} as accrual_key,

        added.legal_entity,
        added.liability_account,
        added.currency_code,

        cast(added.closing_amount - added.accrued_amount + added.paid_amount as decimal(18, 2))
            as opening_amount,
        cast(added.accrued_amount as decimal(18, 2)) as accrued_amount,
        cast(added.paid_amount as decimal(18, 2)) as paid_amount,
        cast(added.closing_amount as decimal(18, 2)) as closing_amount,
        cast(added.payable_amount as decimal(18, 2)) as payable_amount,
        cast(added.closing_amount - added.payable_amount as decimal(18, 2)) as unposted_amount,
        {{ converted(
            'added.closing_amount', exchange_rate('rates.rate', 'added.currency_code')
        ) }} as closing_amount_reporting,

        coalesce(ledger_months.status = 'locked', false) as is_locked,

        added.period
    from added
    left join ledger_months
        on added.period = ledger_months.period
    left join rates
        on
            added.currency_code = rates.currency_code
            and added.last_day = rates.rate_date

)

select * from final
