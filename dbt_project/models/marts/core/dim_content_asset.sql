-- Grain: one row per content asset, and one for the unknown asset (content_asset_key).
with content_assets as (

    select * from {{ ref('conformed_content_assets') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

final as (

    select
        content_assets.content_asset_key,
        coalesce(products.product_key, {{ unknown_key('product') }}) as product_key,

        content_assets.source_system,
        content_assets.source_instance,
        content_assets.source_id,
        content_assets.content_asset_name,
        coalesce(content_assets.asset_type, 'not_recorded') as content_asset_group,
        content_assets.asset_type,
        content_assets.persona,
        content_assets.intended_stage,
        content_assets.audience,

        false as is_unknown,

        content_assets.published_date
    from content_assets
    left join products
        on content_assets.product_key = products.product_key
    union all
    select
        {{ unknown_key('content_asset') }} as content_asset_key,
        {{ unknown_key('product') }} as product_key,

        'company' as source_system,
        'company' as source_instance,
        '<unknown>' as source_id,
        'Unknown content asset' as content_asset_name,
        'unknown' as content_asset_group,
        cast(null as varchar) as asset_type,
        cast(null as varchar) as persona,
        cast(null as varchar) as intended_stage,
        cast(null as varchar) as audience,

        true as is_unknown,

        cast(null as date) as published_date

)

select * from final
