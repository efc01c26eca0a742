-- Grain: one row per employee of a source (source_instance, employee_id).
with source as (

    select * from {{ source('raw_file_drop', 'employees') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, employee_id
        order by {{ newest_delivery_first('updated_at') }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        employee_id,
        full_name,
        {{ email_hash('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        business_function,
        team,
        job_title,
        region,
        manager_employee_id,
        manager_name,
        hired_date,
        left_date,
        is_active,
        updated_at,
        attributes
    from newest

)

select * from final
