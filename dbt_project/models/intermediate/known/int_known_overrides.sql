-- Grain: one row per amount that was decided by hand that was recorded by the as-of date (override_key).
-- Why: what does not say when it was recorded is known from its own day on.
with recorded as (

    select * from {{ ref('conformed_compensation_overrides') }}

),

final as (

    select override_key
    from recorded
    where
        created_at is null
        or {{ company_date('created_at') }} <= {{ as_of_date() }}

)

select * from final
