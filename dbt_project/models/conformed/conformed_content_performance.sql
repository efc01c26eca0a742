-- Grain: one row per content asset, owned channel and day of a source (content_performance_key).
with content_performance as (

    select * from {{ ref('stg_file_drop__content_performance') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'content_performance.source_system',
            'content_performance.source_instance',
            'content_performance.content_asset_id',
            'content_performance.source_field',
            'content_performance.performance_date',
        ]) }} as content_performance_key,
        {{ reference_key(
            'reference_origins.content_assets_origin',
            'content_performance.content_asset_id'
        ) }} as content_asset_key,

        content_performance.source_system,
        content_performance.source_instance,
        content_performance.content_asset_id as source_content_asset_id,
        content_performance.source_field,
        content_performance.utm_source,
        content_performance.utm_medium,
        content_performance.attributes,

        content_performance.impressions,
        content_performance.reads,
        content_performance.engagements,

        content_performance.performance_date
    from content_performance
    left join reference_origins
        on content_performance.source_instance = reference_origins.source_name

)

select * from final
