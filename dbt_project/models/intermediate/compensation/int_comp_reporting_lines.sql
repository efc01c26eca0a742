-- Grain: one row per employee, somebody above and days (employee_key, manager_employee_key, credited_to, valid_from).
-- Why: an override counts what others sold: the direct reports' (team), or everybody's below
-- (organisation), by the hierarchy of the day.
with recursive employees as (

    select * from {{ ref('dim_employee_history') }}

),

reports as (

    select
        employee_key,
        manager_employee_key,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from employees
    where manager_employee_key is not null

),

-- Rows that repeat end the walk, so that a chain that bites its own tail ends, too.
walked as (

    select
        employee_key,
        manager_employee_key,
        valid_from,
        valid_to
    from reports
    union
    select
        walked.employee_key,
        reports.manager_employee_key,
        greatest(walked.valid_from, reports.valid_from) as valid_from,
        least(walked.valid_to, reports.valid_to) as valid_to
    from walked
    inner join reports
        on
            walked.manager_employee_key = reports.employee_key
            and walked.valid_from < reports.valid_to
            and walked.valid_to > reports.valid_from

),

unioned as (

    select
        employee_key,
        manager_employee_key,
        'team' as credited_to,
        valid_from,
        valid_to
    from reports
    union all
    select
        employee_key,
        manager_employee_key,
        'organisation' as credited_to,
        valid_from,
        valid_to
    from walked
    where employee_key <> manager_employee_key

),

final as (

    select
        employee_key,
        manager_employee_key,

        credited_to,

        valid_from,
        valid_to
    from unioned

)

select * from final
