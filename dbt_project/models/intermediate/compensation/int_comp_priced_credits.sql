-- Grain: one row per credit and payee's component that counts it (credit_key, payee_key, component_key).
-- Why: the periods and rates by which each is counted, and what comes of one that takes nothing back.
with countable as (

    select * from {{ ref('int_comp_countable_credits') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

counted as (

    select
        countable.*,
        components.plan,
        components.component,
        components.measure,
        {{ is_money('components.measure') }} as counts_money,
        coalesce(components.counts_part, false) as counts_part,
        components.method,
        components.component_scope,
        components.period_grain,
        components.measured_in,
        components.quota_measure,
        case when components.cap_excess <> 'carry' then components.cap_per end as cap_per,
        components.clawback_method,
        components.clawback_within_months,
        components.clawback_term_months,
        components.plan_version,
        components.cap_amount,
        components.fx_date
    from countable
    inner join components
        on countable.component_key = components.component_key

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

valued as (

    select
        *,
        case
            when is_reversal then null
            when not counts_money then credited_quantity
            when event_currency_code = currency_code then credited_amount
            else {{ exact_share('credited_amount', 'event_rate', 'payee_rate') }}
        end as whole_base
    from rooted
    where
        (counts_money and credited_amount is not null)
        or (not counts_money and credited_quantity is not null)

),

final as (

    select
        credit_key,
        payee_key,
        component_key,
        event_key,
        root_event_key,
        credited_payee_key,
        root_key,

        event_type,
        plan,
        component,
        measure,
        method,
        component_scope,
        period_grain,
        measured_in,
        quota_measure,
        cap_per,
        clawback_method,
        event_currency_code,
        currency_code,
        fx_date,

        plan_version,
        cap_amount,
        clawback_within_months,
        clawback_term_months,
        part,
        whole,
        credited_amount,
        credited_quantity,
        event_rate,
        payee_rate,
        case
            when counts_part then {{ exact_share('whole_base', 'part', 'whole') }}
            else whole_base
        end as own_base,

        is_reversal,
        counts_money,
        counts_part,

        credit_date,
        priced_date,
        period_start,
        priced_period_start,
        fiscal_year_start_date,
        priced_year_start
    from valued

)

select * from final
