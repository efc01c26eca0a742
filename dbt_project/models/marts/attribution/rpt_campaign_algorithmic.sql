-- Grain: one row per period, campaign of a channel, conversion type, method, with or without journeys that did not convert (period_grain, period_start, campaign_state_key, conversion_type, method, includes_non_converting).
-- Why: as rpt_channel_algorithmic, where counts allow to tell campaigns apart. A channel's other
-- campaigns are one row, and what nobody touched is another, so that each method's credits sum to
-- all conversions of the period.
with campaign_credits as (

    select * from {{ ref('int_campaign_credits') }}

),

campaign_states as (

    select * from {{ ref('int_campaign_states') }}

),

conversions as (

    select * from {{ ref('int_campaign_conversions') }}

),

journey_touches as (

    select * from {{ ref('int_journey_touches') }}

),

campaigns as (

    select * from {{ ref('dim_campaign') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

touched_journeys as (

    select distinct journey_key from journey_touches

),

untouched as (

    select
        conversions.period_grain,
        conversions.period_start,
        conversions.conversion_type,
        count(*) as credited_conversions,
        sum(conversions.conversion_amount) as credited_amount
    from conversions
    left join touched_journeys
        on conversions.journey_key = touched_journeys.journey_key
    where touched_journeys.journey_key is null
    group by
        conversions.period_grain,
        conversions.period_start,
        conversions.conversion_type

),

-- Chains of a longer memory are not there in each period.
methods as (
    {% for method in ['markov_1', 'shapley', 'shapley_rate'] %}
    {%- for includes_non_converting in ['false', 'true'] %}
    {{ "union" if not (loop.first and method == 'markov_1') }}
    select
        period_grain,
        period_start,
        conversion_type,
        '{{ method }}' as method,
        {{ includes_non_converting }} as includes_non_converting
    from conversions
    {%- endfor %}
    {%- endfor %}
    union
    select
        period_grain,
        period_start,
        conversion_type,
        method,
        includes_non_converting
    from campaign_credits

),

unioned as (

    select
        campaign_credits.period_grain,
        campaign_credits.campaign_state_key,
        campaign_states.channel_key,
        campaign_states.campaign_key,
        campaign_credits.conversion_type,
        campaign_credits.method,
        campaign_credits.removal_effect,
        campaign_credits.amount_removal_effect,
        campaign_credits.share,
        campaign_credits.amount_share,
        campaign_credits.credited_amount,
        campaign_credits.credited_conversions,
        campaign_credits.includes_non_converting,
        campaign_states.campaign_key is null as is_other_campaigns,
        campaign_credits.is_folded,
        campaign_credits.period_start
    from campaign_credits
    inner join campaign_states
        on
            campaign_credits.period_grain = campaign_states.period_grain
            and campaign_credits.period_start = campaign_states.period_start
            and campaign_credits.campaign_state_key = campaign_states.campaign_state_key
            and case
                when campaign_credits.conversion_type = 'refund' then 'won'
                else campaign_credits.conversion_type
            end = campaign_states.journey_type
    union all
    select
        untouched.period_grain,
        {{ surrogate_key(["'unattributed'"]) }} as campaign_state_key,
        {{ surrogate_key(["'unattributed'"]) }} as channel_key,
        null as campaign_key,
        untouched.conversion_type,
        methods.method,
        null as removal_effect,
        null as amount_removal_effect,
        null as share, -- noqa: RF04
        null as amount_share,
        untouched.credited_amount,
        untouched.credited_conversions,
        methods.includes_non_converting,
        false as is_other_campaigns,
        false as is_folded,
        untouched.period_start
    from untouched
    inner join methods
        on
            untouched.period_grain = methods.period_grain
            and untouched.period_start = methods.period_start
            and untouched.conversion_type = methods.conversion_type

),

final as (

    select
        unioned.period_grain,
        unioned.campaign_state_key,
        unioned.channel_key,
        unioned.campaign_key,

        channels.channel_name,
        case
            when unioned.is_other_campaigns then 'other campaigns of ' || channels.channel_name
            else campaigns.campaign_name
        end as campaign_name,
        unioned.conversion_type,
        unioned.method,

        cast(unioned.removal_effect as decimal(18, 9)) as removal_effect,
        cast(unioned.amount_removal_effect as decimal(18, 9)) as amount_removal_effect,
        cast(unioned.share as decimal(18, 9)) as share, -- noqa: RF04
        cast(unioned.amount_share as decimal(18, 9)) as amount_share,
        cast(unioned.credited_amount as decimal(18, 2)) as credited_amount,
        cast(unioned.credited_conversions as decimal(18, 6)) as credited_conversions,

        unioned.includes_non_converting,
        unioned.is_other_campaigns,
        unioned.is_folded,

        unioned.period_start
    from unioned
    left join channels
        on unioned.channel_key = channels.channel_key
    left join campaigns
        on unioned.campaign_key = campaigns.campaign_key

)

select * from final
