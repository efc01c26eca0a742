-- Grain: one row per journey and touch of its people (journey_key, touch_key).
-- Why: why a touch earns nothing, for whoever asks about one journey: a view, so that no run computes
-- what nobody asks for. What it leaves without a reason is what int_journey_touches holds, by test.
{{ config(materialized='view') }}
with journey_people as (

    select * from {{ ref('int_journey_people') }}

),

bounds as (

    select * from {{ ref('int_journey_bounds') }}

),

touches as (

    select * from {{ ref('fct_touch') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

exclusions as (

    select * from {{ ref('stg_company__attribution_exclusions') }}

),

repeats as (

    select * from {{ ref('int_session_repeats') }}

),

final as (

    select
        bounds.journey_key,
        touches.touch_key,
        touches.person_key,
        touches.channel_key,
        touches.campaign_key,
        touches.touch_type,
        case
            when not touches.is_attributable then touches.no_credit_reason
            when channel_exclusions.field_value is not null then 'excluded_channel'
            when type_exclusions.field_value is not null then 'excluded_touch_type'
            when repeats.touch_key is not null then 'session_repeat'
            when touches.touched_at > bounds.closes_at then 'after_conversion'
            when touches.touched_at < bounds.opens_at then 'before_lookback'
            when touches.touched_at <= bounds.previous_won_at then 'before_previous_win'
        end as no_credit_reason,
        touches.touched_at
    from bounds
    inner join journey_people
        on bounds.journey_key = journey_people.journey_key
    inner join touches
        on journey_people.person_key = touches.person_key
    left join channels
        on touches.channel_key = channels.channel_key
    left join exclusions as channel_exclusions
        on
            channels.channel_name = channel_exclusions.field_value
            and channel_exclusions.field_name = 'channel'
    left join exclusions as type_exclusions
        on
            touches.touch_type = type_exclusions.field_value
            and type_exclusions.field_name = 'touch_type'
    left join repeats
        on touches.touch_key = repeats.touch_key

)

select * from final
