-- Grain: one row per payee, pay run, component and currency (payee_key, pay_run_date, component, currency_code).
-- Why: what locked months send to payroll; nothing that is still a draft.
with lines as (

    select * from {{ ref('int_comp_pay_lines') }}
    where is_posted and entry_type <> 'payment'

),

pay_runs as (

    select * from {{ ref('int_comp_pay_runs') }}

),

accounts as (

    select * from {{ ref('stg_company__pay_accounts') }}

),

summed as (

    select
        lines.payee_key,
        lines.legal_entity,
        lines.business_function,
        lines.component,
        lines.component_kind,
        lines.currency_code,
        count(*) as posting_count,
        sum(lines.amount) as amount,
        lines.period,
        pay_runs.pay_run_date
    from lines
    inner join pay_runs
        on
            lines.legal_entity = pay_runs.legal_entity
            and lines.component_kind = pay_runs.component_kind
            and lines.period = pay_runs.period
    group by
        lines.payee_key,
        lines.legal_entity,
        lines.business_function,
        lines.component,
        lines.component_kind,
        lines.currency_code,
        lines.period,
        pay_runs.pay_run_date

),

final as (

    select
        {{ surrogate_key([
            'summed.payee_key', 'summed.pay_run_date', 'summed.component',
            'summed.currency_code'
        ]) }} as payroll_input_key,

        summed.payee_key,

        summed.legal_entity,
        summed.business_function as cost_centre,
        summed.component,
        summed.component_kind,
        accounts.liability_account,
        summed.currency_code,

        cast(summed.posting_count as integer) as posting_count,
        cast(summed.amount as decimal(18, 2)) as amount,

        summed.period,
        summed.pay_run_date
    from summed
    inner join accounts
        on summed.component_kind = accounts.component_kind

)

select * from final
