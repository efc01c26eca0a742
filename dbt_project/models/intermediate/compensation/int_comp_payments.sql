-- Grain: one row per payment of payroll to a payee that the ledger has to show (payroll_return_key).
-- Why: what payroll paid before the first pay run of the first month that has anything due was for
-- what is not in the ledger. Kinds are those of the components, whatever the version.
with returns as (

    select * from {{ ref('conformed_payroll_returns') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

entities as (

    select * from {{ ref('int_comp_paying_entities') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

assigned as (

    select * from {{ ref('int_comp_assigned_components') }}

),

due as (

    select origin_period from {{ ref('int_comp_due_amounts') }}
    union all
    select origin_period from {{ ref('int_comp_posted_amounts') }}

),

pay_runs as (

    select * from {{ ref('int_comp_pay_runs') }}

),

kinds as (

    select
        component,
        min(component_kind) as component_kind
    from components
    group by component

),

-- The newest version that began when the period that is paid for had.
own_components as (

    select
        returns.payroll_return_key,
        {{ first_value_by(
            'assigned.component_key',
            [
                'case when assigned.valid_from <= returns.period_start then 0 else 1 end',
                'abs(' ~ days_between('assigned.valid_from', 'returns.period_start') ~ ')',
                'assigned.component_key',
            ]
        ) }} as component_key
    from returns
    inner join assigned
        on
            {{ payee_key('returns.employee_key') }} = assigned.payee_key
            and returns.component = assigned.component
    group by returns.payroll_return_key

),

first_month as (

    select min(origin_period) as period
    from due

),

first_runs as (

    select
        pay_runs.legal_entity,
        pay_runs.component_kind,
        min(pay_runs.pay_run_date) as pay_run_date
    from pay_runs
    inner join first_month
        on pay_runs.period >= first_month.period
    group by
        pay_runs.legal_entity,
        pay_runs.component_kind

),

placed as (

    select
        returns.*,
        payees.payee_key,
        own_components.component_key,
        coalesce(returns.currency_code, payees.currency_code) as paid_currency_code,
        coalesce(kinds.component_kind, 'override') as component_kind
    from returns
    inner join payees
        on returns.employee_key = payees.employee_key
    left join own_components
        on returns.payroll_return_key = own_components.payroll_return_key
    left join kinds
        on returns.component = kinds.component
    where returns.pay_run_date <= {{ as_of_date() }}

),

final as (

    select
        placed.payroll_return_key,

        placed.payee_key,
        placed.component_key,
        entities.legal_entity,

        placed.source_id,
        placed.component,
        placed.component_kind,
        placed.paid_currency_code as currency_code,
        concat(
            'Pay run ', cast(placed.pay_run_date as varchar), ' paid ',
            cast(placed.paid_amount_local as varchar), ' ', placed.paid_currency_code,
            ' for ', placed.component, ' of ', cast(placed.period_start as varchar),
            ', payroll record ', placed.source_id, '.'
        ) as explanation,

        cast(placed.paid_amount_local as decimal(18, 2)) as paid_amount,

        placed.pay_run_date,
        {{ first_of_month('placed.pay_run_date') }} as origin_period
    from placed
    left join entities
        on
            placed.payee_key = entities.payee_key
            and placed.paid_currency_code = entities.currency_code
    left join first_runs
        on
            entities.legal_entity = first_runs.legal_entity
            and placed.component_kind = first_runs.component_kind
    where
        first_runs.pay_run_date is null
        or placed.pay_run_date >= first_runs.pay_run_date

)

select * from final
