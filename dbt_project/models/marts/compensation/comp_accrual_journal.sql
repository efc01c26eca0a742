-- Grain: one row per month, legal entity, entry, account and currency (period, legal_entity, journal_entry, general_ledger_account, currency_code).
-- Why: what the general ledger gets. The debits of an entry equal its credits.
with movements as (

    select * from {{ ref('int_comp_accrual_movements') }}

),

accounts as (

    select * from {{ ref('stg_company__pay_accounts') }}

),

settings as (

    select * from {{ ref('stg_company__payroll_settings') }}

),

costs as (

    select * from {{ ref('comp_contract_cost') }}

),

schedule as (

    select * from {{ ref('comp_contract_cost_schedule') }}
    where not is_planned

),

scheduled as (

    select
        costs.legal_entity,
        costs.currency_code,
        accounts.expense_account,
        schedule.addition_amount,
        schedule.amortisation_amount,
        schedule.impairment_amount,
        schedule.period
    from schedule
    inner join costs
        on schedule.contract_cost_key = costs.contract_cost_key
    inner join accounts
        on costs.component_kind = accounts.component_kind

),

entered as (

    select
        movements.legal_entity,
        movements.currency_code,
        'accrual' as journal_entry,
        accounts.expense_account as debit_account,
        accounts.liability_account as credit_account,
        movements.accrued_amount as amount,
        movements.period
    from movements
    inner join accounts
        on movements.component_kind = accounts.component_kind
    union all
    select
        movements.legal_entity,
        movements.currency_code,
        'payment' as journal_entry,
        accounts.liability_account as debit_account,
        settings.clearing_account as credit_account,
        movements.paid_amount as amount,
        movements.period
    from movements
    inner join accounts
        on movements.component_kind = accounts.component_kind
    cross join settings
    union all
    select
        scheduled.legal_entity,
        scheduled.currency_code,
        'capitalisation' as journal_entry,
        settings.asset_account as debit_account,
        scheduled.expense_account as credit_account,
        scheduled.addition_amount as amount,
        scheduled.period
    from scheduled
    cross join settings
    union all
    select
        scheduled.legal_entity,
        scheduled.currency_code,
        'amortisation' as journal_entry,
        settings.amortisation_account as debit_account,
        settings.asset_account as credit_account,
        scheduled.amortisation_amount as amount,
        scheduled.period
    from scheduled
    cross join settings
    union all
    select
        scheduled.legal_entity,
        scheduled.currency_code,
        'impairment' as journal_entry,
        settings.impairment_account as debit_account,
        settings.asset_account as credit_account,
        scheduled.impairment_amount as amount,
        scheduled.period
    from scheduled
    cross join settings

),

sided as (

    select
        legal_entity,
        currency_code,
        journal_entry,
        debit_account as general_ledger_account,
        amount,
        period
    from entered
    union all
    select
        legal_entity,
        currency_code,
        journal_entry,
        credit_account as general_ledger_account,
        -1 * amount as amount,
        period
    from entered

),

summed as (

    select
        legal_entity,
        currency_code,
        journal_entry,
        general_ledger_account,
        sum(amount) as amount,
        period
    from sided
    group by
        legal_entity,
        currency_code,
        journal_entry,
        general_ledger_account,
        period
    having sum(amount) <> 0

),

final as (

    select
        {{ surrogate_key([
            'period', 'legal_entity', 'journal_entry', 'general_ledger_account',
            'currency_code'
        ]) }} as accrual_journal_key,

        legal_entity,
        journal_entry,
        general_ledger_account,
        currency_code,

        cast(case when amount > 0 then amount else 0 end as decimal(18, 2)) as debit_amount,
        cast(case when amount < 0 then -1 * amount else 0 end as decimal(18, 2))
            as credit_amount,

        period
    from summed

)

select * from final
