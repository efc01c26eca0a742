-- Grain: one row per journey, model and touch that earns credit (journey_number, model, touch_number).
-- Why: touch 0 stands for none where none earns credit. Whole weights, so that shares are exact fractions. Key touches weigh their share, times the
-- touches that divide the middle's, so that each of these weighs the middle's share once. A share
-- that no touch takes is missing in the sum too, and so goes to the others in proportion.
with bounds as (

    select * from {{ ref('int_journey_bounds') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

models as (

    select * from {{ ref('stg_company__attribution_models') }}
    where conversion_type <> 'refund'

),

settings as (

    select * from {{ ref('stg_company__attribution_settings') }}

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
        journey_touches.journey_number,
        journey_touches.touch_number,
        bounds.conversion_type,
        journeys.touch_count,
        journey_touches.touch_number = 1 as is_first,
        journey_touches.touch_number = journeys.touch_count as is_last,
        journey_touches.touch_number
        = coalesce(journeys.last_non_direct_number, journeys.touch_count) as is_last_non_direct,
        coalesce(journey_touches.touch_number = journeys.lead_number, false) as is_lead,
        coalesce(journey_touches.touch_number = journeys.opportunity_number, false)
            as is_opportunity,
        {{ seconds_between('journey_touches.touched_at', 'journeys.last_touched_at') }}
            as seconds_before_last
    from journey_touches
    inner join journeys
        on journey_touches.journey_number = journeys.journey_number
    inner join bounds
        on journey_touches.journey_number = bounds.journey_number

),

judged as (

    select
        placed.*,
        models.model,
        models.method,
        models.middle_weight,
        case when placed.is_first then models.first_weight else 0 end
        + case when placed.is_lead then models.lead_weight else 0 end
        + case when placed.is_opportunity then models.opportunity_weight else 0 end
        + case when placed.is_last then models.last_weight else 0 end as key_weight
    from placed
    inner join models
        on placed.conversion_type = models.conversion_type

),

middles as (

    select
        journey_number,
        model,
        sum(case when key_weight = 0 then 1 else 0 end) as middle_count
    from judged
    where method = 'key_touches'
    group by
        journey_number,
        model

),

weighed as (

    select
        judged.journey_number,
        judged.model,
        judged.touch_number,
        cast(
            case judged.method
                when 'even' then 1
                when 'first' then cast(judged.is_first as integer)
                when 'last' then cast(judged.is_last as integer)
                when 'last_non_direct' then cast(judged.is_last_non_direct as integer)
                when 'lead' then cast(judged.is_lead as integer)
                when 'opportunity' then cast(judged.is_opportunity as integer)
                when 'decay' then round(
                    1e6 * power(
                        2e0, -(judged.seconds_before_last * 1e0 / settings.half_life_seconds)
                    )
                )
                when 'key_touches' then
                    case
                        when judged.key_weight = 0 then judged.middle_weight
                        when middles.middle_count > 0 and judged.middle_weight > 0
                            then judged.key_weight * middles.middle_count
                        else judged.key_weight
                    end
            end as bigint
        ) as touch_weight
    from judged
    cross join settings
    left join middles
        on judged.journey_number = middles.journey_number and judged.model = middles.model

),

earning as (

    select * from weighed
    where touch_weight > 0

),

totals as (

    select
        journey_number,
        model,
        sum(touch_weight) as total_weight
    from earning
    group by
        journey_number,
        model

),

final as (

    select
        bounds.journey_number,
        models.model,
        coalesce(earning.touch_number, 0) as touch_number,
        coalesce(earning.touch_weight, 1) as touch_weight,
        cast(coalesce(totals.total_weight, 1) as bigint) as total_weight
    from bounds
    inner join models
        on bounds.conversion_type = models.conversion_type
    left join totals
        on bounds.journey_number = totals.journey_number and models.model = totals.model
    left join earning
        on bounds.journey_number = earning.journey_number and models.model = earning.model

)

select * from final
