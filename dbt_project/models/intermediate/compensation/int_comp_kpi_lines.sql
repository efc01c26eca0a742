-- Grain: one row per assignment of a payee, component that pays for a KPI and ended period (assignment_key, component_key, period_start).
-- Why: target pay x weight x payout x days that count / days of the year, rounded once. The
-- payout is that of the achievement, along the plan's curve; of what the company has reached, or
-- the payee alone.
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

values_reached as (

    select * from {{ ref('rpt_kpi') }}
    where dimension = 'all'

),

own_values as (

    select * from {{ ref('int_comp_employee_kpis') }}

),

payees as (

    select * from {{ ref('comp_payee') }}

),

absences as (

    select * from {{ ref('conformed_employee_absences') }}

),

plan_absences as (

    select * from {{ ref('stg_company__plan_absences') }}

),

bands as (

    select * from {{ ref('stg_company__plan_bands') }}

),

factors as (

    select * from {{ ref('int_comp_pay_factors') }}

),

year_days as (

    select
        fiscal_year_start_date,
        count(*) as days_of_year
    from days
    group by fiscal_year_start_date

),

due as (

    select
        assigned.*,
        payees.employee_key,
        periods.period_start,
        periods.period_end,
        year_days.days_of_year,
        greatest(assigned.valid_from, periods.period_start) as counted_from,
        least(assigned.valid_to, {{ add_days('periods.period_end', 1) }}) as counted_to
    from assigned
    inner join periods
        on
            assigned.period_grain = periods.period_grain
            and assigned.valid_from <= periods.period_end
            and assigned.valid_to > periods.period_start
    inner join days
        on periods.period_start = days.date_day
    inner join year_days
        on days.fiscal_year_start_date = year_days.fiscal_year_start_date
    inner join payees
        on assigned.payee_key = payees.payee_key
    where periods.has_ended

),

away as (

    select
        due.assignment_key,
        due.component_key,
        due.period_start,
        count(distinct days.date_day) as days_away
    from due
    inner join absences
        on due.employee_key = absences.employee_key
    inner join plan_absences
        on
            due.plan = plan_absences.plan
            and due.plan_version = plan_absences.plan_version
            and absences.absence_kind = plan_absences.absence_kind
    inner join days
        on
            due.counted_from <= days.date_day
            and due.counted_to > days.date_day
            and absences.valid_from <= days.date_day
            and coalesce(absences.valid_to, date '9999-12-31') > days.date_day
    group by
        due.assignment_key,
        due.component_key,
        due.period_start

),

reached as (

    select
        due.*,
        {{ days_between('due.counted_from', 'due.counted_to') }}
        - coalesce(away.days_away, 0) as days_counted,
        case
            when due.kpi_of = 'individual' then own_values.value else values_reached.value
        end as actual,
        case
            when due.kpi_of = 'individual' then own_values.numerator
            else values_reached.numerator
        end as numerator,
        case
            when due.kpi_of = 'individual' then own_values.denominator
            else values_reached.denominator
        end as denominator,
        coalesce(due.goal, values_reached.target) as target
    from due
    left join away
        on
            due.assignment_key = away.assignment_key
            and due.component_key = away.component_key
            and due.period_start = away.period_start
    left join values_reached
        on
            due.kpi = values_reached.kpi
            and due.period_grain = values_reached.period_grain
            and due.period_start = values_reached.period_start
    left join own_values
        on
            due.kpi = own_values.kpi
            and due.payee_key = own_values.payee_key
            and due.period_grain = own_values.period_grain
            and due.period_start = own_values.period_start

),

scaled as (

    select
        *,
        cast(power(10, achievement_decimals) as decimal(10, 0)) as scale
    from reached

),

-- In units of the last decimal that the plan keeps.
measured as (

    select
        *,
        case
            when target = 0 then 0
            else round({{ exact_share('actual', 'scale', 'target') }}, 0)
        end as achieved_units
    from scaled

),

achieved as (

    select
        *,
        {{ exact_share('achieved_units', '1', 'scale') }} as achievement
    from measured

),

paid_out as (

    select
        achieved.*,
        bands.band_number as tier_number,
        case
            when bands.start_value = bands.end_value
                then cast(bands.start_value as decimal(38, 9))
            else bands.start_value + {{ exact_share(
                'bands.end_value - bands.start_value',
                'achieved.achievement - bands.at_least',
                'bands.below - bands.at_least'
            ) }}
        end as payout_rate,
        coalesce(factors.pay_factor, 1) as pay_factor
    from achieved
    left join bands
        on
            achieved.plan = bands.plan
            and achieved.plan_version = bands.plan_version
            and achieved.component = bands.component
            and achieved.achievement >= coalesce(bands.at_least, achieved.achievement)
            and (bands.below is null or achieved.achievement < bands.below)
    left join factors
        on
            achieved.payee_key = factors.payee_key
            and achieved.component_key = factors.component_key
            and achieved.currency_code = factors.currency_code
            and achieved.period_grain = factors.period_grain
            and achieved.period_start = factors.period_start

),

final as (

    select
        assignment_key,
        component_key,
        payee_key,

        currency_code,
        plan,
        component,
        kpi,
        kpi_of,
        period_grain,

        plan_version,
        tier_number,
        target_amount,
        weight,
        cast(days_counted as integer) as days_counted,
        cast(days_of_year as integer) as days_of_year,
        cast(target as decimal(38, 6)) as target,
        cast(actual as decimal(38, 6)) as actual,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator,
        cast(achievement as decimal(18, 6)) as achievement,
        cast(payout_rate as decimal(38, 9)) as payout_rate,
        {{ exact_share('target_amount * weight', 'days_counted', 'days_of_year') }}
            as base_amount,
        cast(pay_factor as decimal(18, 6)) as pay_factor,
        {{ exact_share(
            'target_amount * weight', 'payout_rate * days_counted', 'days_of_year'
        ) }} * cast(pay_factor as decimal(18, 6)) as exact_amount,

        period_start,
        period_end
    from paid_out

)

select * from final
