-- Grain: one row per payee on a pay plan and validity (assignment_key).
-- Why: a plan that has no file is named too, so that nobody is forgotten.
with assignments as (

    select * from {{ ref('conformed_plan_assignments') }}

),

versions as (

    select * from {{ ref('stg_company__plan_versions') }}

),

known as (

    select plan from versions
    group by plan

),

final as (

    select
        assignments.assignment_key,

        {{ payee_key('assignments.employee_key') }} as payee_key,

        assignments.source_system,
        assignments.source_id,
        assignments.plan,
        assignments.currency_code,

        assignments.target_amount,

        known.plan is not null as is_plan_known,

        assignments.valid_from,
        assignments.valid_to
    from assignments
    left join known
        on assignments.plan = known.plan

)

select * from final
