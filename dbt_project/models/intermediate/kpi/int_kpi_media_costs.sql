-- Grain: one row per cell of media costs (cost_monthly_key).
-- Why: booked media costs of channels that no platform reports count as spend; the ledger's copy of
-- platform spend would count twice. Media costs without a channel may be such a copy and count only
-- in a company without any platform data.
with ad_performance as (

    select * from {{ ref('fct_ad_performance_daily') }}

),

costs as (

    select * from {{ ref('fct_cost_monthly') }}

),

platform_channels as (

    select channel_key from ad_performance
    group by channel_key

),

platforms as (

    select count(*) as channel_count from platform_channels

),

final as (

    select
        costs.cost_monthly_key,

        costs.channel_key,

        costs.channel_name,

        costs.amount,

        costs.is_rate_missing,
        platform_channels.channel_key is null
        and (costs.channel_key is not null or platforms.channel_count = 0) as is_counted,

        costs.cost_month
    from costs
    cross join platforms
    left join platform_channels
        on costs.channel_key = platform_channels.channel_key
    where costs.category = 'media'

)

select * from final
