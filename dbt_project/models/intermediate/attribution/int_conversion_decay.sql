-- Grain: one row per conversion and touch of its journey (conversion_number, touch_number).
-- Why: credit of time_decay, the only model whose touches all weigh something else, so that rests have
-- to be ranked. Whole weights, so that shares are exact fractions; measured from the last touch:
-- from the conversion the shares would be the same.
with milestones as (

    select * from {{ ref('int_conversion_milestones') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

settings as (

    select * from {{ ref('stg_company__attribution_settings') }}

),

weighed as (

    select
        milestones.conversion_number,
        journey_touches.touch_number,
        milestones.cents,
        milestones.millionths,
        cast(
            round(
                1e6 * power(
                    2e0,
                    -({{ seconds_between('journey_touches.touched_at', 'milestones.last_touched_at') }}
                    * 1e0 / settings.half_life_seconds)
                )
            ) as bigint
        ) as touch_weight
    from journey_touches
    cross join settings
    inner join milestones
        on journey_touches.journey_number = milestones.journey_number

),

totals as (

    select
        conversion_number,
        cast(sum(touch_weight) as bigint) as total_weight
    from weighed
    group by conversion_number

),

divided as (

    select
        weighed.conversion_number,
        weighed.touch_number,
        weighed.touch_weight,
        totals.total_weight,
        {{ whole_quotient('weighed.cents * weighed.touch_weight', 'totals.total_weight') }} as cents,
        mod(weighed.cents * weighed.touch_weight, totals.total_weight) as cents_rest,
        {{ whole_quotient('weighed.millionths * weighed.touch_weight', 'totals.total_weight') }}
            as millionths,
        mod(weighed.millionths * weighed.touch_weight, totals.total_weight) as millionths_rest
    from weighed
    inner join totals
        on weighed.conversion_number = totals.conversion_number

),

-- What is left over is the sum of the rests: each of them is a part of one.
left_over as (

    select
        conversion_number,
        {{ whole_quotient('cast(sum(cents_rest) as bigint)', 'max(total_weight)') }} as cents_left,
        {{ whole_quotient('cast(sum(millionths_rest) as bigint)', 'max(total_weight)') }}
            as millionths_left
    from divided
    group by conversion_number

),

ranked as (

    select
        conversion_number,
        touch_number,
        touch_weight,
        total_weight,
        cents,
        millionths,
        row_number() over (
            partition by conversion_number
            order by cents_rest desc, touch_number asc
        ) as cents_rank,
        row_number() over (
            partition by conversion_number
            order by millionths_rest desc, touch_number asc
        ) as millionths_rank
    from divided

),

final as (

    select
        ranked.conversion_number,
        ranked.touch_number,
        cast(ranked.touch_weight * 1e0 / ranked.total_weight as decimal(18, 12)) as time_decay_share,
        ranked.cents + case when ranked.cents_rank <= left_over.cents_left then 1 else 0 end
            as time_decay_cents,
        ranked.millionths
        + case when ranked.millionths_rank <= left_over.millionths_left then 1 else 0 end
            as time_decay_millionths
    from ranked
    inner join left_over
        on ranked.conversion_number = left_over.conversion_number

)

select * from final
