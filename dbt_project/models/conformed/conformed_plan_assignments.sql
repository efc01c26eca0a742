-- Grain: one row per employee on a pay plan and validity (assignment_key).
-- Why: whom the company folder names, no source assigns.
with company_assignments as (

    select * from {{ ref('stg_company__plan_assignments') }}

),

source_assignments as (

    select * from {{ ref('stg_file_drop__plan_assignments') }}

),

company_employees as (

    select employee_id from company_assignments
    group by employee_id

),

unioned as (

    select
        'company' as source_system,
        'assignments' as source_instance,
        concat(employee_id, '-', cast(valid_from as varchar)) as source_id,
        employee_id,
        plan,
        currency_code,
        target_amount,
        valid_from,
        valid_to,
        cast(null as timestamp) as created_at
    from company_assignments
    union all
    select
        source_assignments.source_system,
        source_assignments.source_instance,
        source_assignments.assignment_id as source_id,
        source_assignments.employee_id,
        source_assignments.plan,
        source_assignments.currency_code,
        source_assignments.target_amount,
        source_assignments.valid_from,
        source_assignments.valid_to,
        source_assignments.created_at
    from source_assignments
    left join company_employees
        on source_assignments.employee_id = company_employees.employee_id
    where company_employees.employee_id is null

),

final as (

    select
        {{ surrogate_key(['source_system', 'source_instance', 'source_id']) }}
            as assignment_key,
        {{ employee_key('employee_id') }} as employee_key,

        source_system,
        source_instance,
        source_id,
        replace(replace({{ normalised('plan') }}, '-', '_'), ' ', '_') as plan,
        coalesce(currency_code, {{ company_setting('reporting_currency') }})
            as currency_code,

        target_amount,

        valid_from,
        valid_to,

        created_at
    from unioned

)

select * from final
