-- Grain: one row per period, conversion type, journey that converted or not, and step of its path (period_grain, period_start, conversion_type, is_converted, journey_number, step_number).
-- Why: as int_journey_steps and int_prospect_touches, with a campaign of a channel where those have
-- the channel. Which campaigns are told apart differs by period and type, so steps do, too.
with conversions as (

    select * from {{ ref('int_campaign_conversions') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

campaign_periods as (

    select * from {{ ref('stg_company__attribution_campaign_periods') }}

),

prospect_journeys as (

    select * from {{ ref('int_prospect_journeys') }}

),

prospect_touches as (

    select * from {{ ref('int_prospect_touches') }}

),

channels as (

    select * from {{ ref('int_attribution_channels') }}

),

campaign_states as (

    select * from {{ ref('int_campaign_states') }}

),

touches as (

    select
        conversions.period_grain,
        conversions.period_start,
        conversions.conversion_type,
        conversions.journey_type,
        true as is_converted,
        journey_touches.journey_number,
        journey_touches.touch_number,
        channels.channel_number,
        {{ key_number('journey_touches.campaign_key') }} as campaign_number,
        conversions.conversion_amount
    from conversions
    inner join journey_touches
        on conversions.journey_key = journey_touches.journey_key
    inner join channels
        on journey_touches.channel_key = channels.channel_key
    union all
    select
        prospect_journeys.period_grain,
        prospect_journeys.period_start,
        prospect_journeys.conversion_type,
        prospect_journeys.conversion_type as journey_type,
        false as is_converted,
        prospect_journeys.prospect_number as journey_number,
        prospect_touches.touch_number,
        prospect_touches.channel_number,
        prospect_touches.campaign_number,
        null as conversion_amount
    from prospect_journeys
    inner join campaign_periods
        on prospect_journeys.period_grain = campaign_periods.period_grain
    inner join prospect_touches
        on
            prospect_journeys.prospect_type = prospect_touches.prospect_type
            and prospect_journeys.prospect_number = prospect_touches.prospect_number
            and prospect_journeys.first_touch_number <= prospect_touches.touch_number
            and prospect_journeys.last_touch_number >= prospect_touches.touch_number

),

told_apart as (

    select * from campaign_states
    where campaign_key is not null

),

-- Channels that share a number share one place.
others as (

    select distinct
        period_grain,
        period_start,
        journey_type,
        channel_number,
        state_number
    from campaign_states
    where campaign_key is null

),

placed as (

    select
        touches.period_grain,
        touches.period_start,
        touches.conversion_type,
        touches.is_converted,
        touches.journey_number,
        touches.touch_number,
        touches.conversion_amount,
        coalesce(told_apart.state_number, others.state_number) as state_number
    from touches
    inner join others
        on
            touches.period_grain = others.period_grain
            and touches.period_start = others.period_start
            and touches.journey_type = others.journey_type
            and touches.channel_number = others.channel_number
    left join told_apart
        on
            touches.period_grain = told_apart.period_grain
            and touches.period_start = told_apart.period_start
            and touches.journey_type = told_apart.journey_type
            and touches.channel_number = told_apart.channel_number
            and touches.campaign_number = told_apart.campaign_number

),

followed as (

    select
        *,
        lag(state_number) over (
            partition by
                period_grain, period_start, conversion_type, is_converted, journey_number
            order by touch_number
        ) as state_before
    from placed

),

final as (

    select
        period_grain,
        conversion_type,
        is_converted,
        journey_number,
        row_number() over (
            partition by
                period_grain, period_start, conversion_type, is_converted, journey_number
            order by touch_number
        ) as step_number,
        state_number,
        {%- for column, steps in [
            ('number_before', 1), ('second_before', 2), ('third_before', 3)
        ] %}
        coalesce(
            lag(state_number, {{ steps }}) over (
                partition by
                    period_grain, period_start, conversion_type, is_converted, journey_number
                order by touch_number
            ), 0
        ) as {{ column }},
        {%- endfor %}
        conversion_amount,
        lead(state_number) over (
            partition by
                period_grain, period_start, conversion_type, is_converted, journey_number
            order by touch_number
        ) is null as is_last,
        period_start
    from followed
    where state_before is null or state_before <> state_number

)

select * from final
