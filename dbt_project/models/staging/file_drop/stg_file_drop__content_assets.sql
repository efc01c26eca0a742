-- Grain: one row per content asset of a source (source_instance, content_asset_id).
with source as (

    select * from {{ source('raw_file_drop', 'content_assets') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, content_asset_id
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        content_asset_id,
        content_asset_name,
        asset_type,
        persona,
        intended_stage,
        audience,
        product_id,
        published_date,
        attributes
    from newest

)

select * from final
