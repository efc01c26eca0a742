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

unconverted as (

    select prospect_journeys.* from prospect_journeys
    inner join campaign_periods
        on prospect_journeys.period_grain = campaign_periods.period_grain

),

-- Paths of one kind in one period have a number: sorting by words takes four times as long.
kinds as (

    select
        period_grain,
        period_start,
        conversion_type,
        journey_type,
        true as is_converted
    from conversions
    union distinct
    select
        period_grain,
        period_start,
        conversion_type,
        conversion_type as journey_type,
        false as is_converted
    from unconverted

),

numbered as (

    select
        *,
        row_number() over (
            order by period_grain, period_start, conversion_type, is_converted
        ) as kind_number
    from kinds

),

touches as (

    select
        numbered.kind_number,
        journey_touches.journey_number,
        journey_touches.touch_number,
        channels.channel_number,
        {{ key_number('journey_touches.campaign_key') }} as campaign_number,
        conversions.conversion_amount
    from conversions
    inner join numbered
        on
            conversions.period_grain = numbered.period_grain
            and conversions.period_start = numbered.period_start
            and conversions.conversion_type = numbered.conversion_type
            and numbered.is_converted
    inner join journey_touches
        on conversions.journey_key = journey_touches.journey_key
    inner join channels
        on journey_touches.channel_key = channels.channel_key
    union all
    select
        numbered.kind_number,
        unconverted.prospect_number as journey_number,
        prospect_touches.touch_number,
        prospect_touches.channel_number,
        prospect_touches.campaign_number,
        null as conversion_amount
    from unconverted
    inner join numbered
        on
            unconverted.period_grain = numbered.period_grain
            and unconverted.period_start = numbered.period_start
            and unconverted.conversion_type = numbered.conversion_type
            and not numbered.is_converted
    inner join prospect_touches
        on
            unconverted.prospect_type = prospect_touches.prospect_type
            and unconverted.prospect_number = prospect_touches.prospect_number
            and unconverted.first_touch_number <= prospect_touches.touch_number
            and unconverted.last_touch_number >= prospect_touches.touch_number

),

states as (

    select
        numbered.kind_number,
        campaign_states.campaign_key,
        campaign_states.channel_number,
        campaign_states.campaign_number,
        campaign_states.state_number
    from campaign_states
    inner join numbered
        on
            campaign_states.period_grain = numbered.period_grain
            and campaign_states.period_start = numbered.period_start
            and campaign_states.journey_type = numbered.journey_type

),

told_apart as (

    select * from states
    where campaign_key is not null

),

-- Channels that share a number share one place.
others as (

    select distinct
        kind_number,
        channel_number,
        state_number
    from states
    where campaign_key is null

),

placed as (

    select
        touches.kind_number,
        touches.journey_number,
        touches.touch_number,
        touches.conversion_amount,
        coalesce(told_apart.state_number, others.state_number) as state_number
    from touches
    inner join others
        on
            touches.kind_number = others.kind_number
            and touches.channel_number = others.channel_number
    left join told_apart
        on
            touches.kind_number = told_apart.kind_number
            and touches.channel_number = told_apart.channel_number
            and touches.campaign_number = told_apart.campaign_number

),

followed as (

    select
        *,
        lag(state_number) over (
            partition by kind_number, journey_number
            order by touch_number
        ) as state_before
    from placed

),

steps as (

    select
        kind_number,
        journey_number,
        row_number() over (
            partition by kind_number, journey_number
            order by touch_number
        ) as step_number,
        state_number,
        {%- for column, steps in [
            ('number_before', 1), ('second_before', 2), ('third_before', 3)
        ] %}
        coalesce(
            lag(state_number, {{ steps }}) over (
                partition by kind_number, journey_number
                order by touch_number
            ), 0
        ) as {{ column }},
        {%- endfor %}
        conversion_amount,
        lead(state_number) over (
            partition by kind_number, journey_number
            order by touch_number
        ) is null as is_last
    from followed
    where state_before is null or state_before <> state_number

),

final as (

    select
        numbered.period_grain,
        numbered.conversion_type,
        numbered.is_converted,
        steps.journey_number,
        steps.step_number,
        steps.state_number,
        steps.number_before,
        steps.second_before,
        steps.third_before,
        steps.conversion_amount,
        steps.is_last,
        numbered.period_start
    from steps
    inner join numbered
        on steps.kind_number = numbered.kind_number

)

select * from final
