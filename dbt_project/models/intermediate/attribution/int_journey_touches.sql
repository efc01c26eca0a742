-- Grain: one row per journey and touch that may earn credit (journey_key, touch_key).
-- Why: filters come before weights, so that what is left out is shared by the rest. The order is
-- by time, then key: two touches in one second have one order on any machine.
with journey_people as (

    select * from {{ ref('int_journey_people') }}

),

bounds as (

    select * from {{ ref('int_journey_bounds') }}

),

touches as (

    select * from {{ ref('fct_touch') }}
    where is_attributable

),

channels as (

    select * from {{ ref('dim_channel') }}

),

exclusions as (

    select * from {{ ref('stg_company__attribution_exclusions') }}

),

creditable as (

    select
        touches.touch_key,
        touches.person_key,
        touches.channel_key,
        touches.campaign_key,
        touches.touched_date,
        touches.touched_at,
        direct.field_value is not null as is_direct
    from touches
    left join channels
        on touches.channel_key = channels.channel_key
    left join exclusions as direct
        on channels.channel_name = direct.field_value and direct.field_name = 'direct_channel'
    left join exclusions as channel_exclusions
        on
            channels.channel_name = channel_exclusions.field_value
            and channel_exclusions.field_name = 'channel'
    left join exclusions as type_exclusions
        on
            touches.touch_type = type_exclusions.field_value
            and type_exclusions.field_name = 'touch_type'
    where channel_exclusions.field_value is null and type_exclusions.field_value is null

),

final as (

    select
        bounds.journey_key,
        creditable.touch_key,
        creditable.person_key,
        creditable.channel_key,
        creditable.campaign_key,
        bounds.journey_number,
        row_number() over (
            partition by bounds.journey_number
            order by creditable.touched_at, creditable.touch_key
        ) as touch_number,
        creditable.is_direct,
        coalesce(creditable.touched_at <= bounds.lead_at, false) as is_up_to_lead,
        coalesce(creditable.touched_at <= bounds.opportunity_at, false) as is_up_to_opportunity,
        creditable.touched_date,
        creditable.touched_at
    from bounds
    inner join journey_people
        on bounds.journey_key = journey_people.journey_key
    inner join creditable
        on
            journey_people.person_key = creditable.person_key
            and bounds.closes_at >= creditable.touched_at
            and bounds.opens_at <= creditable.touched_at
    where coalesce(creditable.touched_at > bounds.previous_won_at, true)

)

select * from final
