-- Grain: one row per month in which customers first paid and full months since (cohort_month, age_months).
-- Why: the base is what the cohort paid at the end of its first month, and nobody enters later.
-- GRR counts no customer for more than it began with, so it never exceeds NRR or 1. Only months
-- that have ended; a cohort of which nothing is left has rows still.
with recurring_months as (

    select * from {{ ref('int_recurring_months') }}
    where is_closed

),

days as (

    select * from {{ ref('dim_date') }}

),

months as (

    select month_start_date
    from days
    group by month_start_date
    having max(date_day) <= {{ as_of_date() }}

),

first_months as (

    select
        parent_account_key,
        min(subscription_month) as cohort_month
    from recurring_months
    group by parent_account_key

),

bases as (

    select
        first_months.parent_account_key,
        first_months.cohort_month,
        recurring_months.recurring_amount as base_amount
    from first_months
    inner join recurring_months
        on
            first_months.parent_account_key = recurring_months.parent_account_key
            and first_months.cohort_month = recurring_months.subscription_month

),

cohorts as (

    select
        cohort_month,
        count(*) as cohort_accounts,
        sum(base_amount) as cohort_recurring_amount
    from bases
    group by cohort_month

),

paying as (

    select
        bases.cohort_month,
        recurring_months.subscription_month,
        count(*) as accounts,  -- noqa: RF04
        sum(recurring_months.recurring_amount) as recurring_amount,
        sum(least(recurring_months.recurring_amount, bases.base_amount)) as retained_amount
    from recurring_months
    inner join bases
        on recurring_months.parent_account_key = bases.parent_account_key
    group by
        bases.cohort_month,
        recurring_months.subscription_month

),

final as (

    select
        cast({{ months_between('cohorts.cohort_month', 'months.month_start_date') }} as integer)
            as age_months,
        cohorts.cohort_accounts,
        coalesce(paying.accounts, 0) as accounts,  -- noqa: RF04

        cast(cohorts.cohort_recurring_amount as decimal(18, 2)) as cohort_recurring_amount,
        cast(coalesce(paying.recurring_amount, 0) as decimal(18, 2)) as recurring_amount,
        cast(coalesce(paying.retained_amount, 0) as decimal(18, 2)) as retained_amount,

        {{ safe_ratio('coalesce(paying.recurring_amount, 0)', 'cohorts.cohort_recurring_amount') }}
            as nrr,
        {{ safe_ratio('coalesce(paying.retained_amount, 0)', 'cohorts.cohort_recurring_amount') }}
            as grr,
        {{ safe_ratio('coalesce(paying.accounts, 0)', 'cohorts.cohort_accounts') }}
            as logo_retention,

        cohorts.cohort_month,
        months.month_start_date as recurring_month
    from cohorts
    inner join months
        on cohorts.cohort_month <= months.month_start_date
    left join paying
        on
            cohorts.cohort_month = paying.cohort_month
            and months.month_start_date = paying.subscription_month

)

select * from final
