-- Grain: one row per employee (employee_key).
-- Why: the version that holds on the as-of date; for one who left or starts later, the nearest.
with employees as (

    select * from {{ ref('conformed_employees') }}

),

known as (

    select employee_key from employees
    group by employee_key

),

chosen as (

    select * from employees
    qualify row_number() over (
        partition by employee_key
        order by
            is_current desc,
            case when valid_from <= {{ as_of_date() }} then valid_from end
            desc nulls last,
            valid_from asc
    ) = 1

),

final as (

    select
        chosen.employee_key,
        known.employee_key as manager_employee_key,

        chosen.source_system,
        chosen.source_id,
        chosen.full_name,
        chosen.manager_name,
        chosen.email_hash,
        chosen.business_function,
        coalesce(chosen.team, 'unknown') as team,
        chosen.region,
        chosen.job_title,

        chosen.is_current as is_active
    from chosen
    left join known
        on chosen.manager_employee_key = known.employee_key

)

select * from final
