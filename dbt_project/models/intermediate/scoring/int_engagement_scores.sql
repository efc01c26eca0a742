-- Grain: one row per moment of a person who had done something that gives points (moment_key).
-- Why: of each touch known by the moment, the points that time has left of it: half after each
-- half-life. Rounded before they are added up, so that no order of adding shows.
with moments as (

    select * from {{ ref('int_score_moments') }}

),

touches as (

    select * from {{ ref('int_touches_scored') }}

),

caps as (

    select * from {{ ref('stg_company__score_caps') }}

),

left_over as (

    select
        moments.moment_key,
        cast(
            cast(touches.points as double) * power(
                cast(0.5 as double),
                cast({{ seconds_between('touches.touched_at', 'moments.scored_at') }} as double)
                / cast(86400 as double)
                / cast(touches.half_life_days as double)
            ) as decimal(18, 6)
        ) as points
    from moments
    inner join touches
        on
            moments.person_key = touches.person_key
            and moments.scored_at >= touches.known_at

),

final as (

    select
        left_over.moment_key,

        count(*) as scored_touch_count,
        cast(
            least(sum(left_over.points), max(caps.engagement_cap)) as decimal(18, 6)
        ) as engagement_score
    from left_over
    cross join caps
    group by left_over.moment_key

)

select * from final
