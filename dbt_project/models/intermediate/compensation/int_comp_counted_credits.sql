-- Grain: one row per credit and payee's component that counts it (credit_key, payee_key, component_key).
-- Why: own credits, or those of whoever was below the payee that day and was on a plan.
-- What is counted is in the payee's currency, to nine decimals. A reversal that comes after
-- its booking's window, or after the window of the cap, is late: it changes no total.
-- What a reversal takes back is what it refunds, or what the claw-back of the plan says. Of what
-- only some lines of a deal are, each credit counts the same part.
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

sold_parts as (

    select * from {{ ref('int_comp_sold_parts') }}

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
        {{ is_money('assigned.measure') }} as counts_money,
        coalesce(assigned.counts_part, false) as counts_part,
        sold_parts.part,
        sold_parts.whole,
        assigned.method,
        assigned.component_scope,
        assigned.period_grain,
        assigned.measured_in,
        assigned.quota_measure,
        case when assigned.cap_excess <> 'carry' then assigned.cap_per end as cap_per,
        assigned.clawback_method,
        assigned.clawback_within_months,
        assigned.clawback_term_months,
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
            and (countable.event_type = 'payment') = (assigned.measure = 'cash_received')
    inner join events
        on countable.event_key = events.event_key
    left join sold_parts
        on
            assigned.component_key = sold_parts.component_key
            and events.opportunity_key = sold_parts.opportunity_key
    left join types_that_count
        on
            assigned.plan = types_that_count.plan
            and assigned.plan_version = types_that_count.plan_version
            and assigned.component = types_that_count.component
            and events.opportunity_type = types_that_count.opportunity_type
    where
        (assigned.counts_every_type or types_that_count.opportunity_type is not null)
        and (not coalesce(assigned.counts_part, false) or sold_parts.component_key is not null)

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
            when not dated.counts_money or dated.event_currency_code = dated.currency_code
                then cast(1 as decimal(18, 9))
            else {{ exchange_rate('event_rates.rate', 'dated.event_currency_code') }}
        end as event_rate,
        case
            when not dated.counts_money or dated.event_currency_code = dated.currency_code
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

rooted as (

    select
        *,
        {{ surrogate_key([
            'payee_key', 'plan', 'component', 'root_event_key', 'credited_payee_key'
        ]) }} as root_key
    from rated

),

summed as (

    select
        *,
        sum(credited_amount) over (
            partition by root_key, event_currency_code, is_reversal
            order by credit_date, event_key
            rows between unbounded preceding and current row
        ) as credited_so_far,
        sum(credited_quantity) over (
            partition by root_key, event_currency_code, is_reversal
            order by credit_date, event_key
            rows between unbounded preceding and current row
        ) as quantity_so_far
    from rooted

),

-- What takes a deal back is converted as it adds up, so that all of it is all that was counted.
valued as (

    select
        *,
        case
            when not counts_money and is_reversal then quantity_so_far
            when not counts_money then credited_quantity
            when is_reversal
                then {{ exact_share('credited_so_far', 'event_rate', 'payee_rate') }}
            else {{ exact_share('credited_amount', 'event_rate', 'payee_rate') }}
        end as value_after,
        case
            when not is_reversal then 0
            when not counts_money then quantity_so_far - credited_quantity
            else {{ exact_share(
                'credited_so_far - credited_amount', 'event_rate', 'payee_rate'
            ) }}
        end as value_before
    from summed

),

based as (

    select
        *,
        case
            when counts_part
                then {{ exact_share('value_after', 'part', 'whole') }}
                - {{ exact_share('value_before', 'part', 'whole') }}
            else value_after - value_before
        end as delivered_base,
        {{ months_between('priced_date', 'credit_date') }} as months_begun
    from valued

),

-- Whole months from the booking's day, and whether the claw-back still reaches so far.
aged as (

    select
        *,
        months_begun - case
            when {{ add_months('priced_date', 'months_begun') }} > credit_date then 1
            else 0
        end as months_served,
        coalesce(
            not is_reversal
            or credit_date < {{ add_months('priced_date', 'clawback_within_months') }}, true
        ) as is_in_reach
    from based

),

ranked as (

    select
        *,
        max(case when not is_reversal then delivered_base end) over (
            partition by root_key
        ) as booked_base,
        row_number() over (
            partition by root_key, is_reversal and delivered_base < 0
            order by credit_date, event_key
        ) as place
    from aged

),

taken as (

    select
        *,
        case
            when not is_in_reach then 0
            when clawback_method = 'proportional' or not is_reversal then delivered_base
            when delivered_base >= 0 or place > 1 then 0
            when clawback_method = 'full' then -1 * booked_base
            else -1 * {{ exact_share(
                'booked_base',
                'greatest(clawback_term_months - months_served, 0)',
                'clawback_term_months'
            ) }}
        end as base_amount
    from ranked

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
        root_key,
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
        cast(base_amount as decimal(38, 9)) as base_amount,

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
    from taken
    where
        (counts_money and credited_amount is not null)
        or (not counts_money and credited_quantity is not null)

)

select * from final
