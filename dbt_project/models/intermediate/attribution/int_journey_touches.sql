-- Grain: one row per journey and touch that may earn credit (journey_key, touch_key).
-- Why: filters come before weights, so that what is left out is shared by the rest. The order is
-- by time, source, then key: two touches in one second have one order on any machine.
with journey_people as (

    select * from {{ ref('int_journey_people') }}

),

bounds as (

    select * from {{ ref('int_journey_bounds') }}

),

creditable as (

    select * from {{ ref('int_creditable_touches') }}

),

repeats as (

    select * from {{ ref('int_session_repeats') }}

),

final as (

    select
        bounds.journey_key,
        creditable.touch_key,
        creditable.person_key,
        creditable.channel_key,
        creditable.campaign_key,
        bounds.journey_number,
        row_number() over (
            partition by bounds.journey_number
            order by
                creditable.touched_at,
                creditable.source_priority nulls last,
                creditable.touch_key
        ) as touch_number,
        creditable.is_direct,
        coalesce(creditable.touched_at <= bounds.lead_at, false) as is_up_to_lead,
        coalesce(creditable.touched_at <= bounds.opportunity_at, false) as is_up_to_opportunity,
        creditable.touched_date,
        creditable.touched_at
    from bounds
    inner join journey_people
        on bounds.journey_key = journey_people.journey_key
    inner join creditable
        on
            journey_people.person_key = creditable.person_key
            and bounds.closes_at >= creditable.touched_at
            and bounds.opens_at <= creditable.touched_at
    left join repeats
        on creditable.touch_key = repeats.touch_key
    where
        coalesce(creditable.touched_at > bounds.previous_won_at, true)
        and repeats.touch_key is null

)

select * from final
