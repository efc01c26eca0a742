-- Grain: one row per refund or cancellation that was recorded by the as-of date (refund_key).
-- Why: what does not say when it was recorded is known from its own day on.
with recorded as (

    select * from {{ ref('conformed_refunds') }}

),

final as (

    select refund_key
    from recorded
    where
        created_at is null
        or {{ company_date('created_at') }} <= {{ as_of_date() }}

)

select * from final
