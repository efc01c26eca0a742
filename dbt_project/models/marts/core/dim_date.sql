-- Grain: one row per day of the company's calendar (date_day).
-- Why: a fiscal year is named after the calendar year in which it ends.
with days as (

    select * from {{ ref('int_days') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

holidays as (

    select
        holiday_date,
        min(holiday_name) as holiday_name
    from {{ ref('stg_company__holidays') }}
    group by holiday_date

),

business_hours as (

    select * from {{ ref('stg_company__business_hours') }}

),

started as (

    select
        days.date_day,
        settings.fiscal_year_start_month,
        cast(date_trunc('week', days.date_day) as date) as week_start_date,
        {{ first_of_month('days.date_day') }} as month_start_date,
        {{ fiscal_year_start('days.date_day', 'settings.fiscal_year_start_month') }}
            as fiscal_year_start_date
    from days
    cross join settings

),

numbered as (

    select
        *,
        cast(
            extract(year from {{ add_months('fiscal_year_start_date', 11) }}) as integer
        ) as fiscal_year,
        cast(
            mod(extract(month from date_day) - fiscal_year_start_month + 12, 12) + 1
            as integer
        ) as fiscal_month
    from started

),

final as (

    select
        numbered.date_day,

        holidays.holiday_name,

        numbered.fiscal_year,
        cast(ceil(numbered.fiscal_month / 3.0) as integer) as fiscal_quarter,
        numbered.fiscal_month,

        holidays.holiday_date is not null as is_holiday,
        business_hours.weekday is not null and holidays.holiday_date is null
            as is_business_day,

        numbered.week_start_date,
        numbered.month_start_date,
        {{ add_months(
            'numbered.month_start_date', '-1 * mod(numbered.fiscal_month - 1, 3)'
        ) }} as fiscal_quarter_start_date,
        numbered.fiscal_year_start_date
    from numbered
    left join holidays
        on numbered.date_day = holidays.holiday_date
    left join business_hours
        on
            {{ days_between('numbered.week_start_date', 'numbered.date_day') }} + 1
            = business_hours.weekday

)

select * from final
