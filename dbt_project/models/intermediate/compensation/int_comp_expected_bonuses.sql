-- Grain: one row per payee, component that pays for a KPI, currency and month before the last of its period (payee_key, component_key, currency_code, period).
-- Why: a bonus is earned month by month although it is known and paid at the end. Until then
-- target pay x weight x expected payout x days so far / days of the year stand for it. What
-- belongs to months before the first that the ledger pays is never posted.
with assigned as (

    select * from {{ ref('int_comp_assigned_components') }}
    where kpi is not null and weight is not null

),

periods as (

    select * from {{ ref('int_reporting_periods') }}

),

days as (

    select * from {{ ref('dim_date') }}

),

settings as (

    select * from {{ ref('stg_company__payroll_settings') }}

),

months as (

    select * from {{ ref('int_comp_months') }}
    where has_begun

),

company as (

    select first_pay_period from {{ ref('stg_company__settings') }}

),

year_days as (

    select
        fiscal_year_start_date,
        count(*) as days_of_year
    from days
    group by fiscal_year_start_date

),

monthly as (

    select
        assigned.payee_key,
        assigned.component_key,
        assigned.currency_code,
        assigned.target_amount,
        assigned.weight,
        settings.expected_payout,
        year_days.days_of_year,
        {{ days_between(
            'greatest(assigned.valid_from, periods.period_start)',
            'least(assigned.valid_to, ' ~ add_days('months.period_end', 1) ~ ')'
        ) }} as days_so_far,
        months.period,
        periods.period_start
    from assigned
    inner join periods
        on
            assigned.period_grain = periods.period_grain
            and assigned.valid_from <= periods.period_end
            and assigned.valid_to > periods.period_start
    inner join months
        on
            periods.period_start <= months.period
            and periods.period_end > months.period_end
            and assigned.valid_from <= months.period_end
    inner join days
        on periods.period_start = days.date_day
    inner join year_days
        on days.fiscal_year_start_date = year_days.fiscal_year_start_date
    cross join settings
    cross join company
    where
        company.first_pay_period is null
        or periods.period_end >= company.first_pay_period

),

final as (

    select
        payee_key,
        component_key,

        currency_code,

        cast(
            sum(round({{ exact_share(
                'target_amount * weight', 'expected_payout * days_so_far', 'days_of_year'
            ) }}, 2)) as decimal(18, 2)
        ) as expected_amount,

        period,
        period_start
    from monthly
    group by
        payee_key,
        component_key,
        currency_code,
        period,
        period_start

)

select * from final
