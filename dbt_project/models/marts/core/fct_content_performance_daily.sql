-- Grain: one row per content asset, channel and day (content_performance_daily_key).
-- Why: several words of a source may mean one channel; assets that were not delivered share the
-- unknown one.
with content_performance as (

    select * from {{ ref('conformed_content_performance') }}

),

content_assets as (

    select * from {{ ref('dim_content_asset') }}

),

channels as (

    select * from {{ ref('int_content_performance_channels') }}

),

placed as (

    select
        coalesce(content_assets.content_asset_key, {{ unknown_key('content_asset') }})
            as content_asset_key,
        coalesce(channels.channel_key, {{ surrogate_key(["'not_recorded'"]) }})
            as channel_key,
        content_performance.impressions,
        content_performance.reads,
        content_performance.engagements,
        content_performance.performance_date
    from content_performance
    left join content_assets
        on content_performance.content_asset_key = content_assets.content_asset_key
    left join channels
        on content_performance.content_performance_key = channels.content_performance_key

),

summed as (

    select
        content_asset_key,
        channel_key,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(reads) as bigint) as reads,
        cast(sum(engagements) as bigint) as engagements,
        performance_date
    from placed
    group by content_asset_key, channel_key, performance_date

),

final as (

    select
        {{ surrogate_key(['content_asset_key', 'channel_key', 'performance_date']) }}
            as content_performance_daily_key,

        content_asset_key,
        channel_key,

        impressions,
        reads,
        engagements,

        performance_date
    from summed

)

select * from final
