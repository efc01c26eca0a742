-- Fails on every event whose exclusive credits are not all of it, the house account included, or
-- that nobody is credited with.
with events as (

    select * from {{ ref('comp_event') }}

),

credited as (

    select
        event_key,
        credit_type,
        sum(share) as credit_share,
        sum(credited_amount) as credited_amount
    from {{ ref('comp_credit') }}
    where is_exclusive
    group by
        event_key,
        credit_type

),

final as (

    select
        events.event_key,
        credited.credit_type,
        credited.credit_share,
        events.amount,
        credited.credited_amount
    from events
    left join credited
        on events.event_key = credited.event_key
    where
        coalesce(credited.credit_share, 0) <> 1
        or coalesce(events.amount, 0) <> coalesce(credited.credited_amount, 0)

)

select * from final
