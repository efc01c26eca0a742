-- Grain: one row per day of the company's calendar (date_day).
with calendar_bounds as (

    select * from {{ ref('int_calendar_bounds') }}

),

numbers as (

    -- 2^15 days are 89 years: more than the bounds allow.
    {{ numbers_up_to(32768) }}

),

final as (

    select
        {{ add_days('calendar_bounds.first_day', 'numbers.generated_number - 1') }}
            as date_day
    from calendar_bounds
    inner join numbers
        on
            numbers.generated_number
            <= {{ days_between('calendar_bounds.first_day', 'calendar_bounds.last_day') }} + 1

)

select * from final
