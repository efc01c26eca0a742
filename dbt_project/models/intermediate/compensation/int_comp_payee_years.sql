-- Grain: one row per payee on a plan and fiscal year that has ended (payee_key, period_start).
-- Why: like is compared with like: whole years, one currency at the rate of the year's last
-- day, targets by the days on a plan. A measure is shared where several functions are paid for it.
with assignments as (

    select * from {{ ref('comp_assignment') }}

),

lines as (

    select * from {{ ref('comp_earning_line') }}
    where amount is not null

),

components as (

    select * from {{ ref('comp_plan_component') }}

),

attainments as (

    select * from {{ ref('comp_attainment') }}
    where attainment is not null

),

assigned_components as (

    select * from {{ ref('int_comp_assigned_components') }}

),

bands as (

    select * from {{ ref('stg_company__plan_bands') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

years as (

    select
        period_start,
        period_end,
        {{ add_days('period_end', 1) }} as year_end,
        {{ days_between('period_start', add_days('period_end', 1)) }} as days_of_year
    from {{ ref('int_reporting_periods') }}
    where period_grain = 'year' and has_ended

),

assigned as (

    select
        assignments.payee_key,
        years.period_start,
        years.days_of_year,
        {{ days_between(
            'greatest(assignments.valid_from, years.period_start)',
            "least(coalesce(assignments.valid_to, date '9999-12-31'), years.year_end)"
        ) }} as days_assigned,
        {{ converted_exactly(
            'assignments.target_amount',
            exchange_rate('rates.rate', 'assignments.currency_code')
        ) }} as target_amount
    from assignments
    inner join years
        on
            assignments.valid_from < years.year_end
            and coalesce(assignments.valid_to, date '9999-12-31') > years.period_start
    left join rates
        on
            assignments.currency_code = rates.currency_code
            and years.period_end = rates.rate_date

),

targets as (

    select
        payee_key,
        period_start,
        days_of_year,
        sum(days_assigned) as days_assigned,
        sum({{ exact_share('target_amount', 'days_assigned', 'days_of_year') }})
            as target_amount
    from assigned
    group by
        payee_key,
        period_start,
        days_of_year

),

earned as (

    select
        lines.payee_key,
        years.period_start,
        payees.business_function,
        coalesce(components.kpi, components.measure) as measured,
        {{ converted_exactly(
            'lines.amount', exchange_rate('rates.rate', 'lines.currency_code')
        ) }} as amount
    from lines
    inner join components
        on lines.component_key = components.component_key
    inner join payees
        on lines.payee_key = payees.payee_key
    inner join years
        on lines.period between years.period_start and years.period_end
    left join rates
        on
            lines.currency_code = rates.currency_code
            and years.period_end = rates.rate_date

),

shared_measures as (

    select
        period_start,
        measured
    from earned
    group by
        period_start,
        measured
    having count(distinct business_function) > 1

),

earned_sums as (

    select
        earned.payee_key,
        earned.period_start,
        sum(earned.amount) as amount,
        sum(case when shared_measures.measured is not null then earned.amount else 0 end)
            as shared_amount
    from earned
    left join shared_measures
        on
            earned.period_start = shared_measures.period_start
            and earned.measured = shared_measures.measured
    group by
        earned.payee_key,
        earned.period_start

),

most as (

    select
        plan,
        plan_version,
        component,
        max(greatest(start_value, end_value)) as payout_rate
    from bands
    group by
        plan,
        plan_version,
        component

),

-- Of the last plan of the year; a commission has no most, so neither has who gets one.
upsides as (

    select
        assigned_components.payee_key,
        years.period_start,
        case
            when count(*) = count(assigned_components.kpi)
                then sum(assigned_components.weight * most.payout_rate)
        end as upside_rate
    from assigned_components
    inner join years
        on
            assigned_components.valid_from <= years.period_end
            and assigned_components.valid_to > years.period_end
    left join most
        on
            assigned_components.plan = most.plan
            and assigned_components.plan_version = most.plan_version
            and assigned_components.component = most.component
    group by
        assigned_components.payee_key,
        years.period_start

),

attained as (

    select
        attainments.payee_key,
        years.period_start,
        {{ exact_share('sum(attainments.attainment)', '1', 'count(*)') }} as attainment
    from attainments
    inner join years
        on attainments.period_start between years.period_start and years.period_end
    group by
        attainments.payee_key,
        years.period_start

),

final as (

    select
        targets.payee_key,

        payees.business_function,

        cast(targets.days_assigned as integer) as days_assigned,
        cast(targets.days_of_year as integer) as days_of_year,
        cast(round(targets.target_amount, 2) as decimal(18, 2)) as target_amount,
        cast(
            round({{ exact_share(
                'targets.target_amount', 'targets.days_of_year', 'targets.days_assigned'
            ) }}, 2) as decimal(18, 2)
        ) as annual_target_amount,
        cast(round(coalesce(earned_sums.amount, 0), 2) as decimal(18, 2)) as earned_amount,
        cast(round(coalesce(earned_sums.shared_amount, 0), 2) as decimal(18, 2))
            as shared_amount,
        {{ safe_ratio('coalesce(earned_sums.amount, 0)', 'targets.target_amount') }}
            as payout_rate,
        cast(round(attained.attainment, 6) as decimal(18, 6)) as attainment,
        cast(round(upsides.upside_rate, 6) as decimal(18, 6)) as upside_rate,

        targets.period_start
    from targets
    inner join payees
        on targets.payee_key = payees.payee_key
    left join earned_sums
        on
            targets.payee_key = earned_sums.payee_key
            and targets.period_start = earned_sums.period_start
    left join attained
        on
            targets.payee_key = attained.payee_key
            and targets.period_start = attained.period_start
    left join upsides
        on
            targets.payee_key = upsides.payee_key
            and targets.period_start = upsides.period_start

)

select * from final
