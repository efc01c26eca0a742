-- Grain: one row per channel with touches that may earn credit (channel_key).
-- Why: algorithmic models tell channels apart by small numbers, so that a set of them is one whole
-- number. Sixty-two fit; the least touched beyond that share the last number, and its credit by
-- their touches. Of the others the number of touches is nobody's concern: it changes every day.
with creditable as (

    select * from {{ ref('int_creditable_touches') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

counted as (

    select
        channel_key,
        count(*) as touch_count
    from creditable
    group by channel_key

),

ranked as (

    select
        counted.channel_key,
        channels.channel_name,
        counted.touch_count,
        row_number() over (
            order by counted.touch_count desc, channels.channel_name asc
        ) as channel_rank
    from counted
    inner join channels
        on counted.channel_key = channels.channel_key

),

final as (

    select
        channel_key,
        channel_name,
        cast(least(channel_rank, {{ var('attribution_channels_told_apart') }}) as integer)
            as channel_number,
        case
            when channel_rank < {{ var('attribution_channels_told_apart') }} then 1
            else touch_count
        end as sharing_weight
    from ranked

)

select * from final
