-- Grain: one row per employee and validity (employee_key, valid_from).
-- Why: people.csv wins; an employee that only a source knows has one open version.
with company_employees as (

    select * from {{ ref('stg_company__employees') }}

),

source_employees as (

    select * from {{ ref('stg_file_drop__employees') }}

),

sources as (

    select * from {{ ref('stg_company__sources') }}

),

from_company as (

    select
        employee_id,
        'company' as source_system,
        'people' as source_instance,
        full_name,
        email_hash,
        business_function,
        team,
        region,
        job_title,
        manager_employee_id,
        cast(null as varchar) as manager_name,
        time_zone,
        valid_from,
        valid_to
    from company_employees

),

from_sources as (

    select
        source_employees.employee_id,
        source_employees.source_system,
        source_employees.source_instance,
        source_employees.full_name,
        source_employees.email_hash,
        source_employees.business_function,
        source_employees.team,
        source_employees.region,
        source_employees.job_title,
        source_employees.manager_employee_id,
        source_employees.manager_name,
        cast(null as varchar) as time_zone,
        coalesce(source_employees.hired_date, date '1900-01-01') as valid_from,
        {{ add_days('source_employees.left_date', 1) }} as valid_to
    from source_employees
    left join sources
        on source_employees.source_instance = sources.source_name
    left join company_employees
        on source_employees.employee_id = company_employees.employee_id
    where company_employees.employee_id is null
    qualify row_number() over (
        partition by source_employees.employee_id
        order by sources.source_rank, source_employees.source_instance
    ) = 1

),

unioned as (

    select * from from_company
    union all
    select * from from_sources

),

known as (

    select
        employee_id,
        max(full_name) as full_name
    from unioned
    group by employee_id

),

final as (

    select
        {{ employee_key('unioned.employee_id') }} as employee_key,
        case
            when known.employee_id is not null
                then {{ employee_key('unioned.manager_employee_id') }}
        end as manager_employee_key,

        unioned.source_system,
        unioned.source_instance,
        unioned.employee_id as source_id,
        coalesce(unioned.full_name, unioned.employee_id) as full_name,
        unioned.email_hash,
        coalesce(unioned.business_function, 'other') as business_function,
        unioned.team,
        unioned.region,
        unioned.job_title,
        coalesce(unioned.manager_name, known.full_name) as manager_name,
        coalesce(unioned.time_zone, {{ company_setting('time_zone') }}) as time_zone,

        unioned.valid_from <= {{ as_of_date() }}
        and coalesce(unioned.valid_to > {{ as_of_date() }}, true) as is_current,

        unioned.valid_from,
        unioned.valid_to
    from unioned
    left join known
        on unioned.manager_employee_id = known.employee_id

)

select * from final
