-- Grain: one row per employee and validity (employee_id, valid_from).
with source as (

    select * from {{ source('rules', 'employee') }}

),

final as (

    select
        employee_id,
        full_name,
        {{ email_hash('email') }} as email_hash,
        business_function,
        team,
        region,
        job_title,
        manager_employee_id,
        time_zone,
        valid_from,
        valid_to
    from source

)

select * from final
