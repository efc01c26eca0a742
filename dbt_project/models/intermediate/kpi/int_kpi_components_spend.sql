-- Grain: one row per component, day and dimensions of spend (component, component_date, channel_name, team, segment, region, product_name).
-- Why: what the ad platforms report, plus booked media costs of channels that no
-- platform reports; the ledger's copy of platform spend would count twice. Media costs
-- without a channel may be such a copy and count only in a company without any platform
-- data.
with ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

costs as (

    select * from {{ ref('fct_cost_monthly') }}

),

channels as (

    select * from {{ ref('dim_channel') }}

),

platform_channels as (

    select channel_key from ad_performance
    group by channel_key

),

platforms as (

    select count(*) as channel_count from platform_channels

),

media_costs as (

    select
        costs.channel_key,
        costs.amount,
        costs.cost_month
    from costs
    cross join platforms
    left join platform_channels
        on costs.channel_key = platform_channels.channel_key
    where
        costs.category = 'media'
        and platform_channels.channel_key is null
        and (costs.channel_key is not null or platforms.channel_count = 0)

),

unioned as (

    select
        channel_key,
        spend as quantity,
        spend_date as component_date
    from ad_performance
    union all
    select
        channel_key,
        amount as quantity,
        cost_month as component_date
    from media_costs

),

final as (

    select
        'spend' as component,
        coalesce(channels.channel_name, 'not_recorded') as channel_name,
        'unknown' as team,
        'unknown' as segment,
        'unknown' as region,
        'unknown' as product_name,

        cast(sum(unioned.quantity) as decimal(38, 6)) as quantity,

        unioned.component_date
    from unioned
    left join channels
        on unioned.channel_key = channels.channel_key
    where unioned.component_date <= {{ as_of_date() }}
    group by
        coalesce(channels.channel_name, 'not_recorded'),
        unioned.component_date

)

select * from final
