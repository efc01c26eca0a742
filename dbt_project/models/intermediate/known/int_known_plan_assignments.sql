-- Grain: one row per employee on a pay plan and validity that was recorded by the as-of date (assignment_key).
-- Why: what does not say when it was recorded is known from its own day on.
with recorded as (

    select * from {{ ref('conformed_plan_assignments') }}

),

final as (

    select assignment_key
    from recorded
    where
        created_at is null
        or {{ company_date('created_at') }} <= {{ as_of_date() }}

)

select * from final
