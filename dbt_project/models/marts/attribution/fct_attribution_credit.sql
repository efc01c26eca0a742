-- Grain: one row per conversion, model and touch that earns credit (attribution_credit_key).
-- Why: one row without a touch where none does. Whole cents and millionths by largest remainder, ties to the earlier touch, so that credits
-- sum to the amount and to one. A negative amount is shared like a positive one.
with conversions as (

    select * from {{ ref('int_conversions') }}

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

-- A refund of a deal that nobody won, as far as is known, has no journey: nobody's credit is undone.
weighed as (

    select
        conversions.conversion_key,
        conversions.journey_key,
        conversions.conversion_type,
        conversions.booking_type,
        conversions.conversion_amount,
        conversions.converted_date,
        conversions.converted_at,
        models.model,
        coalesce(weights.touch_number, 0) as touch_number,
        coalesce(weights.touch_weight, 1) as touch_weight,
        coalesce(weights.total_weight, 1) as total_weight,
        cast(abs(conversions.conversion_amount) * 100 as bigint) as cents,
        cast(1000000 as bigint) as millionths
    from conversions
    inner join models
        on conversions.conversion_type = models.conversion_type
    left join weights
        on conversions.journey_key = weights.journey_key and models.model = weights.model

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

ranked as (

    select
        *,
        cents - sum(whole_cents) over (partition by conversion_key, model) as left_cents,
        row_number() over (
            partition by conversion_key, model
            order by rest_cents desc, touch_number asc
        ) as cent_rank,
        millionths - sum(whole_millionths) over (partition by conversion_key, model)
            as left_millionths,
        row_number() over (
            partition by conversion_key, model
            order by rest_millionths desc, touch_number asc
        ) as millionth_rank
    from divided

),

credited as (

    select
        *,
        whole_cents + case when cent_rank <= left_cents then 1 else 0 end as credited_cents,
        whole_millionths + case when millionth_rank <= left_millionths then 1 else 0 end
            as credited_millionths
    from ranked

),

final as (

    select
        {{ surrogate_key([
            'credited.conversion_key', 'credited.model', 'journey_touches.touch_key'
        ]) }} as attribution_credit_key,
        credited.conversion_key,
        journey_touches.touch_key,
        coalesce(journey_touches.channel_key, {{ surrogate_key(["'unattributed'"]) }})
            as channel_key,
        coalesce(journey_touches.campaign_key, {{ unknown_key('campaign') }}) as campaign_key,

        credited.conversion_type,
        credited.booking_type,
        credited.model,

        credited.conversion_amount,
        cast(credited.touch_weight * 1e0 / credited.total_weight as decimal(18, 12)) as weight,
        cast(
            case when credited.conversion_amount < 0 then -1 else 1 end
            * cast(credited.credited_cents as decimal(18, 0)) / 100 as decimal(18, 2)
        ) as credited_amount,
        cast(cast(credited.credited_millionths as decimal(18, 0)) / 1000000 as decimal(9, 6))
            as credited_conversions,

        journey_touches.touched_date,
        credited.converted_date,

        credited.converted_at
    from credited
    left join journey_touches
        on
            credited.journey_key = journey_touches.journey_key
            and credited.touch_number = journey_touches.touch_number

)

select * from final
