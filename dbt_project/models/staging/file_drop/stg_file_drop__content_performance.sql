-- Grain: one row per content asset, owned channel and day of a source (source_instance, content_asset_id, source_field, performance_date).
with source as (

    select * from {{ source('raw_file_drop', 'content_performance') }}

),

newest as (

    select * from source
    qualify row_number() over (
        partition by _source_name, content_asset_id, source_field, performance_date
        order by {{ newest_delivery_first() }}
    ) = 1

),

final as (

    select
        _source_system as source_system,
        _source_name as source_instance,
        content_asset_id,
        source_field,
        utm_source,
        utm_medium,
        performance_date,
        impressions,
        reads,
        engagements,
        attributes
    from newest

)

select * from final
