-- Grain: one row: the first and the last day of the company's calendar (first_day).
-- Why: from the fiscal year of the first fact, three years before as-of at the latest, to the end
-- of the fiscal year after as-of or the last fact. A mistyped date does not stretch it.
{% set earliest_credible_day = "1980-01-01" %}
{% set credible_months_ahead = 60 %}
{% set months_back = 36 %}
with settings as (

    select * from {{ ref('stg_company__settings') }}

),

as_of as (

    select * from {{ ref('stg_company__as_of') }}

),

fact_dates as (

    select * from {{ ref('int_fact_dates') }}

),

limits as (

    select
        as_of.as_of_date,
        settings.fiscal_year_start_month,
        {{ add_months('as_of.as_of_date', -1 * months_back) }} as back_date,
        {{ add_months('as_of.as_of_date', credible_months_ahead) }} as latest_credible_day
    from settings
    cross join as_of

),

credible as (

    select
        limits.as_of_date,
        limits.fiscal_year_start_month,
        limits.back_date,
        min(fact_dates.date_day) as first_date,
        max(fact_dates.date_day) as last_date
    from limits
    left join fact_dates
        on
            limits.latest_credible_day >= fact_dates.date_day
            and fact_dates.date_day >= date '{{ earliest_credible_day }}'
    group by limits.as_of_date, limits.fiscal_year_start_month, limits.back_date

),

reached as (

    select
        fiscal_year_start_month,
        least(coalesce(first_date, back_date), back_date) as first_date,
        greatest(coalesce(last_date, as_of_date), as_of_date) as last_date
    from credible

),

final as (

    select
        {{ fiscal_year_start('first_date', 'fiscal_year_start_month') }} as first_day,
        {{ add_days(
            add_months(fiscal_year_start('last_date', 'fiscal_year_start_month'), 24), -1
        ) }} as last_day
    from reached

)

select * from final
