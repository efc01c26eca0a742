-- Grain: one row per hand-off of a person who did something that gives points (handoff_key).
-- Why: of each touch known by the hand-off, the points that time has left of it: half after each
-- half-life. Rounded before they are added up, so that no order of adding shows.
with described as (

    select * from {{ ref('int_handoffs_described') }}

),

decided as (

    select * from {{ ref('int_handoffs_decided') }}

),

touches as (

    select * from {{ ref('int_touches_scored') }}

),

caps as (

    select * from {{ ref('stg_company__score_caps') }}

),

left_over as (

    select
        described.handoff_key,
        cast(
            cast(touches.points as double) * power(
                cast(0.5 as double),
                cast({{ seconds_between('touches.touched_at', 'decided.assigned_at') }} as double)
                / cast(86400 as double)
                / cast(touches.half_life_days as double)
            ) as decimal(18, 6)
        ) as points
    from described
    inner join decided
        on described.handoff_key = decided.handoff_key
    inner join touches
        on
            described.person_key = touches.person_key
            and decided.assigned_at >= touches.known_at

),

final as (

    select
        left_over.handoff_key,

        count(*) as scored_touch_count,
        cast(
            least(sum(left_over.points), max(caps.engagement_cap)) as decimal(18, 6)
        ) as engagement_score
    from left_over
    cross join caps
    group by left_over.handoff_key

)

select * from final
