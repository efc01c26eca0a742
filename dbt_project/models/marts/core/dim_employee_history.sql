-- Grain: one row per employee and validity (employee_version_key).
with employees as (

    select * from {{ ref('conformed_employees') }}

),

known as (

    select employee_key from employees
    group by employee_key

),

final as (

    select
        {{ surrogate_key(['employees.employee_key', 'employees.valid_from']) }}
            as employee_version_key,
        employees.employee_key,
        known.employee_key as manager_employee_key,

        employees.business_function,
        coalesce(employees.team, 'unknown') as team,
        employees.region,
        employees.job_title,

        employees.is_current,

        employees.valid_from,
        employees.valid_to
    from employees
    left join known
        on employees.manager_employee_key = known.employee_key

)

select * from final
