-- Grain: one row per credit and payee's component that counts it (credit_key, payee_key, component_key).
-- Why: own credits, or those of whoever was below the payee that day and was on a plan.
-- What is counted is in the payee's currency, to nine decimals. A reversal that comes after
-- its booking's window, or after the window of the cap, is late: it changes no total.
with credits as (

    select * from {{ ref('comp_credit') }}
    where counts_for_pay

),

assigned as (

    select * from {{ ref('int_comp_assigned_components') }}

),

events as (

    select * from {{ ref('comp_event') }}

),

types_that_count as (

    select * from {{ ref('stg_company__plan_opportunity_types') }}

),

assignments as (

    select * from {{ ref('comp_assignment') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

reporting_lines as (

    select * from {{ ref('int_comp_reporting_lines') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

of_oneself as (

    select
        credits.*,
        credits.payee_key as counting_payee_key,
        'own' as credited_to
    from credits

),

of_reports as (

    select
        credits.*,
        {{ payee_key('reporting_lines.manager_employee_key') }} as counting_payee_key,
        reporting_lines.credited_to
    from credits
    inner join payees
        on credits.payee_key = payees.payee_key
    inner join reporting_lines
        on
            payees.employee_key = reporting_lines.employee_key
            and credits.priced_date >= reporting_lines.valid_from
            and credits.priced_date < reporting_lines.valid_to
    inner join assignments
        on
            credits.payee_key = assignments.payee_key
            and credits.priced_date >= assignments.valid_from
            and credits.priced_date < coalesce(assignments.valid_to, date '9999-12-31')

),

countable as (

    select * from of_oneself
    union all
    select * from of_reports

),

counted as (

    select
        countable.credit_key,
        countable.counting_payee_key as payee_key,
        assigned.component_key,
        countable.event_key,
        coalesce(countable.reverses_event_key, countable.event_key) as root_event_key,
        countable.payee_key as credited_payee_key,
        countable.event_type,
        assigned.plan,
        assigned.component,
        assigned.measure,
        assigned.method,
        assigned.component_scope,
        assigned.period_grain,
        assigned.measured_in,
        assigned.quota_measure,
        assigned.cap_per,
        countable.currency_code as event_currency_code,
        assigned.currency_code,
        assigned.plan_version,
        assigned.cap_amount,
        countable.credited_amount,
        countable.credited_quantity,
        countable.reverses_event_key is not null as is_reversal,
        countable.credit_date,
        countable.priced_date,
        assigned.fx_date
    from countable
    inner join assigned
        on
            countable.counting_payee_key = assigned.payee_key
            and countable.credited_to = assigned.credited_to
            and countable.credit_type = assigned.credit_type
            and countable.priced_date >= assigned.valid_from
            and countable.priced_date < assigned.valid_to
    inner join events
        on countable.event_key = events.event_key
    left join types_that_count
        on
            assigned.plan = types_that_count.plan
            and assigned.plan_version = types_that_count.plan_version
            and assigned.component = types_that_count.component
            and events.opportunity_type = types_that_count.opportunity_type
    where assigned.counts_every_type or types_that_count.opportunity_type is not null

),

dated as (

    select
        counted.*,
        case counted.period_grain
            when 'month' then credit_days.month_start_date
            when 'quarter' then credit_days.fiscal_quarter_start_date
            else credit_days.fiscal_year_start_date
        end as period_start,
        case counted.period_grain
            when 'month' then priced_days.month_start_date
            when 'quarter' then priced_days.fiscal_quarter_start_date
            else priced_days.fiscal_year_start_date
        end as priced_period_start,
        credit_days.fiscal_year_start_date,
        priced_days.fiscal_year_start_date as priced_year_start
    from counted
    inner join days as credit_days
        on counted.credit_date = credit_days.date_day
    inner join days as priced_days
        on counted.priced_date = priced_days.date_day

),

rated as (

    select
        dated.*,
        case
            when dated.measure <> 'bookings' or dated.event_currency_code = dated.currency_code
                then cast(1 as decimal(18, 9))
            else {{ exchange_rate('event_rates.rate', 'dated.event_currency_code') }}
        end as event_rate,
        case
            when dated.measure <> 'bookings' or dated.event_currency_code = dated.currency_code
                then cast(1 as decimal(18, 9))
            else {{ exchange_rate('payee_rates.rate', 'dated.currency_code') }}
        end as payee_rate
    from dated
    left join rates as event_rates
        on
            dated.event_currency_code = event_rates.currency_code
            and case dated.fx_date
                when 'period_start' then dated.priced_period_start
                else dated.priced_date
            end = event_rates.rate_date
    left join rates as payee_rates
        on
            dated.currency_code = payee_rates.currency_code
            and case dated.fx_date
                when 'period_start' then dated.priced_period_start
                else dated.priced_date
            end = payee_rates.rate_date

),

final as (

    select
        credit_key,
        payee_key,
        component_key,
        event_key,
        root_event_key,
        credited_payee_key,
        case component_scope
            when 'transaction'
                then {{ surrogate_key([
                    'payee_key', 'plan', 'component', 'root_event_key', 'credited_payee_key'
                ]) }}
            when 'period'
                then {{ surrogate_key([
                    'payee_key', 'plan', 'component', 'currency_code', 'priced_period_start'
                ]) }}
            else {{ surrogate_key([
                'payee_key', 'plan', 'component', 'currency_code', 'priced_year_start'
            ]) }}
        end as window_key,
        {{ surrogate_key([
            'payee_key', 'plan', 'component', 'root_event_key', 'credited_payee_key'
        ]) }} as root_key,
        case cap_per
            when 'transaction'
                then {{ surrogate_key(['payee_key', 'plan', 'component', 'root_event_key']) }}
            when 'period'
                then {{ surrogate_key([
                    'payee_key', 'plan', 'component', 'currency_code', 'period_start'
                ]) }}
            when 'year'
                then {{ surrogate_key([
                    'payee_key', 'plan', 'component', 'currency_code',
                    'fiscal_year_start_date'
                ]) }}
        end as cap_key,

        event_type,
        plan,
        component,
        measure,
        method,
        component_scope,
        period_grain,
        measured_in,
        quota_measure,
        case
            when component_scope = 'year_to_date' then 'year' else period_grain
        end as window_grain,
        event_currency_code,
        currency_code,

        plan_version,
        cap_amount,
        credited_amount,
        credited_quantity,
        event_rate,
        payee_rate,
        case measure
            when 'bookings' then {{ exact_share(
                'credited_amount', 'event_rate', 'payee_rate'
            ) }}
            else credited_quantity
        end as base_amount,

        is_reversal,
        coalesce(
            is_reversal
            and (
                (component_scope = 'period' and period_start <> priced_period_start)
                or (
                    component_scope = 'year_to_date'
                    and fiscal_year_start_date <> priced_year_start
                )
                or (cap_per = 'period' and period_start <> priced_period_start)
                or (cap_per = 'year' and fiscal_year_start_date <> priced_year_start)
            ), false
        ) as is_late,

        credit_date,
        period_start,
        case
            when component_scope = 'year_to_date' then priced_year_start
            else priced_period_start
        end as window_start
    from rated
    where
        (measure = 'bookings' and credited_amount is not null)
        or (measure <> 'bookings' and credited_quantity is not null)

)

select * from final
