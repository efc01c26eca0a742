-- Grain: one row per period, journey type and campaign of a channel that is told apart, and one for the channel's other campaigns (period_grain, period_start, journey_type, campaign_state_key).
-- Why: a campaign stands for itself where enough journeys with it converted, the most frequent first,
-- as far as numbers go; every other touch belongs to its channel's other campaigns, so that no touch
-- is lost. Numbers after those of campaigns are for these; where channels are very many, the last
-- number is shared, and its credit by journeys.
{%- set told_apart = var('attribution_channels_told_apart') %}
with conversions as (

    select * from {{ ref('int_campaign_conversions') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

channels as (

    select * from {{ ref('int_attribution_channels') }}

),

known_campaigns as (

    select * from {{ ref('dim_campaign') }}
    where not is_unknown

),

periods as (

    select distinct
        period_grain,
        period_start,
        journey_type,
        least_conversions,
        most_campaigns
    from conversions

),

touched as (

    select distinct
        conversions.period_grain,
        conversions.period_start,
        conversions.journey_type,
        conversions.journey_key,
        journey_touches.channel_key,
        known_campaigns.campaign_key,
        known_campaigns.campaign_name
    from conversions
    inner join journey_touches
        on conversions.journey_key = journey_touches.journey_key
    left join known_campaigns
        on journey_touches.campaign_key = known_campaigns.campaign_key
    where conversions.conversion_type <> 'refund'

),

counted as (

    select
        period_grain,
        period_start,
        journey_type,
        channel_key,
        campaign_key,
        campaign_name,
        count(*) as conversion_count
    from touched
    where campaign_key is not null
    group by
        period_grain,
        period_start,
        journey_type,
        channel_key,
        campaign_key,
        campaign_name

),

ranked as (

    select
        counted.*,
        periods.most_campaigns,
        channels.channel_name,
        channels.channel_number,
        row_number() over (
            partition by counted.period_grain, counted.period_start, counted.journey_type
            order by
                counted.conversion_count desc,
                channels.channel_name asc,
                counted.campaign_name asc,
                counted.campaign_key asc
        ) as campaign_rank
    from counted
    inner join periods
        on
            counted.period_grain = periods.period_grain
            and counted.period_start = periods.period_start
            and counted.journey_type = periods.journey_type
    inner join channels
        on counted.channel_key = channels.channel_key
    where
        counted.conversion_count >= periods.least_conversions
        and channels.channel_number < {{ told_apart }}

),

told_apart as (

    select * from ranked
    where campaign_rank <= most_campaigns

),

others as (

    select
        touched.period_grain,
        touched.period_start,
        touched.journey_type,
        touched.channel_key,
        count(distinct touched.journey_key) as conversion_count
    from touched
    left join told_apart
        on
            touched.period_grain = told_apart.period_grain
            and touched.period_start = told_apart.period_start
            and touched.journey_type = told_apart.journey_type
            and touched.channel_key = told_apart.channel_key
            and touched.campaign_key = told_apart.campaign_key
    where told_apart.campaign_key is null
    group by
        touched.period_grain,
        touched.period_start,
        touched.journey_type,
        touched.channel_key

),

unioned as (

    select
        period_grain,
        journey_type,
        channel_key,
        campaign_key,
        channel_number,
        {{ key_number('campaign_key') }} as campaign_number,
        channel_name || ' ' || campaign_name as state_name,
        campaign_rank as state_number,
        conversion_count,
        period_start
    from told_apart
    union all
    select
        periods.period_grain,
        periods.journey_type,
        channels.channel_key,
        null as campaign_key,
        channels.channel_number,
        null as campaign_number,
        channels.channel_name as state_name,
        least(periods.most_campaigns + channels.channel_number, {{ told_apart }}) as state_number,
        coalesce(others.conversion_count, 0) as conversion_count,
        periods.period_start
    from periods
    cross join channels
    left join others
        on
            periods.period_grain = others.period_grain
            and periods.period_start = others.period_start
            and periods.journey_type = others.journey_type
            and channels.channel_key = others.channel_key

),

final as (

    select
        period_grain,
        journey_type,
        case
            when campaign_key is null then channel_key
            else {{ surrogate_key(['channel_key', 'campaign_key']) }}
        end as campaign_state_key,
        channel_key,
        campaign_key,
        state_name,
        channel_number,
        campaign_number,
        cast(state_number as integer) as state_number,
        conversion_count,
        period_start
    from unioned

)

select * from final
