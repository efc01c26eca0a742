-- Grain: one row per time zone of an employee and day of the calendar (time_zone, business_date).
-- Why: the seconds at work before each day make the distance of two moments a
-- subtraction, whatever lies between them.
with days as (

    select * from {{ ref('dim_date') }}

),

employees as (

    select * from {{ ref('int_employee_teams') }}

),

business_hours as (

    select * from {{ ref('stg_company__business_hours') }}

),

zones as (

    select time_zone from employees
    union
    select {{ company_setting('time_zone') }} as time_zone

),

opened as (

    select
        zones.time_zone,
        days.date_day as business_date,
        {{ utc_of_local('days.date_day', 'business_hours.opens_at', 'zones.time_zone') }}
            as opens_at,
        {{ utc_of_local('days.date_day', 'business_hours.closes_at', 'zones.time_zone') }}
            as closes_at
    from zones
    cross join days
    left join business_hours
        on
            days.is_business_day
            and {{ days_between('days.week_start_date', 'days.date_day') }} + 1
            = business_hours.weekday

),

measured as (

    select
        *,
        coalesce({{ seconds_between('opens_at', 'closes_at') }}, 0) as work_seconds
    from opened

),

final as (

    select
        time_zone,

        cast(work_seconds as bigint) as work_seconds,
        cast(
            sum(work_seconds) over (
                partition by time_zone
                order by business_date
                rows between unbounded preceding and current row
            ) - work_seconds as bigint
        ) as work_seconds_before,

        business_date,

        opens_at,
        closes_at
    from measured

)

select * from final
