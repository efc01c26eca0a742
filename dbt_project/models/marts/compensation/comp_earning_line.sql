-- Grain: one row per credit or KPI result, component and tier; and per period whose cap carries (earning_line_key).
-- Why: what everybody has earned, computed; what is posted and paid follows from it. What is
-- above a cap stands beside as withheld; where it is carried, in lines of its own.
with counted as (

    select * from {{ ref('int_comp_counted_credits') }}

),

capped_lines as (

    select * from {{ ref('int_comp_capped_lines') }}

),

late_lines as (

    select * from {{ ref('int_comp_late_lines') }}

),

kpi_lines as (

    select * from {{ ref('int_comp_kpi_lines') }}

),

pool_lines as (

    select * from {{ ref('int_comp_pool_lines') }}

),

carried_caps as (

    select * from {{ ref('int_comp_carried_caps') }}

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

events as (

    select * from {{ ref('comp_event') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

credit_lines as (

    select
        credit_key,
        payee_key,
        component_key,
        tier_number,
        base_in_tier,
        rate,
        pay_factor,
        exact_amount,
        rounded_amount,
        amount,
        false as is_late
    from capped_lines
    where base_in_tier <> 0 or amount <> 0
    union all
    select
        credit_key,
        payee_key,
        component_key,
        tier_number,
        base_in_tier,
        rate,
        cast(1 as decimal(18, 6)) as pay_factor,
        exact_amount,
        amount as rounded_amount,
        amount,
        true as is_late
    from late_lines
    where base_in_tier <> 0 or amount <> 0

),

told as (

    select
        {{ surrogate_key([
            'credit_lines.credit_key', 'credit_lines.payee_key',
            'credit_lines.component_key', 'credit_lines.tier_number'
        ]) }} as earning_line_key,
        credit_lines.payee_key,
        credit_lines.component_key,
        credit_lines.credit_key,
        cast(null as varchar) as kpi_result_key,
        counted.event_key,
        counted.root_event_key,
        counted.credited_payee_key,
        counted.event_type,
        counted.period_grain,
        counted.currency_code,
        concat(
            case counted.event_type
                when 'booking' then 'Booking '
                when 'refund' then 'Refund '
                when 'payment' then 'Payment '
                when 'accepted_lead' then 'Accepted lead '
                else 'Meeting '
            end,
            events.source_id, ' of ', cast(counted.credit_date as varchar),
            case
                when {{ is_money('counted.measure') }}
                    then concat(
                        ', credited with ', cast(counted.credited_amount as varchar), ' ',
                        counted.event_currency_code,
                        case
                            when counted.event_currency_code <> counted.currency_code
                                then concat(
                                    ' (rates ', {{ plain_number('counted.event_rate') }},
                                    ' / ', {{ plain_number('counted.payee_rate') }}, ')'
                                )
                            else ''
                        end
                    )
                else concat(
                    ', credited with ',
                    {{ plain_number('counted.credited_quantity') }}
                )
            end,
            ': ',
            case
                when {{ is_money('counted.measure') }}
                    then concat(
                        cast(cast(credit_lines.base_in_tier as decimal(18, 2)) as varchar),
                        ' ', counted.currency_code
                    )
                else {{ plain_number('credit_lines.base_in_tier') }}
            end,
            case
                when credit_lines.is_late
                    then ' taken back at what was paid for it'
                when credit_lines.rate is null then ' along the plan'
                when {{ is_money('counted.measure') }}
                    then concat(' at ', {{ plain_number('credit_lines.rate * 100') }}, ' %')
                else concat(' at ', {{ plain_number('credit_lines.rate') }}, ' each')
            end,
            ' (band ', cast(credit_lines.tier_number as varchar), ')',
            {{ told_factor('credit_lines.pay_factor') }}, ' is ',
            cast(credit_lines.amount as varchar), ' ', counted.currency_code,
            case
                when credit_lines.amount <> credit_lines.rounded_amount
                    then concat(
                        ', the cap withholds ',
                        cast(
                            credit_lines.rounded_amount - credit_lines.amount as varchar
                        )
                    )
                else ''
            end,
            '; ', components.component_label, ', ', components.plan, ' version ',
            cast(components.plan_version as varchar), coalesce(
                concat(', ', components.clause), ''
            ), '.'
        ) as explanation,
        credit_lines.tier_number,
        credit_lines.base_in_tier,
        credit_lines.rate,
        credit_lines.pay_factor,
        credit_lines.exact_amount,
        credit_lines.amount,
        credit_lines.rounded_amount - credit_lines.amount as withheld_amount,
        counted.is_reversal,
        counted.credit_date,
        counted.period_start
    from credit_lines
    inner join counted
        on
            credit_lines.credit_key = counted.credit_key
            and credit_lines.payee_key = counted.payee_key
            and credit_lines.component_key = counted.component_key
    inner join components
        on credit_lines.component_key = components.component_key
    inner join events
        on counted.event_key = events.event_key
    union all
    select
        {{ surrogate_key([
            'kpi_lines.assignment_key', 'kpi_lines.component_key', 'kpi_lines.period_start'
        ]) }} as earning_line_key,
        kpi_lines.payee_key,
        kpi_lines.component_key,
        cast(null as varchar) as credit_key,
        {{ surrogate_key([
            'kpi_lines.payee_key', 'kpi_lines.component_key', 'kpi_lines.currency_code',
            'kpi_lines.period_start'
        ]) }} as kpi_result_key,
        cast(null as varchar) as event_key,
        cast(null as varchar) as root_event_key,
        kpi_lines.payee_key as credited_payee_key,
        'kpi_result' as event_type,
        kpi_lines.period_grain,
        kpi_lines.currency_code,
        concat(
            'KPI ', kpi_lines.kpi,
            case when kpi_lines.kpi_of = 'individual' then ' of the payee alone' else '' end,
            ' came to ',
            coalesce({{ plain_number('kpi_lines.actual') }}, 'nothing known'),
            case
                when kpi_lines.kpi_of = 'individual' and kpi_lines.denominator is not null
                    then concat(
                        ' (',
                        coalesce({{ plain_number('kpi_lines.numerator') }}, 'nothing known'),
                        ' / ', {{ plain_number('kpi_lines.denominator') }}, ')'
                    )
                else ''
            end,
            ' of ',
            coalesce({{ plain_number('kpi_lines.target') }}, 'no target'),
            case
                when kpi_lines.achievement is not null
                    then concat(
                        ', which is ', {{ plain_number('kpi_lines.achievement * 100') }}, ' %'
                    )
                else ''
            end,
            ': target pay ', cast(kpi_lines.target_amount as varchar), ' ',
            kpi_lines.currency_code, ' x weight ', {{ plain_number('kpi_lines.weight * 100') }},
            ' % x payout ',
            coalesce({{ plain_number('kpi_lines.payout_rate * 100') }}, 'unknown'), ' %',
            ' x ', cast(kpi_lines.days_counted as varchar), ' / ',
            cast(kpi_lines.days_of_year as varchar), ' days',
            {{ told_factor('kpi_lines.pay_factor') }}, ' is ',
            coalesce(
                cast(cast(round(kpi_lines.exact_amount, 2) as decimal(18, 2)) as varchar),
                'unknown'
            ), ' ', kpi_lines.currency_code, '; ', components.component_label, ', ',
            components.plan, ' version ', cast(components.plan_version as varchar),
            coalesce(concat(', ', components.clause), ''), '.'
        ) as explanation,
        kpi_lines.tier_number,
        kpi_lines.base_amount as base_in_tier,
        cast(kpi_lines.payout_rate as decimal(18, 6)) as rate,
        kpi_lines.pay_factor,
        kpi_lines.exact_amount,
        cast(round(kpi_lines.exact_amount, 2) as decimal(18, 2)) as amount,
        cast(0 as decimal(18, 2)) as withheld_amount,
        false as is_reversal,
        kpi_lines.period_end as credit_date,
        kpi_lines.period_start
    from kpi_lines
    inner join components
        on kpi_lines.component_key = components.component_key
    union all
    select
        {{ surrogate_key([
            "'pool'", 'pool_lines.assignment_key', 'pool_lines.component',
            'pool_lines.period_grain', 'pool_lines.period_start'
        ]) }} as earning_line_key,
        pool_lines.payee_key,
        pool_lines.component_key,
        cast(null as varchar) as credit_key,
        cast(null as varchar) as kpi_result_key,
        cast(null as varchar) as event_key,
        cast(null as varchar) as root_event_key,
        pool_lines.payee_key as credited_payee_key,
        'pool' as event_type,
        pool_lines.period_grain,
        pool_lines.currency_code,
        concat(
            'KPI ', pool_lines.kpi, coalesce(concat(' of ', pool_lines.pool_team), ''),
            ' came to ', coalesce({{ plain_number('pool_lines.actual') }}, 'nothing known'),
            ' in the ', pool_lines.period_grain, ' from ',
            cast(pool_lines.period_start as varchar), ', which makes a pool of ',
            coalesce(cast(pool_lines.pool_amount as varchar), 'nothing known'),
            ' in the reporting currency; of it ',
            coalesce(cast(pool_lines.amount_reporting as varchar), 'nothing known'), ' for ',
            cast(pool_lines.days_counted as varchar), ' days on the plan are ',
            coalesce(
                cast(cast(round(pool_lines.exact_amount, 2) as decimal(18, 2)) as varchar),
                'unknown'
            ), ' ', pool_lines.currency_code, '; ', components.component_label, ', ',
            components.plan, ' version ', cast(components.plan_version as varchar),
            coalesce(concat(', ', components.clause), ''), '.'
        ) as explanation,
        cast(null as integer) as tier_number,
        coalesce(pool_lines.pool_amount, 0) as base_in_tier,
        cast(null as decimal(18, 6)) as rate,
        cast(1 as decimal(18, 6)) as pay_factor,
        pool_lines.exact_amount,
        cast(round(pool_lines.exact_amount, 2) as decimal(18, 2)) as amount,
        cast(0 as decimal(18, 2)) as withheld_amount,
        false as is_reversal,
        pool_lines.period_end as credit_date,
        pool_lines.period_start
    from pool_lines
    inner join components
        on pool_lines.component_key = components.component_key
    union all
    select
        {{ surrogate_key([
            "'carried_cap'", 'carried_caps.payee_key', 'carried_caps.plan',
            'carried_caps.component', 'carried_caps.currency_code',
            'carried_caps.period_grain', 'carried_caps.period_start'
        ]) }} as earning_line_key,
        carried_caps.payee_key,
        carried_caps.component_key,
        cast(null as varchar) as credit_key,
        cast(null as varchar) as kpi_result_key,
        cast(null as varchar) as event_key,
        cast(null as varchar) as root_event_key,
        carried_caps.payee_key as credited_payee_key,
        'carried_cap' as event_type,
        carried_caps.period_grain,
        carried_caps.currency_code,
        concat(
            'The cap of ', cast(carried_caps.cap_amount as varchar), ' ',
            carried_caps.currency_code, ' for the ', carried_caps.period_grain, ' from ',
            cast(carried_caps.period_start as varchar),
            case
                when carried_caps.amount < 0 then ' leaves for later periods '
                else ' allows of what earlier periods left '
            end,
            cast(abs(carried_caps.amount) as varchar), '; ',
            cast(carried_caps.waiting_amount as varchar), ' wait; ',
            components.component_label, ', ', components.plan, ' version ',
            cast(components.plan_version as varchar),
            coalesce(concat(', ', components.clause), ''), '.'
        ) as explanation,
        cast(null as integer) as tier_number,
        cast(0 as decimal(38, 9)) as base_in_tier,
        cast(null as decimal(18, 6)) as rate,
        cast(1 as decimal(18, 6)) as pay_factor,
        carried_caps.amount as exact_amount,
        carried_caps.amount,
        cast(0 as decimal(18, 2)) as withheld_amount,
        false as is_reversal,
        carried_caps.last_day as credit_date,
        carried_caps.period_start
    from carried_caps
    inner join components
        on carried_caps.component_key = components.component_key

),

final as (

    select
        told.earning_line_key,

        told.payee_key,
        told.component_key,
        told.credit_key,
        told.kpi_result_key,
        told.event_key,
        told.root_event_key,
        told.credited_payee_key,

        told.event_type,
        told.period_grain,
        told.currency_code,
        told.explanation,

        cast(told.tier_number as integer) as tier_number,
        cast(told.base_in_tier as decimal(38, 9)) as base_in_tier,
        cast(told.rate as decimal(18, 6)) as rate,
        cast(told.pay_factor as decimal(18, 6)) as pay_factor,
        cast(told.exact_amount as decimal(38, 10)) as amount_unrounded,
        cast(told.amount as decimal(18, 2)) as amount,
        cast(told.withheld_amount as decimal(18, 2)) as withheld_amount,
        {{ converted(
            'told.amount', exchange_rate('rates.rate', 'told.currency_code')
        ) }} as amount_reporting,

        told.is_reversal,

        told.credit_date,
        told.period_start as period
    from told
    left join rates
        on
            told.currency_code = rates.currency_code
            and told.credit_date = rates.rate_date

)

select * from final
