-- Grain: one row per conversion, model and touch that earns credit (conversion_key, model, touch_number).
-- Why: one row without a touch where none does. Whole cents and millionths by largest remainder, ties
-- to the earlier touch, so that credits sum to the amount and to one. A negative amount is shared
-- like a positive one. Numbers stand for the long keys until millions of rows are ranked.
with conversions as (

    select * from {{ ref('int_conversions') }}

),

bounds as (

    select * from {{ ref('int_journey_bounds') }}

),

weights as (

    select * from {{ ref('int_attribution_weights') }}

),

models as (

    select * from {{ ref('stg_company__attribution_models') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

numbered as (

    select
        conversions.conversion_key,
        conversions.conversion_type,
        conversions.booking_type,
        conversions.conversion_amount,
        conversions.converted_date,
        conversions.converted_at,
        bounds.journey_number,
        row_number() over (order by conversions.conversion_key) as conversion_number,
        cast(abs(conversions.conversion_amount) * 100 as bigint) as cents,
        cast(1000000 as bigint) as millionths
    from conversions
    left join bounds
        on conversions.journey_key = bounds.journey_key

),

-- A refund of a deal that nobody won, as far as is known, has no journey: nobody's credit is undone.
weighed as (

    select
        numbered.conversion_number,
        numbered.journey_number,
        numbered.cents,
        numbered.millionths,
        models.model,
        coalesce(weights.touch_number, 0) as touch_number,
        coalesce(weights.touch_weight, 1) as touch_weight,
        coalesce(weights.total_weight, 1) as total_weight
    from numbered
    inner join models
        on numbered.conversion_type = models.conversion_type
    left join weights
        on numbered.journey_number = weights.journey_number and models.model = weights.model

),

divided as (

    select
        *,
        {{ whole_quotient('cents * touch_weight', 'total_weight') }} as whole_cents,
        mod(cents * touch_weight, total_weight) as rest_cents,
        {{ whole_quotient('millionths * touch_weight', 'total_weight') }} as whole_millionths,
        mod(millionths * touch_weight, total_weight) as rest_millionths
    from weighed

),

left_over as (

    select
        conversion_number,
        model,
        max(cents) - sum(whole_cents) as left_cents,
        max(millionths) - sum(whole_millionths) as left_millionths
    from divided
    where touch_weight < total_weight
    group by
        conversion_number,
        model

),

ranked as (

    select
        *,
        row_number() over (
            partition by conversion_number, model
            order by rest_cents desc, touch_number asc
        ) as cent_rank,
        row_number() over (
            partition by conversion_number, model
            order by rest_millionths desc, touch_number asc
        ) as millionth_rank
    from divided
    where touch_weight < total_weight

),

shared as (

    select
        ranked.conversion_number,
        ranked.journey_number,
        ranked.model,
        ranked.touch_number,
        ranked.touch_weight,
        ranked.total_weight,
        ranked.whole_cents
        + case when ranked.cent_rank <= left_over.left_cents then 1 else 0 end as credited_cents,
        ranked.whole_millionths
        + case when ranked.millionth_rank <= left_over.left_millionths then 1 else 0 end
            as credited_millionths
    from ranked
    inner join left_over
        on
            ranked.conversion_number = left_over.conversion_number
            and ranked.model = left_over.model

),

undivided as (

    select
        conversion_number,
        journey_number,
        model,
        touch_number,
        touch_weight,
        total_weight,
        whole_cents as credited_cents,
        whole_millionths as credited_millionths
    from divided
    where touch_weight = total_weight

),

credited as (

    select * from shared
    union all
    select * from undivided

),

final as (

    select
        numbered.conversion_key,
        journey_touches.touch_key,
        coalesce(journey_touches.channel_key, {{ surrogate_key(["'unattributed'"]) }})
            as channel_key,
        coalesce(journey_touches.campaign_key, {{ unknown_key('campaign') }}) as campaign_key,

        numbered.conversion_type,
        numbered.booking_type,
        credited.model,

        credited.touch_number,
        numbered.conversion_amount,
        cast(credited.touch_weight * 1e0 / credited.total_weight as decimal(18, 12)) as weight,
        cast(
            case when numbered.conversion_amount < 0 then -1 else 1 end
            * cast(credited.credited_cents as decimal(18, 0)) / 100 as decimal(18, 2)
        ) as credited_amount,
        cast(cast(credited.credited_millionths as decimal(18, 0)) / 1000000 as decimal(9, 6))
            as credited_conversions,

        journey_touches.touched_date,
        numbered.converted_date,

        numbered.converted_at
    from credited
    inner join numbered
        on credited.conversion_number = numbered.conversion_number
    left join journey_touches
        on
            credited.journey_number = journey_touches.journey_number
            and credited.touch_number = journey_touches.touch_number

)

select * from final
