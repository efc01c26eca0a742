-- Grain: one row per payee (payee_key).
-- Why: every employee may be credited; what is nobody's is credited to the house account.
with employees as (

    select * from {{ ref('dim_employee') }}

),

assignments as (

    select * from {{ ref('conformed_plan_assignments') }}

),

newest as (

    select
        employee_key,
        currency_code
    from assignments
    where valid_from <= {{ as_of_date() }}
    qualify row_number() over (
        partition by employee_key order by valid_from desc, assignment_key asc
    ) = 1

),

unioned as (

    select
        employees.employee_key,
        employees.source_id as employee_id,
        employees.full_name,
        employees.business_function,
        newest.currency_code,
        newest.employee_key is not null as is_on_plan
    from employees
    left join newest
        on employees.employee_key = newest.employee_key
    union all
    select
        cast(null as varchar) as employee_key,
        cast(null as varchar) as employee_id,
        'House account' as full_name,
        'other' as business_function,
        cast(null as varchar) as currency_code,
        false as is_on_plan

),

final as (

    select
        {{ payee_key('employee_key') }} as payee_key,

        employee_key,

        employee_id,
        full_name,
        business_function,
        coalesce(currency_code, {{ company_setting('reporting_currency') }})
            as currency_code,

        is_on_plan,
        employee_key is null as is_house_account
    from unioned

)

select * from final
