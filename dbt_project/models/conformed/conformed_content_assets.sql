-- Grain: one row per content asset of a source (content_asset_key).
with content_assets as (

    select * from {{ ref('stg_file_drop__content_assets') }}

),

reference_origins as (

    select * from {{ ref('stg_company__reference_origins') }}

),

final as (

    select
        {{ surrogate_key([
            'content_assets.source_system',
            'content_assets.source_instance',
            'content_assets.content_asset_id',
        ]) }} as content_asset_key,
        {{ reference_key('reference_origins.products_origin', 'content_assets.product_id') }}
            as product_key,

        content_assets.source_system,
        content_assets.source_instance,
        content_assets.content_asset_id as source_id,
        coalesce(content_assets.content_asset_name, content_assets.content_asset_id)
            as content_asset_name,
        {{ normalised('content_assets.asset_type') }} as asset_type,
        content_assets.persona,
        {{ normalised('content_assets.intended_stage') }} as intended_stage,
        {{ normalised('content_assets.audience') }} as audience,
        content_assets.attributes,

        content_assets.published_date
    from content_assets
    left join reference_origins
        on content_assets.source_instance = reference_origins.source_name

)

select * from final
