-- Fails on every touch that one of the two takes and the other leaves: a touch counts in a journey
-- exactly where int_journey_candidates has no reason against it.
with candidates as (

    select
        journey_key,
        touch_key
    from {{ ref('int_journey_candidates') }}
    where no_credit_reason is null

),

journey_touches as (

    select
        journey_key,
        touch_key
    from {{ ref('int_journey_touches') }}

)

select
    coalesce(candidates.journey_key, journey_touches.journey_key) as journey_key,
    coalesce(candidates.touch_key, journey_touches.touch_key) as touch_key
from candidates
full outer join journey_touches
    on
        candidates.journey_key = journey_touches.journey_key
        and candidates.touch_key = journey_touches.touch_key
where candidates.touch_key is null or journey_touches.touch_key is null
