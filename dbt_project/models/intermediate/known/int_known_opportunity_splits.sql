-- Grain: one row per agreed share that was recorded by the as-of date (split_key).
-- Why: what does not say when it was recorded is known from its own day on.
with recorded as (

    select * from {{ ref('conformed_opportunity_splits') }}

),

final as (

    select split_key
    from recorded
    where
        created_at is null
        or {{ company_date('created_at') }} <= {{ as_of_date() }}

)

select * from final
