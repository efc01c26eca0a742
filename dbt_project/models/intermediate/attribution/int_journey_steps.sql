-- Grain: one row per journey and step of its path (journey_number, step_number).
-- Why: touches of one channel in a row are one step. Each step knows the three before it, which is
-- all that a Markov chain of the third order remembers; 0 stands for none.
with journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

channels as (

    select * from {{ ref('int_attribution_channels') }}

),

placed as (

    select
        journey_touches.journey_number,
        journey_touches.touch_number,
        channels.channel_number,
        lag(channels.channel_number) over (
            partition by journey_touches.journey_number
            order by journey_touches.touch_number
        ) as number_before
    from journey_touches
    inner join channels
        on journey_touches.channel_key = channels.channel_key

),

final as (

    select
        journey_number,
        row_number() over (partition by journey_number order by touch_number) as step_number,
        channel_number,
        coalesce(
            lag(channel_number, 1) over (partition by journey_number order by touch_number), 0
        ) as number_before,
        coalesce(
            lag(channel_number, 2) over (partition by journey_number order by touch_number), 0
        ) as second_before,
        coalesce(
            lag(channel_number, 3) over (partition by journey_number order by touch_number), 0
        ) as third_before,
        lead(channel_number) over (partition by journey_number order by touch_number) is null
            as is_last
    from placed
    where number_before is null or number_before <> channel_number

)

select * from final
