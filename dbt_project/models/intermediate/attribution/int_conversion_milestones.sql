-- Grain: one row per conversion (conversion_key).
-- Why: the places in its journey where a model may put a share of its own. A touch that is several of
-- them has a place of its own once, as the first of first, lead, opportunity and last. A refund has
-- the places of the win it undoes; one of a deal that nobody won, as far as is known, has none.
with conversions as (

    select * from {{ ref('int_conversions') }}

),

bounds as (

    select * from {{ ref('int_journey_bounds') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

journeys as (

    select
        journey_number,
        count(*) as touch_count,
        max(touched_at) as last_touched_at,
        max(case when not is_direct then touch_number end) as last_non_direct_number,
        max(case when is_up_to_lead then touch_number end) as lead_number,
        max(case when is_up_to_opportunity then touch_number end) as opportunity_number
    from journey_touches
    group by journey_number

),

placed as (

    select
        conversions.conversion_key,
        conversions.conversion_type,
        conversions.booking_type,
        conversions.conversion_amount,
        conversions.converted_date,
        conversions.converted_at,
        bounds.journey_number,
        journeys.lead_number,
        journeys.opportunity_number,
        journeys.last_touched_at,
        {{ key_number('conversions.conversion_key') }} as conversion_number,
        cast(abs(conversions.conversion_amount) * 100 as bigint) as cents,
        cast(1000000 as bigint) as millionths,
        coalesce(journeys.touch_count, 0) as touch_count,
        coalesce(journeys.last_non_direct_number, journeys.touch_count) as last_non_direct_number
    from conversions
    left join bounds
        on conversions.journey_key = bounds.journey_key
    left join journeys
        on bounds.journey_number = journeys.journey_number

),

final as (

    select
        conversion_key,
        conversion_type,
        booking_type,
        conversion_number,
        journey_number,
        conversion_amount,
        cents,
        millionths,
        touch_count,
        last_non_direct_number,
        lead_number,
        opportunity_number,
        case when lead_number > 1 then lead_number end as own_lead_number,
        case
            when opportunity_number > 1 and opportunity_number <> coalesce(lead_number, 0)
                then opportunity_number
        end as own_opportunity_number,
        case
            when
                touch_count > 1
                and touch_count <> coalesce(lead_number, 0)
                and touch_count <> coalesce(opportunity_number, 0)
                then touch_count
        end as own_last_number,
        converted_date,
        converted_at,
        last_touched_at
    from placed

)

select * from final
